#include "profiler/feedback_profile.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "profiler/code_names.h"
#include "runtime/model/module.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace wasmtier::profiler {
namespace {

// Counts are added to from run to run: beyond this, those of a function are halved together until
// they are below it, so that machine code has room to count on.
constexpr uint32_t kMaxCount = uint32_t{1} << 30;

FunctionFeedback* FeedbackOf(const runtime::ModuleCode& code, uint32_t function) {
  const runtime::CompiledCode* const baseline = code.FindBaseline(function);
  return baseline == nullptr ? nullptr : static_cast<FunctionFeedback*>(baseline->feedback);
}

FunctionProfile::CallSite RecordCallSite(const runtime::ModuleCode& code, const CallSite& site) {
  FunctionProfile::CallSite result{.targets = {}, .others = site.others};
  for (const CallSite::Target& target : site.targets) {
    if (target.count == 0) continue;
    if (const std::optional<uint32_t> function = code.FunctionOfEntry(target.entry)) {
      result.targets.push_back({*function, target.count});
    } else {
      result.others += target.count;
    }
  }
  // The most frequent one is compared first.
  std::sort(result.targets.begin(), result.targets.end(), [](const auto& a, const auto& b) {
    return a.count != b.count ? a.count > b.count : a.function < b.function;
  });
  return result;
}

// Calls `visit` with each count that the machine code adds to.
template <typename Visit>
void ForEachCount(FunctionProfile& profile, Visit visit) {
  visit(profile.calls);
  for (uint32_t& count : profile.loops) visit(count);
  for (uint32_t& count : profile.branches) {
    if (count != FunctionFeedback::kNotCounted) visit(count);
  }
  for (FunctionProfile::CallSite& site : profile.call_sites) {
    visit(site.others);
    for (FunctionProfile::Target& target : site.targets) visit(target.count);
  }
}

void LimitCounts(FunctionProfile& profile) {
  uint32_t highest = 0;
  ForEachCount(profile, [&](uint32_t count) { highest = std::max(highest, count); });
  for (; highest >= kMaxCount; highest /= 2) {
    ForEachCount(profile, [](uint32_t& count) { count /= 2; });
    profile.counted_nanoseconds /= 2;
  }
}

uint64_t Counted(const FunctionProfile& profile) {
  return std::accumulate(profile.loops.begin(), profile.loops.end(), uint64_t{profile.calls});
}

FunctionProfile RecordFunction(const runtime::ModuleCode& code, uint32_t function,
                               FunctionFeedback& feedback) {
  FunctionProfile profile;
  profile.tier = code.FindCompiled(function)->tier;
  profile.counted_nanoseconds = feedback.CountedNanoseconds();
  profile.calls = feedback.calls();
  profile.loops.assign(feedback.loops().begin(), feedback.loops().end());
  profile.branches.assign(feedback.branches().begin(), feedback.branches().end());
  for (const CallSite& site : feedback.call_sites()) {
    profile.call_sites.push_back(RecordCallSite(code, site));
  }
  profile.optimized_loops = code.LoopsWithCode(function);
  // What earlier runs found worth optimizing is so, even if this one was too short to get there.
  if (const FunctionProfile* const before = FindProfile(code, function)) {
    profile.tier = std::max(profile.tier, before->tier);
    // It did not run.
    if (Counted(profile) == Counted(*before)) {
      profile.counted_nanoseconds = before->counted_nanoseconds;
    }
    std::vector<uint32_t> loops;
    std::set_union(profile.optimized_loops.begin(), profile.optimized_loops.end(),
                   before->optimized_loops.begin(), before->optimized_loops.end(),
                   std::back_inserter(loops));
    profile.optimized_loops = std::move(loops);
  }
  LimitCounts(profile);
  return profile;
}

}  // namespace

ModuleHash ModuleHash::Of(std::span<const uint8_t> module) {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits(module.data(), module.size()));
  ModuleHash hash;
  static_assert(sizeof(canonical.digest) == sizeof(hash.bytes));
  std::copy(std::begin(canonical.digest), std::end(canonical.digest), hash.bytes.begin());
  return hash;
}

