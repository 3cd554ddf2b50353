#include "profiler/feedback.h"

#include <algorithm>
#include <chrono>

namespace wasmtier::profiler {
namespace {

int64_t Now() {
  return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

}  // namespace

FunctionFeedback* FunctionFeedback::Create(void* memory, uint32_t call_sites, uint32_t loops,
                                           uint32_t branches, const Countdown& countdown) {
  auto* feedback = static_cast<FunctionFeedback*>(memory);
  const auto round = static_cast<uint64_t>(countdown.round);
  runtime::HotCounters& hot = feedback->hot;
  hot.calls = countdown.calls;
  hot.calls_granted = static_cast<uint32_t>(countdown.calls);
  hot.rounds = static_cast<int32_t>(std::min(countdown.iterations / round, uint64_t{INT32_MAX}));
  // The first round is the shorter one.
  hot.iterations = static_cast<int32_t>(countdown.iterations % round);
  hot.round = countdown.round - 1;
  feedback->call_site_count = call_sites;
  feedback->loop_count = loops;
  feedback->branch_count = branches;
  feedback->counting_since = Now();
  return feedback;
}

void FunctionFeedback::StopClock() {
  int64_t not_yet = 0;
  std::atomic_ref<int64_t>(counting_until)
      .compare_exchange_strong(not_yet, Now(), std::memory_order_relaxed);
}

uint64_t FunctionFeedback::CountedNanoseconds() {
  const int64_t until = std::atomic_ref<int64_t>(counting_until).load(std::memory_order_relaxed);
  return counted_before + static_cast<uint64_t>((until == 0 ? Now() : until) - counting_since);
}

}  // namespace wasmtier::profiler
