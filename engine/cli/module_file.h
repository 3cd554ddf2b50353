// Modules as the command is given them: files in the binary or the text format.
#ifndef WASMTIER_ENGINE_CLI_MODULE_FILE_H_
#define WASMTIER_ENGINE_CLI_MODULE_FILE_H_

#include <string>

#include "absl/status/statusor.h"
#include "wasmtier/engine.h"
#include "wasmtier/module.h"

namespace wasmtier::cli {

// A file whose name ends in .wat is text. The errors name the path.
absl::StatusOr<Module> LoadModuleFile(const Engine& engine, const std::string& path);

}  // namespace wasmtier::cli

#endif  // WASMTIER_ENGINE_CLI_MODULE_FILE_H_
