// From wasm to slot bytecode, one function at a time (design §7).
#ifndef WASMTIER_TIERS_INTERPRETER_TRANSLATE_H_
#define WASMTIER_TIERS_INTERPRETER_TRANSLATE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/module_code.h"
#include "tiers/interpreter/bytecode_writer.h"

namespace wasmtier::interpreter {

struct Translation {
  // What a call of the function runs: its bytecode, or FunctionState::compiled_stub if another
  // thread has published machine code meanwhile. Null if this tier cannot run it.
  const uint8_t* bytecode = nullptr;
  // Why it cannot: its lazy validation failed, or it needs what this tier does not execute.
  std::string error;
  bool frame_is_too_large = false;
};

// Translates a defined function, if no thread has done so yet, and publishes its bytecode (but see
// TierHooks::AskAtEveryCall). Thread-safe.
Translation Translate(runtime::ModuleCode& code, uint32_t function);

// Which wasm instruction each instruction of a function's bytecode was made from, in the order of
// the bytecode. Translates once more to know it: traps are rare, and a table for each function
// would take more memory than its bytecode.
std::vector<SourcePosition> FindSourcePositions(const runtime::ModuleCode& code, uint32_t function);

}  // namespace wasmtier::interpreter

#endif  // WASMTIER_TIERS_INTERPRETER_TRANSLATE_H_
