// The interpreter's frame, as far as other tiers read it: where OSR entries find the values of the
// function that they go on with. At a jump back to a loop every value is in its slot.
//
//   [0, L)                      parameters and locals: L slots, v128 takes two
//   [L, L + kHeaderSlots)       the interpreter's own
//   from L + kHeaderSlots on    the operand stack, upwards: at the loop's start the operands below
//                               its parameters, then its parameters
//
// i32 are zero-extended; the upper half of an f32 means nothing.
#ifndef WASMTIER_RUNTIME_INTERPRETER_FRAME_H_
#define WASMTIER_RUNTIME_INTERPRETER_FRAME_H_

#include <cstdint>

namespace wasmtier::runtime {

inline constexpr uint32_t kHeaderSlots = 1;

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_INTERPRETER_FRAME_H_
