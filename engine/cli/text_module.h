// The text format, translated by libwabt; the engine itself does not know it.
#ifndef WASMTIER_ENGINE_CLI_TEXT_MODULE_H_
#define WASMTIER_ENGINE_CLI_TEXT_MODULE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace wasmtier::cli {

// The binary form of a .wat file, with its names as a name section; not validated. InvalidArgument,
// with libwabt's messages, where it is not a module; Unimplemented where the command was built
// without libwabt.
absl::StatusOr<std::vector<uint8_t>> TranslateTextModule(const std::string& path);

}  // namespace wasmtier::cli

#endif  // WASMTIER_ENGINE_CLI_TEXT_MODULE_H_
