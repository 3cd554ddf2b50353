#ifndef WASMTIER_ENGINE_POLICY_INTERPRETER_ONLY_H_
#define WASMTIER_ENGINE_POLICY_INTERPRETER_ONLY_H_

#include "engine/policy/strategy.h"

namespace wasmtier::engine {

// Everything starts and stays in the interpreter.
class InterpreterOnly : public Strategy {
 public:
  using Strategy::Strategy;

  int32_t FirstCountdown(uint32_t body_bytes) override;
  int32_t OnHot(runtime::ModuleCode& code, uint32_t function, runtime::HotReason reason) override;
};

}  // namespace wasmtier::engine

#endif  // WASMTIER_ENGINE_POLICY_INTERPRETER_ONLY_H_
