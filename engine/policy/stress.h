#ifndef WASMTIER_ENGINE_POLICY_STRESS_H_
#define WASMTIER_ENGINE_POLICY_STRESS_H_

#include <cstdint>
#include <memory>

#include "engine/policy/optimizer_tier.h"
#include "engine/policy/tiered.h"

namespace wasmtier::engine {

// For tests: at every call and every loop iteration in the interpreter a coin decides where it goes
// on, and likewise in machine code. Each thread has a coin of its own, so that a run on one thread
// can be repeated with its seed. The optimizing tier takes part if options.make_optimizer is set.
class Stress : public Tiered {
 public:
  explicit Stress(const Options& options);

  bool AskAtEveryCall() override { return true; }
  bool CompileAtFirstCall(runtime::ModuleCode& code, uint32_t function) override;
  const void* ResolveCall(runtime::ModuleCode& code, uint32_t function) override;
  int32_t FirstCountdown(uint32_t body_bytes) override;
  int32_t OnHot(runtime::ModuleCode& code, uint32_t function, runtime::HotReason reason) override;
  const void* FindOsrEntry(runtime::ModuleCode& code, uint32_t function, uint32_t loop) override;
  HotAnswer OnHotMachineCode(runtime::ModuleCode& code, uint32_t function,
                             runtime::HotReason reason, uint32_t loop) override;

 protected:
  profiler::FunctionFeedback::Countdown CountdownFor(const runtime::ModuleCode& code,
                                                     uint32_t function) override;

 private:
  bool TossCoin();
  // Whether there is optimized code for it, made now or before.
  bool IsOptimized(runtime::ModuleCode& code, const CompileTask& task);
  // Tosses this thread's coin; at heads, sees to it that the function has machine code.
  bool GoesToMachineCode(runtime::ModuleCode& code, uint32_t function);

  const uint64_t number_;  // of this strategy in the process
  std::unique_ptr<OptimizerTier> optimizer_;
};

}  // namespace wasmtier::engine

#endif  // WASMTIER_ENGINE_POLICY_STRESS_H_
