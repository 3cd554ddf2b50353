// How long a function stays in the interpreter.
#ifndef WASMTIER_ENGINE_POLICY_COUNTDOWN_H_
#define WASMTIER_ENGINE_POLICY_COUNTDOWN_H_

#include <algorithm>
#include <cstdint>

#include "engine/policy/tuning.h"
#include "runtime/module_code.h"

namespace wasmtier::engine {

// The countdown that falls below zero at this call (from 1 on) of a function of usual size, and
// later for a large one.
constexpr int32_t CountdownOf(uint32_t calls, uint32_t body_bytes) {
  const uint64_t factor = std::clamp(body_bytes / kBodyBytesUnit, 1u, kMaxBodyFactor);
  const uint64_t countdown = uint64_t{calls} * factor * runtime::kCallHotness - 1;
  return static_cast<int32_t>(std::min(countdown, uint64_t{INT32_MAX}));
}

}  // namespace wasmtier::engine

#endif  // WASMTIER_ENGINE_POLICY_COUNTDOWN_H_
