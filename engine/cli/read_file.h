#ifndef WASMTIER_ENGINE_CLI_READ_FILE_H_
#define WASMTIER_ENGINE_CLI_READ_FILE_H_

#include <string>

#include "absl/status/statusor.h"

namespace wasmtier::cli {

// All of a file. The error of the system, with the path: "cannot open x.wat: No such file or
// directory".
absl::StatusOr<std::string> ReadFile(const std::string& path);

}  // namespace wasmtier::cli

#endif  // WASMTIER_ENGINE_CLI_READ_FILE_H_
