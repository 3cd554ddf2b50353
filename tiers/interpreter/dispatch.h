// What all handlers share: their signature, how they reach the next one, how they read operands and
// write results.
#ifndef WASMTIER_TIERS_INTERPRETER_DISPATCH_H_
#define WASMTIER_TIERS_INTERPRETER_DISPATCH_H_

#include <cstdint>
#include <type_traits>

#include "runtime/trap.h"
#include "runtime/vm_context.h"
#include "tiers/interpreter/bytecode.h"
#include "tiers/interpreter/handlers.h"

namespace wasmtier::interpreter {

using runtime::VMContext;

// Handlers keep the whole state of the interpreter in registers (design §7). preserve_none passes
// integers in r12, r13, r14, r15, rdi, rsi, rdx, rcx: what is hot comes fifth to eighth, since
// addressing through r12 and r13 costs a byte and 20 % (prototype, 2026-11). trap_handler.cc and
// the fault sites rely on r12, rdi and rsi.
#define HANDLER_PARAMETERS                                                         \
  [[maybe_unused]] VMContext *context, [[maybe_unused]] const char *base,          \
      [[maybe_unused]] uint64_t *limit, [[maybe_unused]] uint8_t *memory,          \
      [[maybe_unused]] const uint8_t *pc, [[maybe_unused]] uint64_t *frame,        \
      [[maybe_unused]] uint64_t accumulator, [[maybe_unused]] const uint8_t *link, \
      [[maybe_unused]] FloatAccumulator float_accumulator
#define HANDLER_ARGUMENTS \
  context, base, limit, memory, pc, frame, accumulator, link, float_accumulator

#define HANDLER __attribute__((preserve_none)) void
// A path that is rarely taken, kept out of the handler that leads to it: inside, it would cost all
// of the handler a prologue.
#define COLD_HANDLER __attribute__((preserve_none, noinline, cold)) void
#define JUMP [[clang::musttail]] return
#define DISPATCH JUMP HandlerOf(base, pc)(HANDLER_ARGUMENTS)
#define NEXT(bytes) \
  do {              \
    pc += (bytes);  \
    DISPATCH;       \
  } while (false)
#define INLINE inline __attribute__((always_inline))

typedef float FloatLanes __attribute__((vector_size(16)));

template <typename T>
inline constexpr bool kIsFloat = std::is_floating_point_v<T>;

// Bytes that an operand of type T takes in an instruction.
template <typename T>
constexpr int OperandBytes(Form form) {
  if (form == Form::kSlot) return kSlotBytes;
  if (form == Form::kAccumulator) return 0;
  return std::is_same_v<T, double> ? 8 : 4;
}

template <typename T>
INLINE T FromAccumulators(uint64_t accumulator, FloatAccumulator float_accumulator) {
  if constexpr (std::is_same_v<T, double>) {
    return float_accumulator[0];
  } else if constexpr (std::is_same_v<T, float>) {
    return reinterpret_cast<FloatLanes>(float_accumulator)[0];
  } else {
    return static_cast<T>(accumulator);
  }
}

template <typename T, Form form>
INLINE T ReadOperand(const uint8_t* pc, int offset, const uint64_t* frame, uint64_t accumulator,
                     FloatAccumulator float_accumulator) {
  if constexpr (form == Form::kAccumulator) {
    return FromAccumulators<T>(accumulator, float_accumulator);
  } else if constexpr (form == Form::kImmediate) {
    if constexpr (kIsFloat<T>) return ReadField<T>(pc, offset);
    return static_cast<T>(ReadField<int32_t>(pc, offset));  // i64 immediates are those that fit
  } else {
    T value;
    std::memcpy(&value, &frame[ReadField<uint16_t>(pc, offset)], sizeof(T));
    return value;
  }
}

INLINE FloatAccumulator ToFloatAccumulator(double value) {
  const FloatAccumulator lanes = {value};
  return __builtin_shufflevector(lanes, lanes, 0, -1);
}
INLINE FloatAccumulator ToFloatAccumulator(float value) {
  const FloatLanes lanes = {value};
  return reinterpret_cast<FloatAccumulator>(__builtin_shufflevector(lanes, lanes, 0, -1, -1, -1));
}
INLINE uint64_t ToAccumulator(uint32_t value) { return value; }
INLINE uint64_t ToAccumulator(uint64_t value) { return value; }
INLINE uint64_t ToAccumulator(int32_t value) { return static_cast<uint32_t>(value); }
INLINE uint64_t ToAccumulator(int64_t value) { return static_cast<uint64_t>(value); }

// Writes a result to its slot and leaves it in the accumulator of its class.
template <typename T>
INLINE void PutResult(T value, uint64_t* slot, uint64_t& accumulator,
                      FloatAccumulator& float_accumulator) {
  if constexpr (kIsFloat<T>) {
    float_accumulator = ToFloatAccumulator(value);
    std::memcpy(slot, &float_accumulator, sizeof(*slot));
  } else {
    accumulator = ToAccumulator(value);
    *slot = accumulator;
  }
}
#define PUT(value, destination_offset)                                                 \
  PutResult((value), &frame[ReadField<uint16_t>(pc, destination_offset)], accumulator, \
            float_accumulator)

// Leaves wasm code; `pc` is at the instruction that traps.
template <runtime::TrapCode code>
COLD_HANDLER Trap(HANDLER_PARAMETERS);

// Defined in handlers_control.cc for every code that handlers raise.
#define DECLARE_TRAP(Name) \
  extern template COLD_HANDLER Trap<runtime::TrapCode::k##Name>(HANDLER_PARAMETERS);
DECLARE_TRAP(Unreachable)
DECLARE_TRAP(IntegerDivideByZero)
DECLARE_TRAP(IntegerOverflow)
DECLARE_TRAP(InvalidConversionToInteger)
DECLARE_TRAP(MemoryOutOfBounds)
DECLARE_TRAP(TableOutOfBounds)
DECLARE_TRAP(UndefinedElement)
DECLARE_TRAP(UninitializedElement)
DECLARE_TRAP(IndirectCallTypeMismatch)
DECLARE_TRAP(NullReference)
DECLARE_TRAP(NullFunctionReference)
#undef DECLARE_TRAP

// A loop's countdown ran out at the jump back at `pc`, which is to be taken: asks the tier policy,
// then jumps, or goes on in machine code.
COLD_HANDLER HotLoop(HANDLER_PARAMETERS);

// Takes the jump at `pc`; one backwards counts an iteration.
#define JUMP_BY_DISTANCE(backward)                                                        \
  do {                                                                                    \
    if constexpr (backward) {                                                             \
      if (--context->hotness[ReadField<uint32_t>(pc, kHotnessOffset)] < 0) [[unlikely]] { \
        JUMP HotLoop(HANDLER_ARGUMENTS);                                                  \
      }                                                                                   \
    }                                                                                     \
    NEXT(ReadField<int32_t>(pc, kDistanceOffset));                                        \
  } while (false)

}  // namespace wasmtier::interpreter

#endif  // WASMTIER_TIERS_INTERPRETER_DISPATCH_H_
