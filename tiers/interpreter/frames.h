// Walking the interpreter's frames (layout: bytecode.h).
#ifndef WASMTIER_TIERS_INTERPRETER_FRAMES_H_
#define WASMTIER_TIERS_INTERPRETER_FRAMES_H_

#include <cstdint>
#include <memory>

#include "runtime/activation.h"

namespace wasmtier::interpreter {

// InterpreterFrames::CallerOf: the position of the call (within its instruction) that returns to
// `link`, from the frame that was called.
runtime::CodePosition CallerPosition(runtime::VMContext* context, const uint8_t* link,
                                     uint64_t* frame);
// The same as a position that wasm code can leave at: that of the call also if machine code called.
runtime::CodePosition CallPosition(runtime::VMContext* context, const uint8_t* link,
                                   uint64_t* frame);

// See runtime::SetInterpreterFrames.
std::unique_ptr<runtime::InterpreterFrames> MakeFrames();

}  // namespace wasmtier::interpreter

#endif  // WASMTIER_TIERS_INTERPRETER_FRAMES_H_
