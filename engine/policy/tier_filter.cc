#include "engine/policy/tier_filter.h"

#include <charconv>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"

namespace wasmtier::engine {
namespace {

absl::Status Wrong(std::string_view item, std::string_view why) {
  return absl::InvalidArgumentError(
      absl::StrCat("\"", std::string(item), "\": ", std::string(why),
                   "; expected a list such as 12,40-60,main,parse_*,!13"));
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Splits at the commas that no backslash precedes.
std::vector<std::string_view> Split(std::string_view text) {
  std::vector<std::string_view> items;
  size_t begin = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == ',') {
      items.push_back(text.substr(begin, i - begin));
      begin = i + 1;
    }
  }
  items.push_back(text.substr(begin));
  return items;
}

// The whole text as an index.
std::optional<uint32_t> ParseIndex(std::string_view text) {
  uint32_t index = 0;
  const char* const end = text.data() + text.size();
  const auto [position, error] = std::from_chars(text.data(), end, index);
  if (error != std::errc() || position != end) return std::nullopt;
  return index;
}

bool MatchesPieces(const std::vector<std::string>& pieces, std::string_view name) {
  if (pieces.size() == 1) return name == pieces[0];
  const std::string& first = pieces.front();
  const std::string& last = pieces.back();
  if (name.size() < first.size() + last.size()) return false;
  if (!name.starts_with(first) || !name.ends_with(last)) return false;
  name.remove_prefix(first.size());
  name.remove_suffix(last.size());
  // What lies between is best found as early as it can be.
  for (size_t i = 1; i + 1 < pieces.size(); ++i) {
    const size_t found = name.find(pieces[i]);
    if (found == std::string_view::npos) return false;
    name.remove_prefix(found + pieces[i].size());
  }
  return true;
}

}  // namespace

absl::StatusOr<TierFilter::Item> TierFilter::ParseItem(std::string_view text) {
  Item item;
  std::string_view rest = text;
  if (rest.starts_with('!')) {
    item.excludes = true;
    rest.remove_prefix(1);
  }
  if (rest.empty()) return Wrong(text, "an item is empty");
  if (IsDigit(rest[0])) {
    const size_t dash = rest.find('-');
    const std::optional<uint32_t> first = ParseIndex(rest.substr(0, dash));
    const std::optional<uint32_t> last =
        dash == std::string_view::npos ? first : ParseIndex(rest.substr(dash + 1));
    if (!first || !last) return Wrong(text, "not a function index or a range of them");
    if (*last < *first) return Wrong(text, "the range ends before it begins");
    item.first = *first;
    item.last = *last;
    return item;
  }
  item.is_name = true;
  item.pieces.emplace_back();
  for (size_t i = 0; i < rest.size(); ++i) {
    if (rest[i] == '*') {
      item.pieces.emplace_back();
      continue;
    }
    if (rest[i] == '\\') {
      ++i;
      if (i == rest.size()) return Wrong(text, "nothing follows the backslash");
    }
    item.pieces.back() += rest[i];
  }
  return item;
}

absl::StatusOr<TierFilter> TierFilter::Parse(std::string_view text) {
  TierFilter filter;
  if (text.empty()) return filter;
  for (std::string_view part : Split(text)) {
    absl::StatusOr<Item> item = ParseItem(part);
    if (!item.ok()) return item.status();
    if (!item->excludes) filter.includes_ = true;
    filter.items_.push_back(*std::move(item));
  }
  return filter;
}

bool TierFilter::Matches(const Item& item, const runtime::Module& module, uint32_t function) {
  if (!item.is_name) return item.first <= function && function <= item.last;
  return MatchesPieces(item.pieces, module.FunctionName(function));
}

bool TierFilter::Passes(const runtime::Module& module, uint32_t function) const {
  bool included = !includes_;
  for (const Item& item : items_) {
    if (!item.excludes && included) continue;
    if (!Matches(item, module, function)) continue;
    if (item.excludes) return false;
    included = true;
  }
  return included;
}

}  // namespace wasmtier::engine
