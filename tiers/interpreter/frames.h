// Walking the interpreter's frames (layout: bytecode.h).
#ifndef WASMTIER_TIERS_INTERPRETER_FRAMES_H_
#define WASMTIER_TIERS_INTERPRETER_FRAMES_H_

#include <cstdint>
#include <memory>

#include "runtime/activation.h"

namespace wasmtier::interpreter {

// The position of the call (within its instruction) that returns to `return_address`, from the
// frame that was called; pc is null if the host called.
runtime::InterpreterPosition CallerPosition(runtime::VMContext* context,
                                            const uint8_t* return_address, uint64_t* frame);

// See runtime::SetFrameWalk.
std::unique_ptr<runtime::FrameWalk> MakeFrameWalk();

}  // namespace wasmtier::interpreter

#endif  // WASMTIER_TIERS_INTERPRETER_FRAMES_H_
