// What `wasm-tier inspect` prints of a module.
#ifndef WASMTIER_ENGINE_CLI_INSPECT_H_
#define WASMTIER_ENGINE_CLI_INSPECT_H_

#include <string>

#include "wasmtier/module.h"

namespace wasmtier::cli {

std::string InspectAsText(const Module& module, const std::string& path);
// One object; its members are named as the headings of the text. Ends with a newline.
std::string InspectAsJson(const Module& module, const std::string& path);

}  // namespace wasmtier::cli

#endif  // WASMTIER_ENGINE_CLI_INSPECT_H_
