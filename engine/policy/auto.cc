#include "engine/policy/auto.h"

#include <algorithm>
#include <vector>

#include "engine/policy/heat.h"
#include "engine/policy/tuning.h"
#include "profiler/feedback.h"
#include "profiler/feedback_profile.h"

namespace wasmtier::engine {

using profiler::FunctionProfile;

namespace {

// Bits of ModuleCode::optimizing_states, where the compiles are done at once.
enum State : uint8_t { kFunctionFailed = 1, kLoopFailed = 2 };

bool IsOptimized(const runtime::ModuleCode& code, uint32_t function) {
  const runtime::CompiledCode* const compiled = code.FindCompiled(function);
  return compiled != nullptr && compiled->tier == runtime::Tier::kOptimizing;
}

// The answer to a loop that is to run so long before it asks again.
int32_t RoundsUntil(uint64_t heat, uint64_t heat_of_iteration) {
  const uint64_t rounds = heat / (heat_of_iteration * runtime::kIterationsPerRound);
  return static_cast<int32_t>(std::clamp(rounds, uint64_t{kRoundsUntilEntry}, uint64_t{INT32_MAX}));
}

}  // namespace

class Auto::Background : public TaskCompiler {
 public:
  explicit Background(Auto& policy) : policy_(policy) {}

  absl::Status Compile(runtime::ModuleCode& code, const CompileTask& task,
                       const std::atomic<bool>& is_cancelled,
                       std::unique_ptr<Result>* result) override {
    // The baseline tier takes locks, and microseconds: both while nobody can fork.
    if (task.is_baseline) return absl::OkStatus();
    return policy_.optimizer_->Compile(code, task, is_cancelled, result);
  }

  std::optional<uint64_t> HotnessNow(runtime::ModuleCode& code, const CompileTask& task) override {
    profiler::FunctionFeedback* const feedback = CurrentFeedbackOf(code, task.function);
    if (feedback == nullptr) return std::nullopt;
    const uint32_t body_bytes = code.module().body(task.function).size;
    return task.osr_loop ? HeatOfLoop(*feedback, body_bytes, *task.osr_loop)
                         : HeatOf(*feedback, body_bytes);
  }

  // Code of the quick pipeline is followed by that of the full one.
  absl::Status Publish(runtime::ModuleCode& code, const CompileTask& task,
                       std::unique_ptr<Result> result) override {
    if (task.is_baseline) {
      if (policy_.CompileAndPublish(code, task.function) == Outcome::kNever) {
        return absl::FailedPreconditionError("it stays in the interpreter");
      }
      policy_.RequestExpected(code, task.function);
      return absl::OkStatus();
    }
    absl::Status status = policy_.optimizer_->Publish(code, task, std::move(result));
    const uint32_t body_bytes = code.module().body(task.function).size;
    if (!status.ok() || task.is_full || task.osr_loop || body_bytes > kMaxFullPipelineBytes) {
      return status;
    }
    profiler::FunctionFeedback* const feedback = FeedbackOf(code, task.function);
    const uint64_t heat = feedback == nullptr ? 0 : HeatOf(*feedback, body_bytes);
    policy_.Request(code, {.function = task.function, .is_full = true}, heat / kFullByQuickGain);
    return status;
  }

