// OptimizerTier: how the engine has code made by the optimizing tier, wherever that is loaded from.
#ifndef WASMTIER_ENGINE_POLICY_OPTIMIZER_TIER_H_
#define WASMTIER_ENGINE_POLICY_OPTIMIZER_TIER_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "engine/policy/compile_queue.h"
#include "engine/policy/machine_code.h"
#include "engine/policy/strategy.h"
#include "runtime/module_code.h"
#include "tiers/optimizing/code_host.h"
#include "tiers/optimizing/optimizer.h"

namespace wasmtier::engine {

// Loads the tier at the first compile. Thread-safe.
class OptimizerTier : public TaskCompiler {
 public:
  // All must outlive this; `options.make_optimizer` is not null.
  OptimizerTier(MachineCode& machine_code, Strategy& strategy, const Strategy::Options& options);
  ~OptimizerTier() override;

  absl::Status Compile(runtime::ModuleCode& code, const CompileTask& task,
                       const std::atomic<bool>& is_cancelled,
                       std::unique_ptr<Result>* result) override;
  absl::Status Publish(runtime::ModuleCode& code, const CompileTask& task,
                       std::unique_ptr<Result> result) override;
  // Both, on this thread.
  absl::Status CompileNow(runtime::ModuleCode& code, const CompileTask& task);

  absl::StatusOr<std::string> Dump(runtime::ModuleCode& code, uint32_t function,
                                   optimizing::DumpKind kind);
  absl::StatusOr<std::vector<optimizing::LoopReport>> DescribeLoops(runtime::ModuleCode& code,
                                                                    uint32_t function);

  // Why the tier cannot be loaded; OK before that was tried.
  absl::Status status() const;
  // Compiles that it refused.
  uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }

 private:
  class CodeResult;
  absl::StatusOr<optimizing::Optimizer*> Get();
  absl::StatusOr<optimizing::Request> RequestFor(runtime::ModuleCode& code,
                                                 const CompileTask& task);

  MachineCode& machine_code_;
  Strategy& strategy_;
  const OptimizerMaker make_;
  const bool precise_traps_;
  const bool has_signals_;
  std::atomic<uint64_t> refused_{0};
  // Set last.
  std::atomic<optimizing::Optimizer*> loaded_{nullptr};
  mutable absl::Mutex mutex_;
  bool was_tried_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<optimizing::CodeHost> host_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<optimizing::Optimizer> optimizer_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace wasmtier::engine

#endif  // WASMTIER_ENGINE_POLICY_OPTIMIZER_TIER_H_
