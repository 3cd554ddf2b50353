// What the command writes.
#ifndef WASMTIER_ENGINE_CLI_OUTPUT_H_
#define WASMTIER_ENGINE_CLI_OUTPUT_H_

#include <string>
#include <string_view>

namespace wasmtier::cli {

// To stdout, as it is.
void Print(std::string_view text);
// "wasm-tier: <text>" and a newline to stderr, Printable.
void PrintError(std::string_view text);

// With control characters other than newline and tab as \x1b: names in modules are not to be
// trusted with a terminal.
std::string Printable(std::string_view text);

// Whether everything printed so far could be written.
bool FlushOutput();

}  // namespace wasmtier::cli

#endif  // WASMTIER_ENGINE_CLI_OUTPUT_H_
