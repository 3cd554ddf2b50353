#include "engine/cli/output.h"

#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace wasmtier::cli {
namespace {

bool IsControl(std::string_view text, size_t i) {
  const auto byte = static_cast<unsigned char>(text[i]);
  if (byte == '\n' || byte == '\t') return false;
  if (byte < 0x20 || byte == 0x7f) return true;
  // U+0080 to U+009F, which some terminals obey: C2 80 to C2 9F in UTF-8.
  const bool is_second_byte = i > 0 && static_cast<unsigned char>(text[i - 1]) == 0xc2;
  return is_second_byte && byte < 0xa0;
}

}  // namespace

void Print(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

void PrintError(std::string_view text) {
  const std::string line = absl::StrCat("wasm-tier: ", Printable(text), "\n");
  std::fwrite(line.data(), 1, line.size(), stderr);
}

std::string Printable(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (IsControl(text, i)) {
      absl::StrAppendFormat(&result, "\\x%02x", static_cast<unsigned char>(text[i]));
    } else {
      result += text[i];
    }
  }
  return result;
}

bool FlushOutput() { return std::fflush(stdout) == 0 && std::ferror(stdout) == 0; }

}  // namespace wasmtier::cli
