#include "test/spec/report.h"

#include <set>

#include "absl/strings/str_format.h"

namespace wasmtier::spec {
namespace {

// More failing lines than this are one entry for the script.
constexpr size_t kMaxLines = 6;

// "needs feature simd" in a message is the reason; else the message itself, for a human to replace.
std::string ReasonOf(const CommandResult& result) {
  static constexpr char kPhrase[] = "needs feature ";
  size_t at = result.message.find(kPhrase);
  if (at == std::string::npos) return result.message;
  at += sizeof(kPhrase) - 1;
  return result.message.substr(at, result.message.find_first_of(" \n,;", at) - at);
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
                 const Expectations& expectations) {
  Counts counts;
  for (const CommandResult& result : results) counts.Add(result);
  groups_[script.group].Add(counts);
  total_.Add(counts);
  std::vector<std::string> differences = expectations.Check(script.name, results);
  differences_.insert(differences_.end(), differences.begin(), differences.end());
}

std::string Report::Table() const {
  std::string table =
      absl::StrFormat("%-22s %8s %8s %8s\n", "group", "passed", "failed", "skipped");
  std::map<std::string, Counts> groups = groups_;
  for (const auto& [group, scripts] : listed_) groups[group];
  for (const auto& [group, counts] : groups) {
    absl::StrAppendFormat(&table, "%-22s %8d %8d %8d", group, counts.passed, counts.failed,
                          counts.skipped);
    auto listed = listed_.find(group);
    if (listed != listed_.end()) {
      absl::StrAppendFormat(&table, "  (%d scripts listed in the expectations)", listed->second);
    }
    table += '\n';
  }
  absl::StrAppendFormat(&table, "%-22s %8d %8d %8d\n", "total", total_.passed, total_.failed,
                        total_.skipped);
  return table;
}

std::string SuggestExpectations(const SuiteScript& script,
                                const std::vector<CommandResult>& results) {
  std::map<int, std::string> reasons;
  int failures = 0;
  for (const CommandResult& result : results) {
    if (result.verdict != Verdict::kFailed) continue;
    ++failures;
    reasons.emplace(result.line, ReasonOf(result));
  }
  if (failures == 0) return "";
  if (reasons.size() > kMaxLines) {
    return absl::StrFormat("%s %d %s\n", script.name, failures, reasons.begin()->second);
  }
  std::string lines;
  for (const auto& [line, reason] : reasons) {
    absl::StrAppendFormat(&lines, "%s:%d %s\n", script.name, line, reason);
  }
  return lines;
}

}  // namespace wasmtier::spec
