// Strategy: the tier policy, asked at each step of a function's life. One small class for each
// mode; today's one mode runs all in the interpreter.
#ifndef WASMTIER_ENGINE_POLICY_STRATEGY_H_
#define WASMTIER_ENGINE_POLICY_STRATEGY_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "runtime/code_listener.h"
#include "runtime/model/limits.h"
#include "runtime/tier_hooks.h"
#include "wasmtier/config.h"

namespace wasmtier::engine {

// What is common to all modes: lazy validation and the listener. Thread-safe.
class Strategy : public runtime::TierHooks {
 public:
  struct Options {
    uint32_t hotness_threshold = 1;
    bool lazy_validation = false;
    runtime::ModuleLimits limits = {};
    runtime::CodeListener* listener = nullptr;  // must outlive the strategy
  };
  explicit Strategy(const Options& options) : options_(options) {}

  std::string ValidateLazily(const runtime::ModuleCode& code, uint32_t function) override;
  runtime::CodeListener& listener() override { return *options_.listener; }

  // Calls of OnHot.
  uint64_t hot_events() const { return hot_events_.load(std::memory_order_relaxed); }

 protected:
  const Options& options() const { return options_; }
  void CountHotEvent() { hot_events_.fetch_add(1, std::memory_order_relaxed); }

 private:
  const Options options_;
  std::atomic<uint64_t> hot_events_{0};
};

// Everything starts and stays in the interpreter.
class InterpreterOnly : public Strategy {
 public:
  explicit InterpreterOnly(const Options& options);

  void* FirstEntryPoint() override;
  int32_t FirstInstruction() override;
  int32_t FirstCountdown(uint32_t body_bytes) override;
  int32_t OnHot(runtime::ModuleCode& code, uint32_t function, runtime::HotReason reason) override;
};

// Unimplemented for modes whose tier does not exist: "tier baseline does not exist in this
// version".
absl::StatusOr<std::unique_ptr<Strategy>> MakeStrategy(TierMode mode,
                                                       const Strategy::Options& options);

}  // namespace wasmtier::engine

#endif  // WASMTIER_ENGINE_POLICY_STRATEGY_H_
