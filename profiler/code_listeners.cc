#include "profiler/code_listeners.h"

namespace wasmtier::profiler {

void CodeListeners::OnCode(const runtime::CodeEvent& event) {
  for (runtime::CodeListener* listener : listeners_) listener->OnCode(event);
}

void CodeListeners::OnStub(const runtime::StubEvent& event) {
  for (runtime::CodeListener* listener : listeners_) listener->OnStub(event);
}

void CodeListeners::OnCompile(const runtime::CompileEvent& event) {
  for (runtime::CodeListener* listener : listeners_) listener->OnCompile(event);
}

void CodeListeners::OnLoopEntry(const runtime::LoopEntryEvent& event) {
  for (runtime::CodeListener* listener : listeners_) listener->OnLoopEntry(event);
}

void CodeListeners::OnGrowth(const runtime::GrowthEvent& event) {
  for (runtime::CodeListener* listener : listeners_) listener->OnGrowth(event);
}

void CodeListeners::OnCodeGone(const runtime::ModuleCode& code) {
  for (runtime::CodeListener* listener : listeners_) listener->OnCodeGone(code);
}

}  // namespace wasmtier::profiler
