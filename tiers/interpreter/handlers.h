// The handlers as the translator sees them: which there are for an opcode and the forms of its
// operands.
#ifndef WASMTIER_TIERS_INTERPRETER_HANDLERS_H_
#define WASMTIER_TIERS_INTERPRETER_HANDLERS_H_

#include <cstdint>

#include "runtime/relaxed_simd.h"
#include "runtime/vm_context.h"
#include "tiers/decode/opcode.h"
#include "tiers/interpreter/bytecode.h"

namespace wasmtier::interpreter {

typedef double FloatAccumulator __attribute__((vector_size(16)));

using Handler = __attribute__((preserve_none)) void (*)(runtime::VMContext* context,
                                                        const char* base, uint64_t* limit,
                                                        uint8_t* memory, const uint8_t* pc,
                                                        uint64_t* frame, uint64_t accumulator,
                                                        const uint8_t* link,
                                                        FloatAccumulator float_accumulator);

// Distances in instructions are relative to this.
const char* HandlerBase();

// Each is null where there is no handler for the forms; every opcode of the shape has {kSlot...}.
// Binary and Compare shapes; two accumulator operands do not exist.
Handler BinaryHandler(decode::Opcode opcode, Form a, Form b);
// Unary, Test and Convert shapes.
Handler UnaryHandler(decode::Opcode opcode, Form a);
// Compare shapes fused with a jump that is taken if the comparison is not `negated`.
Handler CompareBranchHandler(decode::Opcode opcode, Form a, Form b, bool backward, bool negated);
Handler BranchIfHandler(Form condition, bool backward, bool negated);
// `checked`: compares with the memory's size; otherwise relies on the reservation.
Handler LoadHandler(decode::Opcode opcode, Form address, bool checked);
Handler StoreHandler(decode::Opcode opcode, Form address, Form value, bool checked);
Handler BranchTableHandler(Form index);
Handler SelectHandler(Form condition);
// Copies a slot or an accumulator to a slot.
Handler CopyHandler(Form source, bool is_float);
Handler GlobalGetHandler(bool is_float);
Handler GlobalSetHandler(Form value);  // kAccumulator: the integer one
Handler ReturnOneHandler(Form value, bool is_float);
Handler CallIndirectHandler(Form index);

// Any memory, with 64-bit addresses and offsets, checked; all operands in slots.
Handler AnyLoadHandler(decode::Opcode opcode);
Handler AnyStoreHandler(decode::Opcode opcode);

// Vector instructions (handlers_vector.cc); vectors are always in slots, two each. `relaxed` counts
// for relaxed instructions only.
Handler VectorHandler(decode::Opcode opcode, runtime::RelaxedSimd relaxed);
// Their accesses to memory 0 with 32-bit addresses, unchecked; the address in a slot or in the
// accumulator. And to any memory, checked, with all operands in slots.
Handler VectorMemoryHandler(decode::Opcode opcode, Form address);
Handler AnyVectorMemoryHandler(decode::Opcode opcode);
// How many of them access linear memory unchecked.
int VectorMemoryHandlerCount();

// Fused instructions (handlers_fused.cc), unchecked only.
// a + (b << shift), 1 <= shift <= 3.
Handler ScaledAddHandler(int shift, Form a, Form b);
// An access at a + b, or (`scaled`) at a + b * its size.
Handler AddressLoadHandler(decode::Opcode opcode, bool scaled, Form a, Form b);
Handler AddressStoreHandler(decode::Opcode opcode, bool scaled, Form a, Form b, Form value);
// A local is increased by a constant and compared with b; jumps back.
Handler CountAndBranchHandler(decode::Opcode comparison, Form b);
Handler CopyTwoHandler();
// second(first(a, b), c) with c in a slot; `reversed`: second(c, first(a, b)).
Handler BinaryPairHandler(decode::Opcode first, Form a, Form b, decode::Opcode second,
                          bool reversed);
// How many of them access linear memory.
int FusedMemoryHandlerCount();

// Handlers without forms. ReturnOneConstant takes 8 bytes.
enum class Simple : uint8_t {
  kBranch,
  kBranchBackward,
  kMove,
  kConst32,
  kConst64,
  kCall,
  kCallImport,
  kReturnCall,
  kReturnCallImport,
  kReturnCallIndirect,
  kCallRef,
  kReturnCallRef,
  kNullCheck,
  kEnter,
  kReturn,
  kReturnOneConstant,
  kReturnMany,
  kUnreachable,
  kMemorySize,
  kMemoryCopy,
  kMemoryFill,
  kRuntimeCall,
  kTableGet,
  kTableSet,
  kVectorConst,
  kVectorCopy,
  kVectorSelect,
  kVectorGlobalGet,
  kVectorGlobalSet,
  kTranslate,
  kEnterCompiled,
  kHalt,
  kReturnFromBridge,
  kCount,
};
Handler SimpleHandler(Simple which);

inline int32_t HandlerDistance(Handler handler) {
  return static_cast<int32_t>(reinterpret_cast<const char*>(handler) - HandlerBase());
}
// The handler of the instruction at `pc`.
inline __attribute__((always_inline)) Handler HandlerOf(const char* base, const uint8_t* pc) {
  return reinterpret_cast<Handler>(reinterpret_cast<uintptr_t>(base) +
                                   static_cast<int64_t>(ReadField<int32_t>(pc, 0)));
}

}  // namespace wasmtier::interpreter

#endif  // WASMTIER_TIERS_INTERPRETER_HANDLERS_H_
