// From wasm to slot bytecode, one function at a time (design §7).
#ifndef WASMTIER_TIERS_INTERPRETER_TRANSLATE_H_
#define WASMTIER_TIERS_INTERPRETER_TRANSLATE_H_

#include <cstdint>
#include <string>

#include "runtime/module_code.h"

namespace wasmtier::interpreter {

// Translates a defined function, if no thread has done so yet, and publishes its bytecode. Empty,
// or why it cannot be run: its lazy validation failed, or it needs what this tier does not execute.
// Thread-safe.
std::string Translate(runtime::ModuleCode& code, uint32_t function);

// The module offset of the wasm instruction that the bytecode at `bytecode_offset` was made from.
// Translates once more to know it: traps are rare, and a table for each function would take more
// memory than its bytecode.
uint32_t FindSourceOffset(const runtime::ModuleCode& code, uint32_t function,
                          uint32_t bytecode_offset);

}  // namespace wasmtier::interpreter

#endif  // WASMTIER_TIERS_INTERPRETER_TRANSLATE_H_
