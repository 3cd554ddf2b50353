#include "engine/policy/inline_candidates.h"

#include <algorithm>
#include <map>
#include <optional>

#include "engine/policy/heat.h"
#include "engine/policy/tuning.h"
#include "profiler/feedback.h"
#include "tiers/decode/body_decoder.h"
#include "tiers/decode/null_sink.h"

namespace wasmtier::engine {
namespace {

using profiler::FunctionFeedback;

// Collects the functions that a body calls.
class Callees : public decode::NullSink {
 public:
  static constexpr bool kIgnoresCode = false;

  explicit Callees(std::vector<uint32_t>& functions) : functions_(functions) {}
  void Call(uint32_t function) { functions_.push_back(function); }
  void ReturnCall(uint32_t function) { functions_.push_back(function); }

 private:
  std::vector<uint32_t>& functions_;
};

// Direct callees, and those of indirect calls that the feedback knows, of the same module.
std::vector<uint32_t> CalleesOf(const runtime::ModuleCode& code, uint32_t function) {
  std::vector<uint32_t> functions;
  Callees sink(functions);
  decode::BodyDecoder<decode::NoChecks, Callees> decoder(code.module(), sink);
  decoder.Decode(function);
  if (FunctionFeedback* const feedback = FeedbackOf(code, function)) {
    for (const profiler::CallSite& site : feedback->call_sites()) {
      for (const profiler::CallSite::Target& target : site.targets) {
        if (target.count < kCallsUntilInlined) continue;
        if (const std::optional<uint32_t> callee = code.FunctionOfEntry(target.entry)) {
          functions.push_back(*callee);
        }
      }
    }
  }
  return functions;
}

uint32_t CallsOf(const runtime::ModuleCode& code, uint32_t function) {
  FunctionFeedback* const feedback = FeedbackOf(code, function);
  return feedback == nullptr ? 0 : feedback->calls();
}

}  // namespace

std::vector<uint32_t> InlineCandidates(const runtime::ModuleCode& code, uint32_t function,
                                       absl::FunctionRef<bool(uint32_t)> may_inline) {
  const runtime::Module& module = code.module();
  // By function: how often it was called; what was looked at.
  std::map<uint32_t, uint32_t> seen = {{function, 0}};
  std::vector<uint32_t> candidates;
  std::vector<uint32_t> callers = {function};
  uint32_t budget = kMaxInlinedBytes;
  for (int depth = 0; depth < kMaxInlineDepth && !callers.empty(); ++depth) {
    std::vector<uint32_t> next;
    for (uint32_t caller : callers) {
      for (uint32_t callee : CalleesOf(code, caller)) {
        if (module.IsImported(callee) || !seen.emplace(callee, 0).second) continue;
        const uint32_t size = module.body(callee).size;
        const uint32_t calls = CallsOf(code, callee);
        const bool is_hot = calls >= kCallsUntilInlined && size <= kMaxInlinedBodyBytes;
        if (!is_hot && size > kSmallBodyBytes) continue;
        seen[callee] = calls;
        next.push_back(callee);
      }
    }
    // What is called most, for each byte.
    std::sort(next.begin(), next.end(), [&](uint32_t a, uint32_t b) {
      const uint64_t profit_of_a = uint64_t{seen[a]} * (module.body(b).size + 1);
      const uint64_t profit_of_b = uint64_t{seen[b]} * (module.body(a).size + 1);
      return profit_of_a != profit_of_b ? profit_of_a > profit_of_b : a < b;
    });
    callers.clear();
    for (uint32_t callee : next) {
      const uint32_t size = module.body(callee).size;
      if (size > budget || !may_inline(callee)) continue;
      budget -= size;
      candidates.push_back(callee);
      callers.push_back(callee);
    }
  }
  return candidates;
}

}  // namespace wasmtier::engine
