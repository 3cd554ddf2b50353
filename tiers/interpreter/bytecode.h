// The slot bytecode: how instructions are laid out and named between translator and handlers.
//
// An instruction is the 32-bit distance of its handler from HandlerBase(), then its fields without
// padding:
//
//   Binary           [u16 destination][a][b]
//   BinaryPair       [u16 destination][a][b][u16 c]
//   Unary, Copy      [u16 destination][a]
//   CopyTwo          [u16 destination][u16 source][u16 source]
//   Move             [u16 destination][u16 source][u16 count]
//   Select           [u16 destination][u16 a][u16 b][condition]
//   Load             [u16 destination][u32 offset][a]
//   AddressLoad      [u16 destination][u32 offset][a][b]
//   Store            [u32 offset][a][value]
//   AddressStore     [u32 offset][a][b][value]
//   AnyLoad          [u16 destination][u64 offset][u32 memory][u16 address]
//   AnyStore         [u64 offset][u32 memory][u16 address][u16 value]
//   Branch           [i32 distance][back]?
//   BranchIf         [i32 distance][back]?[a]
//   CompareBranch    [i32 distance][back]?[a][b]
//   CountAndBranch   [i32 distance][back][u16 local][i32 addend][b]
//   BranchTable      [u32 count][a][i32 distance] * (count + 1)
//   Call             [u64 FunctionState*][u16 header][u16 base]
//   CallImport       [u32 function][u16 header][u16 base]
//   CallIndirect     [u32 type id][u32 table][index][u16 header][u16 base]
//   CallRef          [u16 reference][u16 header][u16 base]
//   NullCheck        [u16 reference]
//   VectorConst      [u16 destination][16 bytes]
//   VectorCopy       [u16 destination][u16 source]
//   VectorSelect     [u16 destination][u16 a][u16 b][u16 condition]
//   VectorGlobalGet  [u16 destination][u32 global]
//   VectorGlobalSet  [u32 global][u16 value]
//   Vector...        [u16 destination][u16] * operands, [u8 lane] or [16 lanes] for some
//   VectorLoad       [u16 destination][u32 offset][address]
//   VectorStore      [u32 offset][u16 vector][address]
//   VectorLoadLane   [u16 destination][u32 offset][u16 vector][u8 lane][address]
//   VectorStoreLane  [u32 offset][u16 vector][u8 lane][address]
//   AnyVector...     as these, with [u64 offset][u32 memory] for the offset
//   ReturnCall...    as the calls, but with [u16 source][u16 count] at the end
//   Enter            [u16 header][u16 parameters][u16 frame][u32 hotness index]
//   Return
//   ReturnOne        [value]
//   ReturnMany       [u16 source][u16 count]
//   RuntimeCall      [u16 call][u16 base][u32][u32]
//
// Distances are relative to the start of their instruction. `back` stands in jumps backwards only:
// [u32 index of the function's hotness countdown][u32 ordinal of the loop] (runtime::OsrEntry). The
// frame is then as runtime/interpreter_frame.h says. `header` (the caller's header slot) and `base`
// (the callee's frame within the caller's) end every call, so that a return, which knows the
// address behind the call, finds them.
//
// Vectors take two slots, named by the first; they are in no accumulator.
//
// A frame (runtime/interpreter_frame.h): parameters and locals, one header slot with the return
// address, the operand stack (design §6). A callee's frame begins at its caller's argument slots.
// Calls into another instance put a bridge of kBridgeSlots between the two frames, and return
// through it: [the caller's VMContext][its return address][result slots].
#ifndef WASMTIER_TIERS_INTERPRETER_BYTECODE_H_
#define WASMTIER_TIERS_INTERPRETER_BYTECODE_H_

#include <cstdint>
#include <cstring>

#include "runtime/interpreter_frame.h"

namespace wasmtier::interpreter {

// Where an operand is: in a frame slot (u16), in the accumulator of its class, or in the
// instruction.
enum class Form : uint8_t { kSlot, kAccumulator, kImmediate };
inline constexpr int kForms = 3;

inline constexpr int kHandlerBytes = 4;
inline constexpr int kSlotBytes = 2;
inline constexpr uint32_t kMaxFrameSlots = 65'535;
using runtime::kHeaderSlots;
inline constexpr uint32_t kBridgeSlots = 3;

// Reads a field of an instruction.
template <typename T>
inline __attribute__((always_inline)) T ReadField(const uint8_t* pc, int offset) {
  T value;
  std::memcpy(&value, pc + offset, sizeof(T));
  return value;
}

// The fields at the end of calls, relative to the address behind them.
inline constexpr int kHeaderBeforeReturn = -4;
inline constexpr int kBaseBeforeReturn = -2;

// The second field of tail calls, relative to the first, `source`.
inline constexpr int kTailCount = 2;

inline constexpr int kEnterBytes = kHandlerBytes + 10;
inline constexpr int kEnterFrameOffset = kHandlerBytes + 4;
inline constexpr int kEnterHotnessOffset = kHandlerBytes + 6;
inline constexpr int kDistanceOffset = kHandlerBytes;

// The fields `back`.
inline constexpr int kHotnessOffset = kHandlerBytes + 4;
inline constexpr int kLoopOffset = kHandlerBytes + 8;
inline constexpr int kBackBytes = 8;

}  // namespace wasmtier::interpreter

#endif  // WASMTIER_TIERS_INTERPRETER_BYTECODE_H_
