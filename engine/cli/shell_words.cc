#include "engine/cli/shell_words.h"

#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace wasmtier::cli {

absl::StatusOr<std::vector<std::string>> SplitWords(std::string_view text) {
  std::vector<std::string> words;
  std::optional<std::string> word;
  char quote = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote == 0 && absl::ascii_isspace(static_cast<unsigned char>(c))) {
      if (word) words.push_back(*std::move(word));
      word.reset();
      continue;
    }
    if (!word) word.emplace();
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    const bool escapes = c == '\\' && (quote == 0 || (quote == '"' && (next == '"' || next == c)));
    if (escapes && i + 1 < text.size()) {
      *word += next;
      ++i;
    } else if (quote != 0 ? c == quote : c == '\'' || c == '"') {
      quote = quote == 0 ? c : 0;
    } else {
      *word += c;
    }
  }
  if (quote != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("a quote is not closed: ", std::string(text.data(), text.size())));
  }
  if (word) words.push_back(*std::move(word));
  return words;
}

}  // namespace wasmtier::cli
