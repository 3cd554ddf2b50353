#ifndef WASMTIER_ENGINE_POLICY_OPTIMIZING_ONLY_H_
#define WASMTIER_ENGINE_POLICY_OPTIMIZING_ONLY_H_

#include <cstdint>

#include "engine/policy/baseline_only.h"
#include "engine/policy/optimizer_tier.h"

namespace wasmtier::engine {

// Every function is optimized at its first call, by the thread that calls it; what the optimizing
// tier refuses is compiled by the baseline tier.
class OptimizingOnly : public BaselineOnly {
 public:
  explicit OptimizingOnly(const Options& options)
      : BaselineOnly(options), optimizer_(machine_code(), *this, this->options()) {}

  absl::StatusOr<std::string> Disassemble(runtime::ModuleCode& code, uint32_t function) override {
    return optimizer_.Dump(code, function, optimizing::DumpKind::kAssembly);
  }
  absl::StatusOr<std::string> Dump(runtime::ModuleCode& code, uint32_t function,
                                   optimizing::DumpKind kind) override {
    return optimizer_.Dump(code, function, kind);
  }
  absl::StatusOr<std::vector<optimizing::LoopReport>> DescribeLoops(runtime::ModuleCode& code,
                                                                    uint32_t function) override {
    return optimizer_.DescribeLoops(code, function);
  }
  absl::Status optimizer_status() const override { return optimizer_.status(); }
  uint64_t unoptimized_functions() const override { return optimizer_.refused(); }

 protected:
  absl::Status Compile(runtime::ModuleCode& code, uint32_t function) override {
    if (optimizer_.CompileNow(code, {.function = function}).ok()) return absl::OkStatus();
    return BaselineOnly::Compile(code, function);
  }

 private:
  OptimizerTier optimizer_;
};

}  // namespace wasmtier::engine

#endif  // WASMTIER_ENGINE_POLICY_OPTIMIZING_ONLY_H_
