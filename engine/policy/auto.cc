#include "engine/policy/auto.h"

#include <algorithm>

#include "engine/policy/tuning.h"
#include "profiler/feedback.h"

namespace wasmtier::engine {
namespace {

// Bits of ModuleCode::optimizing_states, where the compiles are done at once.
enum State : uint8_t { kFunctionFailed = 1, kLoopFailed = 2 };

uint64_t CallsOf(const runtime::ModuleCode& code, uint32_t function) {
  const runtime::CompiledCode* const baseline = code.FindBaseline(function);
  if (baseline == nullptr || baseline->feedback == nullptr) return 0;
  return static_cast<profiler::FunctionFeedback*>(baseline->feedback)->calls();
}

bool IsOptimized(const runtime::ModuleCode& code, uint32_t function) {
  const runtime::CompiledCode* const compiled = code.FindCompiled(function);
  return compiled != nullptr && compiled->tier == runtime::Tier::kOptimizing;
}

}  // namespace

Auto::Auto(const Options& options) : Tiered(options) {
  if (!options.make_optimizer) return;
  optimizer_ = std::make_unique<OptimizerTier>(machine_code(), *this, this->options());
  if (options.compile_threads == 0u) return;
  queue_ = std::make_unique<CompileQueue>(
      *optimizer_, CompileQueue::Options{.threads = options.compile_threads.value_or(0),
                                         .listener = options.listener});
}

Auto::~Auto() = default;

// Calls until a function of that size is optimized, when nothing else is waiting for it.
uint64_t Auto::ScaledThreshold(uint32_t body_bytes) const {
  return uint64_t{options().optimizing_threshold} *
         std::clamp(body_bytes / kBodyBytesUnit, 1u, kMaxBodyFactor);
}

profiler::FunctionFeedback::Countdown Auto::CountdownFor(uint32_t body_bytes) {
  if (optimizer_ == nullptr) return {};
  const uint64_t threshold = ScaledThreshold(body_bytes);
  return {.calls = static_cast<int32_t>(std::min(threshold - 1, uint64_t{INT32_MAX})),
          .iterations = threshold * runtime::kCallHotness - 1};
}

bool Auto::Request(runtime::ModuleCode& code, const CompileTask& task, uint64_t hotness) {
  if (queue_ != nullptr) {
    return queue_->Request(code.shared_from_this(), task, hotness,
                           code.module().body(task.function).size) !=
           CompileQueue::Outcome::kRefused;
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
  const uint32_t body_bytes = code.module().body(function).size;
  const uint64_t calls = CallsOf(code, function);
  // What waits must be made first: a longer queue needs a better reason.
  const uint64_t length = queue_ == nullptr ? 0 : queue_->length();
  const uint64_t wanted = ScaledThreshold(body_bytes) * (1 + length / kQueueLengthUnit);
  if (calls < wanted) {
    return {static_cast<int32_t>(std::min(wanted - calls, uint64_t{INT32_MAX})), nullptr};
  }
  Request(code, {.function = function, .is_full = body_bytes <= kMaxFullPipelineBytes}, calls);
  // Calls find the code when it is there. Perhaps the request was dropped for better ones.
  return {kCallsUntilAskedAgain, nullptr};
}

runtime::TierHooks::HotAnswer Auto::OnHotLoop(runtime::ModuleCode& code, uint32_t function,
                                              uint32_t loop) {
  if (const void* const entry = code.FindLoopEntry(function, loop)) {
    return {kRoundsUntilEntry, entry};
  }
  const uint32_t body_bytes = code.module().body(function).size;
  const uint64_t calls = CallsOf(code, function);
  CompileTask task{.function = function, .is_full = body_bytes <= kMaxFullPipelineBytes};
  const uint64_t hotness = calls + options().optimizing_threshold;
  // A function that is called again gains more by code for all of it: a call that has missed it
  // follows if it is still there.
  bool is_coming = false;
  const bool is_optimized = IsOptimized(code, function);
  if (!is_optimized && calls > 1) is_coming = Request(code, task, hotness);
  if (is_optimized || calls < kCallsUntilLoopsCanWait || !is_coming) {
    task.osr_loop = loop;
    if (!Request(code, task, hotness) && !is_coming) return {INT32_MAX, nullptr};
    if (const void* const entry = code.FindLoopEntry(function, loop)) {
      return {kRoundsUntilEntry, entry};
    }
  }
  return {kRoundsUntilEntry, nullptr};
}

absl::StatusOr<std::string> Auto::Dump(runtime::ModuleCode& code, uint32_t function,
                                       optimizing::DumpKind kind) {
  if (optimizer_ == nullptr) return Tiered::Dump(code, function, kind);
  return optimizer_->Dump(code, function, kind);
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
