#include "engine/policy/heat.h"

#include <algorithm>
#include <span>

#include "engine/policy/tuning.h"

namespace wasmtier::engine {

using profiler::FunctionFeedback;

namespace {

uint64_t Heat(uint64_t calls, std::span<const uint32_t> loops, uint32_t body_bytes) {
  uint64_t iterations = 0;
  for (const uint32_t count : loops) iterations += count;
  return calls * HeatOfCall(body_bytes) +
         iterations * HeatOfIteration(static_cast<uint32_t>(loops.size()), body_bytes);
}

}  // namespace

FunctionFeedback* FeedbackOf(const runtime::ModuleCode& code, uint32_t function) {
  const runtime::CompiledCode* const baseline = code.FindBaseline(function);
  return baseline == nullptr ? nullptr : static_cast<FunctionFeedback*>(baseline->feedback);
}

FunctionFeedback* CurrentFeedbackOf(const runtime::ModuleCode& code, uint32_t function) {
  const runtime::CompiledCode* const compiled = code.FindCompiled(function);
  if (compiled == nullptr || compiled->tier != runtime::Tier::kBaseline) return nullptr;
  return static_cast<FunctionFeedback*>(compiled->feedback);
}

uint64_t HeatOf(FunctionFeedback& feedback, uint32_t body_bytes) {
  return Heat(feedback.calls(), feedback.loops(), body_bytes);
}

uint64_t ExpectedHeat(const runtime::ModuleCode& code, uint32_t function) {
  const auto* const module = static_cast<const profiler::ModuleProfile*>(code.profile());
  const profiler::FunctionProfile* const profile = profiler::FindProfile(code, function);
  if (profile == nullptr) return 0;
  const uint64_t heat = Heat(profile->calls, profile->loops, code.module().body(function).size);
  const double share = static_cast<double>(profile->counted_nanoseconds + 1) /
                       static_cast<double>(module->nanoseconds + 1);
  constexpr double kMax = 1e18;
  return static_cast<uint64_t>(std::min(static_cast<double>(heat) / std::min(share, 1.0), kMax));
}

uint64_t HeatOfCall(uint32_t body_bytes) {
  return kNanosecondsPerCall + std::min(body_bytes, kMaxBytesPerCall) / kBytesPerNanosecond;
}

// As if the loops shared the body.
uint64_t HeatOfIteration(uint32_t loop_count, uint32_t body_bytes) {
  const uint32_t bytes = body_bytes / std::max(loop_count, 1u);
  return kNanosecondsPerIteration + std::min(bytes, kMaxBytesPerIteration) / kBytesPerNanosecond;
}

uint64_t HeatOfLoop(FunctionFeedback& feedback, uint32_t body_bytes, uint32_t loop) {
  if (loop >= feedback.loop_count) return 0;
  return feedback.loops()[loop] * HeatOfIteration(feedback.loop_count, body_bytes);
}

uint64_t CompileNanoseconds(uint32_t wasm_bytes, bool is_full) {
  const uint64_t bytes = uint64_t{wasm_bytes} + kCompileFixedWasmBytes;
  return bytes * (is_full ? kFullNanosecondsPerByte : kQuickNanosecondsPerByte);
}

}  // namespace wasmtier::engine
