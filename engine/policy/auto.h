#ifndef WASMTIER_ENGINE_POLICY_AUTO_H_
#define WASMTIER_ENGINE_POLICY_AUTO_H_

#include <cstdint>
#include <memory>
#include <string>

#include "engine/policy/compile_queue.h"
#include "engine/policy/optimizer_tier.h"
#include "engine/policy/tiered.h"

namespace wasmtier::engine {

// Functions are compiled when their calls and loop iterations say that it pays (tuning.h): by the
// baseline tier at once; by the optimizing tier, if there is one, in the background.
class Auto : public Tiered {
 public:
  explicit Auto(const Options& options);
  ~Auto() override;

  HotAnswer OnHotMachineCode(runtime::ModuleCode& code, uint32_t function,
                             runtime::HotReason reason, uint32_t loop) override;

  absl::StatusOr<std::string> Dump(runtime::ModuleCode& code, uint32_t function,
                                   optimizing::DumpKind kind) override;
  absl::StatusOr<std::vector<optimizing::LoopReport>> DescribeLoops(runtime::ModuleCode& code,
                                                                    uint32_t function) override;
  absl::Status optimizer_status() const override;
  uint64_t unoptimized_functions() const override;
  void FinishCompiles() override;
  // Null without an optimizing tier, or if it compiles on the threads that run wasm.
  CompileQueue* queue() { return queue_.get(); }

 protected:
  profiler::FunctionFeedback::Countdown CountdownFor(uint32_t body_bytes) override;

 private:
  HotAnswer OnHotCalls(runtime::ModuleCode& code, uint32_t function);
  HotAnswer OnHotLoop(runtime::ModuleCode& code, uint32_t function, uint32_t loop);
  // Has it compiled, now or later. False if that is impossible.
  bool Request(runtime::ModuleCode& code, const CompileTask& task, uint64_t heat);
  CompileTask FunctionTask(uint32_t function, uint32_t body_bytes) const;
  int32_t CallsUntilAskedAgain(uint64_t calls) const;
  uint64_t ScaledThreshold(uint32_t body_bytes) const;
  // For how long code must have run to be worth a compile.
  uint64_t WantedHeat(uint32_t body_bytes, bool is_full) const;
  // What the threads of the queue run.
  class Background;

  std::unique_ptr<OptimizerTier> optimizer_;
  std::unique_ptr<TaskCompiler> background_;
  std::unique_ptr<CompileQueue> queue_;  // goes first: its threads use the others
};

}  // namespace wasmtier::engine

#endif  // WASMTIER_ENGINE_POLICY_AUTO_H_
