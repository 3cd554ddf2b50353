#include "engine/cli/numbers.h"

#include <charconv>

#include "absl/strings/str_cat.h"

namespace wasmtier::cli {
namespace {

// The digits at the start of `text`; false if there are none, or too many.
bool ParseDigits(const std::string& text, uint64_t* number, std::string* rest) {
  const char* const end = text.data() + text.size();
  const auto [position, error] = std::from_chars(text.data(), end, *number);
  rest->assign(position, end);
  return error == std::errc();
}

}  // namespace

absl::StatusOr<uint64_t> ParseBytes(const std::string& option, const std::string& text) {
  uint64_t number = 0;
  std::string unit;
  const bool is_number = ParseDigits(text, &number, &unit);
  int shift = -1;
  if (unit.empty()) shift = 0;
  if (unit == "K" || unit == "k") shift = 10;
  if (unit == "M" || unit == "m") shift = 20;
  if (unit == "G" || unit == "g") shift = 30;
  if (!is_number || shift < 0 || number > UINT64_MAX >> shift) {
    return absl::InvalidArgumentError(
        absl::StrCat(option, ": not a number of bytes (65536, 64K, 8M, 1G): ", text));
  }
  return number << shift;
}

absl::StatusOr<uint64_t> ParseCount(const std::string& option, const std::string& text) {
  uint64_t number = 0;
  std::string rest;
  if (!ParseDigits(text, &number, &rest) || !rest.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(option, ": not a number: ", text));
  }
  return number;
}

}  // namespace wasmtier::cli
