#include "profiler/code_listeners.h"

namespace wasmtier::profiler {

void CodeListeners::OnCode(const runtime::CodeEvent& event) {
  for (runtime::CodeListener* listener : listeners_) listener->OnCode(event);
}

void CodeListeners::OnStub(const void* begin, size_t size, std::string_view name) {
  for (runtime::CodeListener* listener : listeners_) listener->OnStub(begin, size, name);
}

void CodeListeners::OnCompile(const runtime::CompileEvent& event) {
  for (runtime::CodeListener* listener : listeners_) listener->OnCompile(event);
}

void CodeListeners::OnLoopEntry(const runtime::LoopEntryEvent& event) {
  for (runtime::CodeListener* listener : listeners_) listener->OnLoopEntry(event);
}

}  // namespace wasmtier::profiler
