#include "profiler/feedback.h"

namespace wasmtier::profiler {

FunctionFeedback* FunctionFeedback::Create(void* memory, uint32_t call_sites, uint32_t loops,
                                           uint32_t branches, int32_t calls, int32_t rounds) {
  auto* feedback = static_cast<FunctionFeedback*>(memory);
  feedback->hot.calls = calls;
  feedback->hot.calls_granted = static_cast<uint32_t>(calls);
  feedback->hot.rounds = rounds;
  feedback->hot.iterations = runtime::kIterationsPerRound - 1;
  feedback->call_site_count = call_sites;
  feedback->loop_count = loops;
  feedback->branch_count = branches;
  return feedback;
}

}  // namespace wasmtier::profiler
