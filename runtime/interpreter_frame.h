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

// How calls are laid out, for those who walk frames where they can take no lock (in a signal
// handler) and so cannot ask InterpreterFrames. A return address lies in bytecode, or is one of the
// three below.
struct InterpreterLayout {
  // Return addresses: of entries from the host; of entries from machine code, where the slot below
  // the frame holds the frame pointer of the kInterpreter stub; of calls of another instance, where
  // the caller's own return address is in a bridge of slots below the frame.
  const uint8_t* host_link = nullptr;
  const uint8_t* machine_link = nullptr;
  const uint8_t* bridge_link = nullptr;
  uint32_t bridge_slots = 0;
  uint32_t bridge_link_slot = 0;
  // u16 fields, relative to a return address in bytecode: the caller's header slot, and where the
  // callee's frame begins within the caller's.
  int32_t header_field = 0;
  int32_t base_field = 0;
  // Of a function's first instruction, which writes the return address to the frame.
  uint32_t enter_bytes = 0;
};
// The interpreter announces its own, once a process.
void SetInterpreterLayout(const InterpreterLayout& layout);
// Async-signal-safe.
const InterpreterLayout& GetInterpreterLayout();

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_INTERPRETER_FRAME_H_
