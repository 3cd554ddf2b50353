// Numbers as the command line spells them.
#ifndef WASMTIER_ENGINE_CLI_NUMBERS_H_
#define WASMTIER_ENGINE_CLI_NUMBERS_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace wasmtier::cli {

// "65536", "64K", "8M", "1G" (powers of 1024). InvalidArgument: "--stack-size: not a number of
// bytes: x".
absl::StatusOr<uint64_t> ParseBytes(const std::string& option, const std::string& text);
// A plain decimal number. InvalidArgument: "--hot: not a number: x".
absl::StatusOr<uint64_t> ParseCount(const std::string& option, const std::string& text);

}  // namespace wasmtier::cli

#endif  // WASMTIER_ENGINE_CLI_NUMBERS_H_
