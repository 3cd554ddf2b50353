#include "engine/policy/interpreter_only.h"

#include "engine/policy/countdown.h"

namespace wasmtier::engine {

int32_t InterpreterOnly::FirstCountdown(uint32_t body_bytes) {
  return CountdownOf(options().hotness_threshold, body_bytes);
}

// There is nothing to promote to: counting it is all, as seldom as the counters allow.
int32_t InterpreterOnly::OnHot(runtime::ModuleCode&, uint32_t, runtime::HotReason) {
  CountHotEvent();
  return INT32_MAX;
}

}  // namespace wasmtier::engine
