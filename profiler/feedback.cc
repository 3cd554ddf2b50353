#include "profiler/feedback.h"

namespace wasmtier::profiler {

FunctionFeedback* FunctionFeedback::Create(void* memory, uint32_t call_sites, uint32_t loops,
                                           uint32_t branches) {
  auto* feedback = static_cast<FunctionFeedback*>(memory);
  feedback->call_site_count = call_sites;
  feedback->loop_count = loops;
  feedback->branch_count = branches;
  return feedback;
}

}  // namespace wasmtier::profiler
