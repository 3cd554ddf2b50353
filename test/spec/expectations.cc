#include "test/spec/expectations.h"

#include <set>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace wasmtier::spec {
namespace {

// Cuts the first word off `text`.
std::string_view TakeWord(std::string_view* text) {
  size_t begin = text->find_first_not_of(" \t");
  if (begin == std::string_view::npos) begin = text->size();
  size_t end = text->find_first_of(" \t", begin);
  if (end == std::string_view::npos) end = text->size();
  std::string_view word = text->substr(begin, end - begin);
  size_t rest = text->find_first_not_of(" \t", end);
  *text = rest == std::string_view::npos ? std::string_view() : text->substr(rest);
  return word;
}

bool ParseNumber(std::string_view text, int* number) {
  return absl::SimpleAtoi(absl::string_view(text.data(), text.size()), number);
}

}  // namespace

absl::StatusOr<Expectations> Expectations::Parse(std::string_view text) {
  Expectations result;
  int line_number = 0;
  while (!text.empty()) {
    size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    ++line_number;
    std::string_view place = TakeWord(&line);
    if (place.empty() || place[0] == '#') continue;
    absl::Status status = result.AddEntry(place, line, line_number);
    if (!status.ok()) return status;
  }
  return result;
}

absl::Status Expectations::AddEntry(std::string_view place, std::string_view rest,
                                    int line_number) {
  auto error = [&](const char* what) {
    return absl::InvalidArgumentError(absl::StrCat("expectations, line ", line_number, ": ", what));
  };
  size_t colon = place.find(':');
  std::string script(place.substr(0, colon));
  if (colon != std::string_view::npos) {
    int command_line = 0;
    if (!ParseNumber(place.substr(colon + 1), &command_line)) return error("no line after ':'");
    if (rest.empty()) return error("no reason");
    if (!lines_[script].emplace(command_line, rest).second) return error("listed twice");
    return absl::OkStatus();
  }
  WholeScript entry;
  if (!ParseNumber(TakeWord(&rest), &entry.failures)) return error("no count of failures");
  if (entry.failures == 0) return error("nothing fails");
  entry.reason = rest;
  if (entry.reason.empty()) return error("no reason");
  if (!scripts_.emplace(script, entry).second) return error("listed twice");
  return absl::OkStatus();
}

std::vector<std::string> Expectations::Check(const std::string& script,
                                             const std::vector<CommandResult>& results,
                                             Listed listed) const {
  std::vector<std::string> differences;
  auto by_line = lines_.find(script);
  auto whole = scripts_.find(script);
  std::set<int> failed_lines;
  std::vector<std::string> unlisted;
  for (const CommandResult& result : results) {
    if (result.verdict != Verdict::kFailed) continue;
    failed_lines.insert(result.line);
    if (by_line != lines_.end() && by_line->second.count(result.line) != 0) continue;
    unlisted.push_back(absl::StrCat(script, ":", result.line, ": ", result.message));
  }
  if (by_line != lines_.end() && listed == Listed::kMustFail) {
    for (const auto& [line, reason] : by_line->second) {
      if (failed_lines.count(line) != 0) continue;
      differences.push_back(absl::StrCat(script, ":", line, ": listed as failing (", reason,
                                         "), but passes: take it out of the expectations"));
    }
  }
  int unlisted_count = static_cast<int>(unlisted.size());
  if (whole != scripts_.end()) {
    if (unlisted_count == whole->second.failures) return differences;
    if (listed == Listed::kMayFail && unlisted_count < whole->second.failures) return differences;
    differences.push_back(absl::StrCat(script, ": ", whole->second.failures,
                                       " commands are listed as failing (", whole->second.reason,
                                       "), but ", unlisted_count, " fail"));
  }
  differences.insert(differences.end(), unlisted.begin(), unlisted.end());
  return differences;
}

std::vector<std::string> Expectations::Scripts() const {
  std::set<std::string> names;
  for (const auto& [script, entry] : scripts_) names.insert(script);
  for (const auto& [script, entry] : lines_) names.insert(script);
  return {names.begin(), names.end()};
}

}  // namespace wasmtier::spec
