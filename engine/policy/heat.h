// Heat: how long code of the baseline tier has run, by what it counted, and how long it takes to
// make something better of it.
#ifndef WASMTIER_ENGINE_POLICY_HEAT_H_
#define WASMTIER_ENGINE_POLICY_HEAT_H_

#include <cstdint>
#include <optional>

#include "profiler/feedback.h"
#include "profiler/feedback_profile.h"
#include "runtime/module_code.h"

namespace wasmtier::engine {

// What the baseline's code of a function counted; null if there is none, or none that counts.
profiler::FunctionFeedback* FeedbackOf(const runtime::ModuleCode& code, uint32_t function);
// The same, but null also where the code has been superseded.
profiler::FunctionFeedback* CurrentFeedbackOf(const runtime::ModuleCode& code, uint32_t function);

// Estimates, in nanoseconds. Of all calls and loops of a function:
uint64_t HeatOf(profiler::FunctionFeedback& feedback, uint32_t body_bytes);
// Of all that a function will do, by what earlier runs of `code` say: in as much time as they had.
// 0 if they say nothing.
uint64_t ExpectedHeat(const runtime::ModuleCode& code, uint32_t function);
// Of one call of it, its loops left out.
uint64_t HeatOfCall(uint32_t body_bytes);
// Of one iteration of one of its loops.
uint64_t HeatOfIteration(uint32_t loop_count, uint32_t body_bytes);
// Of all iterations of one loop.
uint64_t HeatOfLoop(profiler::FunctionFeedback& feedback, uint32_t body_bytes, uint32_t loop);

// Processor time that the optimizing tier takes for bodies of so many bytes.
uint64_t CompileNanoseconds(uint32_t wasm_bytes, bool is_full);

}  // namespace wasmtier::engine

#endif  // WASMTIER_ENGINE_POLICY_HEAT_H_
