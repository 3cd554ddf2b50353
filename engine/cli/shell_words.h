// Command lines in one text, as an option of ours holds them.
#ifndef WASMTIER_ENGINE_CLI_SHELL_WORDS_H_
#define WASMTIER_ENGINE_CLI_SHELL_WORDS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace wasmtier::cli {

// The words of a text as a shell splits it: at white space, except in '...' and "..." and after \.
// Nothing is expanded. InvalidArgument: a quote that is not closed.
absl::StatusOr<std::vector<std::string>> SplitWords(std::string_view text);

}  // namespace wasmtier::cli

#endif  // WASMTIER_ENGINE_CLI_SHELL_WORDS_H_
