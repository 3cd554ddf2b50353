#include "test/spec/report.h"

#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace wasmtier::spec {
namespace {

// More failing lines than this are one entry for the script.
constexpr size_t kMaxLines = 6;

// The features of "needs feature gc, simd" in a message; else nothing.
std::set<std::string> FeaturesNeeded(const std::string& message) {
  static constexpr char kPhrase[] = "needs feature ";
  size_t at = message.find(kPhrase);
  if (at == std::string::npos) return {};
  std::string list = message.substr(at + sizeof(kPhrase) - 1);
  list = list.substr(0, list.find_first_of(":\n("));
  std::set<std::string> features;
  for (absl::string_view feature : absl::StrSplit(list, ',')) {
    features.emplace(absl::StripAsciiWhitespace(feature));
  }
  return features;
}

}  // namespace

void Counts::Add(const CommandResult& result) {
  switch (result.verdict) {
    case Verdict::kPassed:
      ++passed;
      break;
    case Verdict::kFailed:
      ++failed;
      break;
    case Verdict::kSkipped:
      ++skipped;
      break;
  }
}

void Counts::Add(const Counts& other) {
  passed += other.passed;
  failed += other.failed;
  skipped += other.skipped;
}

std::string ToString(const Counts& counts) {
  return absl::StrFormat("%d passed, %d failed, %d skipped", counts.passed, counts.failed,
                         counts.skipped);
}

void Report::Add(const SuiteScript& script, const std::vector<CommandResult>& results,
                 const Expectations& expectations, Expectations::Listed listed) {
  Counts counts;
  for (const CommandResult& result : results) counts.Add(result);
  groups_[script.group].Add(counts);
  total_.Add(counts);
  std::vector<std::string> differences = expectations.Check(script.name, results, listed);
  differences_.insert(differences_.end(), differences.begin(), differences.end());
}

std::string Report::Table() const {
  std::string table =
      absl::StrFormat("%-22s %8s %8s %8s\n", "group", "passed", "failed", "skipped");
  for (const auto& [group, counts] : groups_) {
    absl::StrAppendFormat(&table, "%-22s %8d %8d %8d\n", group, counts.passed, counts.failed,
                          counts.skipped);
  }
  absl::StrAppendFormat(&table, "%-22s %8d %8d %8d\n", "total", total_.passed, total_.failed,
                        total_.skipped);
  return table;
}

std::string SuggestExpectations(const SuiteScript& script,
                                const std::vector<CommandResult>& results) {
  std::map<int, std::string> reasons;
  std::set<std::string> all_features;
  std::string features = script.group;  // until a message names what is missing
  int failures = 0;
  for (const CommandResult& result : results) {
    if (result.verdict != Verdict::kFailed) continue;
    ++failures;
    // Most commands fail because a module before them did.
    std::set<std::string> needed = FeaturesNeeded(result.message);
    if (!needed.empty()) features = absl::StrJoin(needed, ", ");
    all_features.merge(needed);
    reasons.emplace(result.line, features);
  }
  if (failures == 0) return "";
  if (reasons.size() > kMaxLines) {
    return absl::StrFormat("%s %d %s\n", script.name, failures,
                           all_features.empty() ? script.group : absl::StrJoin(all_features, ", "));
  }
  std::string lines;
  for (const auto& [line, reason] : reasons) {
    absl::StrAppendFormat(&lines, "%s:%d %s\n", script.name, line, reason);
  }
  return lines;
}

}  // namespace wasmtier::spec