std::string ModuleHash::ToString() const {
  std::string text;
  for (const uint8_t byte : bytes) absl::StrAppend(&text, absl::Hex(byte, absl::kZeroPad2));
  return text;
}

absl::Status ModuleProfile::CheckFits(const runtime::Module& module) const {
  const auto is_defined = [&](uint32_t function) {
    return function < module.function_count() && !module.IsImported(function);
  };
  for (const auto& [function, profile] : functions) {
    if (!is_defined(function)) {
      return absl::DataLossError(
          absl::StrCat("the module defines no function ", function, ", which it names"));
    }
    for (const FunctionProfile::CallSite& site : profile.call_sites) {
      for (const FunctionProfile::Target& target : site.targets) {
        if (is_defined(target.function)) continue;
        return absl::DataLossError(absl::StrCat("the module defines no function ", target.function,
                                                ", which function ", function,
                                                " is to have called"));
      }
    }
  }
  return absl::OkStatus();
}

const FunctionProfile* FindProfile(const runtime::ModuleCode& code, uint32_t function) {
  const auto* const profile = static_cast<const ModuleProfile*>(code.profile());
  if (profile == nullptr) return nullptr;
  const auto found = profile->functions.find(function);
  return found == profile->functions.end() ? nullptr : &found->second;
}

ModuleProfile Record(const runtime::ModuleCode& code) {
  const runtime::Module& module = code.module();
  ModuleProfile result;
  result.module_bytes = module.bytes.size();
  result.name = PrintableName(module.ModuleName());
  for (uint32_t i = module.imported_functions; i < module.function_count(); ++i) {
    if (FunctionFeedback* const feedback = FeedbackOf(code, i)) {
      result.functions.emplace(i, RecordFunction(code, i, *feedback));
    } else if (const FunctionProfile* const before = FindProfile(code, i)) {
      result.functions.emplace(i, *before);
    } else {
      continue;
    }
    result.function_names.emplace(i, PrintableName(module.FunctionName(i)));
    result.nanoseconds = std::max(result.nanoseconds, result.functions[i].counted_nanoseconds);
  }
  return result;
}

void Merge(ModuleProfile from, ModuleProfile& into) {
  into.nanoseconds = std::max(into.nanoseconds, from.nanoseconds);
  for (auto& [function, profile] : from.functions) {
    const auto [found, is_new] = into.functions.try_emplace(function, profile);
    if (is_new) {
      into.function_names[function] = std::move(from.function_names[function]);
    } else if (Counted(profile) > Counted(found->second)) {
      found->second = std::move(profile);
    }
  }
}

void Restore(const FunctionProfile& profile, runtime::ModuleCode& code,
             FunctionFeedback& feedback) {
  if (profile.loops.size() != feedback.loop_count ||
      profile.branches.size() != feedback.branch_count ||
      profile.call_sites.size() != feedback.call_site_count) {
    return;
  }
  feedback.counted_before = profile.counted_nanoseconds;
  feedback.hot.calls_granted += profile.calls;
  std::copy(profile.loops.begin(), profile.loops.end(), feedback.loops().begin());
  for (size_t i = 0; i < profile.branches.size(); ++i) {
    uint32_t& count = feedback.branches()[i];
    // The compiler has decided already which ones are counted.
    if (count != FunctionFeedback::kNotCounted &&
        profile.branches[i] != FunctionFeedback::kNotCounted) {
      count = profile.branches[i];
    }
  }
  for (size_t i = 0; i < profile.call_sites.size(); ++i) {
    const FunctionProfile::CallSite& before = profile.call_sites[i];
    CallSite& site = feedback.call_sites()[i];
    site.others = before.others;
    const size_t count = std::min(before.targets.size(), size_t{CallSite::kTargets});
    for (size_t t = 0; t < count; ++t) {
      site.targets[t] = {&code.entries()[before.targets[t].function], before.targets[t].count};
    }
  }
}

}  // namespace wasmtier::profiler
