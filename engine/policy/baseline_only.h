#ifndef WASMTIER_ENGINE_POLICY_BASELINE_ONLY_H_
#define WASMTIER_ENGINE_POLICY_BASELINE_ONLY_H_

#include "engine/policy/tiered.h"

namespace wasmtier::engine {

// Every function is compiled at its first call. In the interpreter run only those that the filter
// keeps there or that cannot be compiled, and those that another thread is just compiling.
class BaselineOnly : public Tiered {
 public:
  using Tiered::Tiered;

  bool CompileAtFirstCall(runtime::ModuleCode& code, uint32_t function) override {
    return CompileAndPublish(code, function) == Outcome::kPublished;
  }
  const void* ResolveCall(runtime::ModuleCode& code, uint32_t function) override {
    CompileAndPublish(code, function);
    return Tiered::ResolveCall(code, function);
  }
};

}  // namespace wasmtier::engine

#endif  // WASMTIER_ENGINE_POLICY_BASELINE_ONLY_H_