 private:
  Auto& policy_;
};

Auto::Auto(const Options& options) : Tiered(options) {
  if (!options.make_optimizer) return;
  optimizer_ = std::make_unique<OptimizerTier>(machine_code(), *this, this->options());
  if (options.compile_threads == 0u) return;
  background_ = std::make_unique<Background>(*this);
  queue_ = std::make_unique<CompileQueue>(
      *background_, CompileQueue::Options{.threads = options.compile_threads.value_or(0),
                                          .listener = options.listener});
}

Auto::~Auto() = default;

// Calls until a function of that size is optimized, when nothing else is waiting for it.
uint64_t Auto::ScaledThreshold(uint32_t body_bytes) const {
  return uint64_t{options().optimizing_threshold} *
         std::clamp(body_bytes / kBodyBytesUnit, 1u, kMaxBodyFactor);
}

profiler::FunctionFeedback::Countdown Auto::CountdownFor(const runtime::ModuleCode& code,
                                                         uint32_t function) {
  if (optimizer_ == nullptr) return {};
  const uint32_t body_bytes = code.module().body(function).size;
  const uint64_t threshold = ScaledThreshold(body_bytes);
  uint64_t iterations = threshold * runtime::kCallHotness - 1;
  // Better code is on its way.
  if (IsExpectedHot(code, function)) {
    iterations = std::min(iterations, uint64_t{kRoundsUntilEntry} * runtime::kIterationsPerRound);
  }
  return {.calls = static_cast<int32_t>(std::min(threshold - 1, uint64_t{INT32_MAX})),
          .iterations = iterations};
}

bool Auto::IsExpectedHot(const runtime::ModuleCode& code, uint32_t function) const {
  const FunctionProfile* const profile = profiler::FindProfile(code, function);
  if (profile == nullptr) return false;
  if (profile->tier == runtime::Tier::kOptimizing || !profile->optimized_loops.empty()) return true;
  return ExpectedHeat(code, function) >=
         WantedHeat(code.module().body(function).size, /*is_full=*/false, 0);
}

// In the order of their heat: all by the baseline tier, with what was counted before; then by the
// other one.
void Auto::OnNewCode(runtime::ModuleCode& code) {
  const auto* const profile = static_cast<const profiler::ModuleProfile*>(code.profile());
  if (profile == nullptr) return;
  struct Expected {
    uint32_t function;
    uint32_t body_bytes;
    uint64_t heat;
  };
  std::vector<Expected> all;
  for (const auto& [function, of_function] : profile->functions) {
    if (!MayOptimize(code, function)) continue;
    const uint32_t body_bytes = code.module().body(function).size;
    const bool may_be_inlined =
        of_function.calls >= kCallsUntilInlined && body_bytes <= kMaxInlinedBodyBytes;
    if (!may_be_inlined && !IsExpectedHot(code, function)) continue;
    all.push_back({function, body_bytes, ExpectedHeat(code, function)});
  }
  std::sort(all.begin(), all.end(), [](const Expected& a, const Expected& b) {
    return a.heat != b.heat ? a.heat > b.heat : a.function < b.function;
  });
  for (const Expected& next : all) {
    if (queue_ != nullptr) {
      queue_->Request(code.shared_from_this(), {.function = next.function, .is_baseline = true},
                      next.heat, next.body_bytes, /*is_expected=*/true);
    } else {
      CompileAndPublish(code, next.function);
    }
  }
  if (queue_ != nullptr) return;  // it goes on
  for (const Expected& next : all) RequestExpected(code, next.function);
}

void Auto::RequestExpected(runtime::ModuleCode& code, uint32_t function) {
  const FunctionProfile* const profile = profiler::FindProfile(code, function);
  if (optimizer_ == nullptr || profile == nullptr || !MayOptimize(code, function)) return;
  const uint32_t body_bytes = code.module().body(function).size;
  if (!IsExpectedHot(code, function)) return;
  const uint64_t heat = ExpectedHeat(code, function);
  // As OnHotLoop has it: a call that takes long waits for code of its loop.
  for (const uint32_t loop : profile->optimized_loops) {
    Request(
        code,
        {.function = function, .osr_loop = loop, .is_full = body_bytes <= kMaxFullPipelineBytes},
        heat, /*is_expected=*/true);
  }
  if (profile->tier == runtime::Tier::kOptimizing || profile->calls >= kCallsUntilLoopsCanWait) {
    Request(code, FunctionTask(function, body_bytes), heat, /*is_expected=*/true);
  }
}

// The first compile of a function in the background: what is made soon is worth more than what is
// made well, even if a profile says that it will run for long (2026-11-28, 14 programs of 0.2 s
// with
// --profile-in: full pipeline at once 1.03 of the time without a profile, quick first 0.99).
CompileTask Auto::FunctionTask(uint32_t function, uint32_t body_bytes) const {
  return {.function = function,
          .is_full = queue_ == nullptr && body_bytes <= kMaxFullPipelineBytes};
}

// The answer to a function that is to call so often before it asks again.
int32_t Auto::CallsUntilAskedAgain(uint64_t calls) const {
  const uint64_t at_least = std::max(options().optimizing_threshold, 1u);
  return static_cast<int32_t>(std::min(std::max(calls, at_least), uint64_t{INT32_MAX}));
}

uint64_t Auto::WantedHeat(uint32_t body_bytes, bool is_full, uint64_t length) const {
  return CompileNanoseconds(body_bytes, is_full) / kCompileTimeByRunTime *
         (1 + length / kQueueLengthUnit) * options().optimizing_threshold / kCallsUntilOptimized;
}

bool Auto::Request(runtime::ModuleCode& code, const CompileTask& task, uint64_t heat,
                   bool is_expected) {
  if (queue_ != nullptr) {
    return queue_->Request(code.shared_from_this(), task, heat,
                           code.module().body(task.function).size,
                           is_expected) != CompileQueue::Outcome::kRefused;
  }
  std::atomic<uint8_t>& state = code.optimizing_states()[task.function];
  const uint8_t failed = task.osr_loop ? kLoopFailed : kFunctionFailed;
  if ((state.load(std::memory_order_relaxed) & failed) != 0) return false;
  if (!task.osr_loop && IsOptimized(code, task.function)) return true;
  if (optimizer_->CompileNow(code, task).ok()) return true;
  state.fetch_or(failed, std::memory_order_relaxed);
  return false;
}

runtime::TierHooks::HotAnswer Auto::OnHotMachineCode(runtime::ModuleCode& code, uint32_t function,
                                                     runtime::HotReason reason, uint32_t loop) {
  CountHotEvent();
  if (optimizer_ == nullptr || !MayOptimize(code, function)) return {INT32_MAX, nullptr};
  return reason == runtime::HotReason::kCalls ? OnHotCalls(code, function)
                                              : OnHotLoop(code, function, loop);
}

runtime::TierHooks::HotAnswer Auto::OnHotCalls(runtime::ModuleCode& code, uint32_t function) {
  profiler::FunctionFeedback* const feedback = FeedbackOf(code, function);
  if (feedback == nullptr) return {INT32_MAX, nullptr};
  const uint32_t body_bytes = code.module().body(function).size;
  const uint64_t heat = HeatOf(*feedback, body_bytes);
  if (queue_ != nullptr) {
    const uint64_t wanted = WantedHeat(body_bytes, /*is_full=*/false, queue_->length());
    if (heat < wanted) {
      return {CallsUntilAskedAgain((wanted - heat) / HeatOfCall(body_bytes)), nullptr};
    }
  }
  Request(code, FunctionTask(function, body_bytes), heat);
  // Calls find the code when it is there. Perhaps the request was dropped for better ones.
  return {CallsUntilAskedAgain(feedback->calls()), nullptr};
}

runtime::TierHooks::HotAnswer Auto::OnHotLoop(runtime::ModuleCode& code, uint32_t function,
                                              uint32_t loop) {
  if (const void* const entry = code.FindLoopEntry(function, loop)) {
    return {kRoundsUntilEntry, entry};
  }
  profiler::FunctionFeedback* const feedback = FeedbackOf(code, function);
  if (feedback == nullptr) return {INT32_MAX, nullptr};
  const uint32_t body_bytes = code.module().body(function).size;
  const uint64_t heat = HeatOf(*feedback, body_bytes);
  const uint64_t heat_of_iteration = HeatOfIteration(feedback->loop_count, body_bytes);
  const bool is_full = body_bytes <= kMaxFullPipelineBytes;
  // A function that is called again and again gains more by code for all of it; a call that has
  // missed that follows if it is still there.
  const bool may_wait = feedback->calls() >= kCallsUntilLoopsCanWait;
  if (queue_ != nullptr) {
    const uint64_t wanted = WantedHeat(body_bytes, is_full && !may_wait, queue_->length());
    if (heat < wanted) return {RoundsUntil(wanted - heat, heat_of_iteration), nullptr};
    if (may_wait && !IsOptimized(code, function) &&
        Request(code, FunctionTask(function, body_bytes), heat)) {
      return {RoundsUntil(wanted, heat_of_iteration), nullptr};
    }
  } else if (feedback->calls() > 1) {
    Request(code, FunctionTask(function, body_bytes), heat);
  }
  if (!Request(code, {.function = function, .osr_loop = loop, .is_full = is_full}, heat)) {
    return {INT32_MAX, nullptr};
  }
  return {kRoundsUntilEntry, code.FindLoopEntry(function, loop)};
}

absl::StatusOr<std::string> Auto::Dump(runtime::ModuleCode& code, uint32_t function,
                                       optimizing::DumpKind kind) {
  if (optimizer_ == nullptr) return Tiered::Dump(code, function, kind);
  return optimizer_->Dump(code, function, kind);
}

absl::StatusOr<std::vector<optimizing::LoopReport>> Auto::DescribeLoops(runtime::ModuleCode& code,
                                                                        uint32_t function) {
  if (optimizer_ == nullptr) return Tiered::DescribeLoops(code, function);
  return optimizer_->DescribeLoops(code, function);
}

absl::Status Auto::optimizer_status() const {
  return optimizer_ == nullptr ? absl::OkStatus() : optimizer_->status();
}

uint64_t Auto::unoptimized_functions() const {
  return optimizer_ == nullptr ? 0 : optimizer_->refused();
}

void Auto::FinishCompiles() {
  if (queue_ != nullptr) queue_->WaitUntilIdle();
}

}  // namespace wasmtier::engine
