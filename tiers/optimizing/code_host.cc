#include "tiers/optimizing/code_host.h"

#include <utility>

#include "runtime/activation.h"
#include "runtime/module_code.h"
#include "tiers/optimizing/symbols.h"

namespace wasmtier::optimizing {

CodeHost::CodeHost(runtime::CodeSpace& space)
    : space_(space),
      symbols_({
          {kTrapSymbol, reinterpret_cast<const void*>(&runtime::wasmtier_trap_with_context)},
          {kRuntimeCallSymbol,
           reinterpret_cast<const void*>(&runtime::wasmtier_runtime_call_with_context)},
      }) {}

absl::StatusOr<runtime::CodeBuffer> CodeHost::AllocateCode(size_t size) {
  return space_.Allocate(size);
}

void CodeHost::AbandonCode(const runtime::CodeBuffer& buffer) { space_.Abandon(buffer); }

const runtime::CompiledCode* CodeHost::AddCode(std::unique_ptr<runtime::CompiledCode> code,
                                               const runtime::CodeBuffer& buffer) {
  return space_.Add(std::move(code), buffer);
}

const runtime::CompiledCode* CodeHost::FindBaseline(const runtime::ModuleCode& code,
                                                    uint32_t function) {
  return code.FindBaseline(function);
}

// Code lives as long as its ModuleCode.
const void* CodeHost::FindOptimized(const runtime::ModuleCode& code, uint32_t function) {
  if (code.asks_at_every_call()) return nullptr;
  const runtime::CompiledCode* const compiled = code.FindCompiled(function);
  return compiled != nullptr && compiled->is_final ? compiled->begin : nullptr;
}

}  // namespace wasmtier::optimizing
