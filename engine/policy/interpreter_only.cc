#include "engine/policy/strategy.h"
#include "tiers/interpreter/interpreter.h"

namespace wasmtier::engine {

InterpreterOnly::InterpreterOnly(const Options& options) : Strategy(options) {
  // Once a process: the fault sites of the handlers are the same for all engines.
  static const bool initialized = (interpreter::Initialize(), true);
  (void)initialized;
}

void* InterpreterOnly::FirstEntryPoint() { return reinterpret_cast<void*>(&interpreter::Enter); }

int32_t InterpreterOnly::FirstInstruction() { return interpreter::TranslateInstruction(); }

int32_t InterpreterOnly::FirstCountdown(uint32_t) {
  return static_cast<int32_t>(options().hotness_threshold);
}

// There is nothing to promote to: counting it is all, as seldom as the counters allow.
int32_t InterpreterOnly::OnHot(runtime::ModuleCode&, uint32_t, runtime::HotReason) {
  CountHotEvent();
  return INT32_MAX;
}

}  // namespace wasmtier::engine
