// FunctionBuilder: what the baseline's code has counted (profiler/feedback.h). Counts change while
// they are read and need not fit each other.
#include <llvm/IR/MDBuilder.h>

#include <algorithm>

#include "profiler/feedback.h"
#include "tiers/optimizing/ir_function.h"

namespace wasmtier::optimizing {

using profiler::CallSite;
using profiler::FunctionFeedback;

namespace {

// A target that takes this share of a site's calls is called directly.
constexpr double kLikelyShare = 0.8;
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

// The function of this module, of the type, that the next call site calls nearly always.
std::optional<uint32_t> FunctionBuilder::NextLikelyCallee(uint32_t type) {
  const uint32_t number = call_sites_++;
  if (feedback_ == nullptr || number >= feedback_->call_site_count) return std::nullopt;
  const CallSite& site = feedback_->call_sites()[number];
  uint64_t calls = site.others;
  const CallSite::Target* most = &site.targets[0];
  for (const CallSite::Target& target : site.targets) {
    calls += target.count;
    if (target.count > most->count) most = &target;
  }
  if (calls < kLeastCalls || most->count < static_cast<double>(calls) * kLikelyShare) {
    return std::nullopt;
  }
  const std::optional<uint32_t> function = types_.code().FunctionOfEntry(most->entry);
  if (!function || module_.IsImported(*function)) return std::nullopt;
  const uint32_t callee_type = module_.function_types[*function];
  if (module_.canonical_types[callee_type] != module_.canonical_types[type]) return std::nullopt;
  return function;
}

}  // namespace wasmtier::optimizing
