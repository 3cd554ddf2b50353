// FunctionBuilder: what the baseline's code has counted (profiler/feedback.h). Counts change while
// they are read and need not fit each other.
#include <llvm/IR/MDBuilder.h>

#include <algorithm>
#include <vector>

#include "profiler/feedback.h"
#include "tiers/optimizing/ir_function.h"

namespace wasmtier::optimizing {

using profiler::CallSite;
using profiler::FunctionFeedback;

namespace {

// A target that takes this share of a site's calls is called directly; one with the smaller share,
// if it may be inlined or has optimized code.
constexpr double kLikelyShare = 0.8;
constexpr double kUsualShare = 0.15;
// Fewer calls say nothing.
constexpr uint64_t kLeastCalls = 10;

}  // namespace

// Of the next br_if or if.
std::optional<double> FunctionBuilder::NextBranchCount() {
  const uint32_t branch = branches_++;
  if (feedback_ == nullptr || branch >= feedback_->branch_count) return std::nullopt;
  const uint32_t count = feedback_->branches()[branch];
  if (count == FunctionFeedback::kNotCounted) return std::nullopt;
  return count;
}

llvm::MDNode* FunctionBuilder::Weights(double taken, double not_taken) {
  constexpr double kMax = 1e9;
  const double scale = std::max({taken, not_taken, kMax}) / kMax;
  // No branch is impossible.
  const auto weight = [&](double count) {
    return static_cast<uint32_t>(std::max(count, 0.0) / scale) + 1;
  };
  return llvm::MDBuilder(types_.context()).createBranchWeights(weight(taken), weight(not_taken));
}

// Functions of this module, of the type, that the next call site calls nearly always, or in turn.
FunctionBuilder::LikelyCallees FunctionBuilder::NextLikelyCallees(uint32_t type) {
  const uint32_t number = call_sites_++;
  if (feedback_ == nullptr || number >= feedback_->call_site_count) return {};
  const CallSite& site = feedback_->call_sites()[number];
  LikelyCallees likely{.calls = static_cast<double>(site.others)};
  for (const CallSite::Target& target : site.targets) {
    likely.calls += target.count;
    const std::optional<uint32_t> function = types_.code().FunctionOfEntry(target.entry);
    if (!function || module_.IsImported(*function)) continue;
    const uint32_t callee_type = module_.function_types[*function];
    if (module_.canonical_types[callee_type] != module_.canonical_types[type]) continue;
    likely.callees.push_back({*function, static_cast<double>(target.count)});
  }
  if (likely.calls < kLeastCalls) return {};
  std::sort(likely.callees.begin(), likely.callees.end(),
            [](const auto& a, const auto& b) { return a.count > b.count; });
  std::erase_if(likely.callees, [&](const LikelyCallees::Callee& callee) {
    const double share = callee.count / likely.calls;
    if (share >= kLikelyShare) return false;
    // One comparison of several pays if it saves a call, or most of one.
    return share < kUsualShare || types_.FindDirect(callee.function) == nullptr;
  });
  return likely;
}

}  // namespace wasmtier::optimizing
