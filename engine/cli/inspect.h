// What `wasm-tier inspect` prints of a module.
#ifndef WASMTIER_ENGINE_CLI_INSPECT_H_
#define WASMTIER_ENGINE_CLI_INSPECT_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "wasmtier/module.h"

namespace wasmtier::cli {

std::string InspectAsText(const Module& module, const std::string& path);
// One object; its members are named as the headings of the text. Ends with a newline.
std::string InspectAsJson(const Module& module, const std::string& path);

// The function that a user means: by index, or by its name. NotFound if there is none, or several.
absl::StatusOr<uint32_t> FindFunction(const Module& module, const std::string& text);
// The machine code of the engine's tier for a function, below a line on the function.
absl::StatusOr<std::string> InspectAsAssembly(const Module& module, uint32_t function);

// What the optimizing tier makes of the loops of a function: a line for each, or one object.
absl::StatusOr<std::string> VectorizationAsText(const Module& module, uint32_t function);
absl::StatusOr<std::string> VectorizationAsJson(const Module& module, uint32_t function);

}  // namespace wasmtier::cli

#endif  // WASMTIER_ENGINE_CLI_INSPECT_H_
