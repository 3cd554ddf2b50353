// Strategy: the tier policy, asked at each step of a function's life. One small class for each
// mode.
#ifndef WASMTIER_ENGINE_POLICY_STRATEGY_H_
#define WASMTIER_ENGINE_POLICY_STRATEGY_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/policy/tier_filter.h"
#include "runtime/code_listener.h"
#include "runtime/code_space.h"
#include "runtime/model/limits.h"
#include "runtime/tier_hooks.h"
#include "tiers/optimizing/optimizer.h"
#include "wasmtier/config.h"

namespace wasmtier::engine {

using OptimizerMaker =
    std::function<absl::StatusOr<std::unique_ptr<optimizing::Optimizer>>(optimizing::Host*)>;

// What is common to all modes: how the interpreter begins, lazy validation, the listener.
// Thread-safe.
class Strategy : public runtime::TierHooks {
 public:
  struct Options {
    uint32_t hotness_threshold = 1;
    bool lazy_validation = false;
    runtime::ModuleLimits limits = {};
    TierFilter filter = {};
    uint64_t stress_seed = 0;
    bool record_feedback = false;
    // Brings in the optimizing tier; null: there is none.
    OptimizerMaker make_optimizer = {};
    uint32_t optimizing_threshold = 1;
    std::optional<uint32_t> compile_threads = {};  // as in Config
    bool precise_traps = false;
    runtime::RelaxedSimd relaxed_simd = runtime::RelaxedSimd::kDeterministic;
    // Without signals optimized code checks the stack itself.
    bool has_signals = true;
    runtime::CodeListener* listener = nullptr;  // must outlive the strategy
  };
  explicit Strategy(const Options& options);

  runtime::EntryPoint HostEntry() override;
  int32_t FirstInstruction() override;
  int32_t CompiledInstruction() override;
  std::string ValidateLazily(const runtime::ModuleCode& code, uint32_t function) override;
  runtime::RelaxedSimd RelaxedSimdResults() override { return options_.relaxed_simd; }
  runtime::CodeListener& listener() override { return *options_.listener; }

  // Where machine code lies, or will; null if this mode makes none.
  virtual const std::atomic<const runtime::CodeSpace*>* code_space() const { return nullptr; }
  // Module::Disassemble.
  virtual absl::StatusOr<std::string> Disassemble(runtime::ModuleCode& code, uint32_t function);

  // Module::OptimizerIr.
  virtual absl::StatusOr<std::string> Dump(runtime::ModuleCode& code, uint32_t function,
                                           optimizing::DumpKind kind);
  // Module::OptimizerLoops.
  virtual absl::StatusOr<std::vector<optimizing::LoopReport>> DescribeLoops(
      runtime::ModuleCode& code, uint32_t function);
  // Whether the filter lets a function have optimized code.
  bool MayOptimize(const runtime::ModuleCode& code, uint32_t function) const {
    return options_.filter.Passes(code.module(), function);
  }

  // `code` was made, and nothing runs it yet. If it has a profile (ModuleCode::profile), this is
  // the time to compile what that says is hot.
  virtual void OnNewCode(runtime::ModuleCode&) {}

  // Calls of OnHot and OnHotMachineCode.
  uint64_t hot_events() const { return hot_events_.load(std::memory_order_relaxed); }
  // As in wasmtier/engine.h.
  virtual uint64_t refused_functions() const { return 0; }
  virtual absl::Status machine_code_status() const { return absl::OkStatus(); }
  virtual absl::Status optimizer_status() const { return absl::OkStatus(); }
  virtual uint64_t unoptimized_functions() const { return 0; }
  virtual void FinishCompiles() {}

 protected:
  const Options& options() const { return options_; }
  void CountHotEvent() { hot_events_.fetch_add(1, std::memory_order_relaxed); }

 private:
  const Options options_;
  std::atomic<uint64_t> hot_events_{0};
};

// Unimplemented for kOptimizing without `make_optimizer`.
absl::StatusOr<std::unique_ptr<Strategy>> MakeStrategy(TierMode mode,
                                                       const Strategy::Options& options);

}  // namespace wasmtier::engine

#endif  // WASMTIER_ENGINE_POLICY_STRATEGY_H_
