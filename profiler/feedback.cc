#include "profiler/feedback.h"

#include <algorithm>

namespace wasmtier::profiler {

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
  return feedback;
}

}  // namespace wasmtier::profiler
