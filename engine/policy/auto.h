#ifndef WASMTIER_ENGINE_POLICY_AUTO_H_
#define WASMTIER_ENGINE_POLICY_AUTO_H_

#include <cstdint>
#include <memory>
#include <string>

#include "engine/policy/compile_queue.h"
#include "engine/policy/optimizer_tier.h"
#include "engine/policy/tiered.h"
#include "profiler/feedback_profile.h"

namespace wasmtier::engine {

// Functions are compiled when their calls and loop iterations say that it pays (tuning.h): by the
// baseline tier at once; by the optimizing tier, if there is one, in the background.
class Auto : public Tiered {
 public:
  explicit Auto(const Options& options);
  ~Auto() override;

  void OnNewCode(runtime::ModuleCode& code) override;
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
  profiler::FunctionFeedback::Countdown CountdownFor(const runtime::ModuleCode& code,
                                                     uint32_t function) override;

 private:
  HotAnswer OnHotCalls(runtime::ModuleCode& code, uint32_t function);
  HotAnswer OnHotLoop(runtime::ModuleCode& code, uint32_t function, uint32_t loop);
  // Has it compiled, now or later. False if that is impossible.
  bool Request(runtime::ModuleCode& code, const CompileTask& task, uint64_t heat,
               bool is_expected = false);
  CompileTask FunctionTask(uint32_t function, uint32_t body_bytes) const;
  int32_t CallsUntilAskedAgain(uint64_t calls) const;
  uint64_t ScaledThreshold(uint32_t body_bytes) const;
  // For how long code must have run to be worth a compile, with so many tasks in the queue.
  uint64_t WantedHeat(uint32_t body_bytes, bool is_full, uint64_t length) const;
  // Whether a profile says that the function will be optimized.
  bool IsExpectedHot(const runtime::ModuleCode& code, uint32_t function) const;
  // Has the optimizing tier compile what a profile says will be hot of the function.
  void RequestExpected(runtime::ModuleCode& code, uint32_t function);
  // What the threads of the queue run.
  class Background;

  std::unique_ptr<OptimizerTier> optimizer_;
  std::unique_ptr<TaskCompiler> background_;
  std::unique_ptr<CompileQueue> queue_;  // goes first: its threads use the others
};

}  // namespace wasmtier::engine

#endif  // WASMTIER_ENGINE_POLICY_AUTO_H_
