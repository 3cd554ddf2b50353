// Jumps, calls within an instance, returns, copies.
#include <array>
#include <bit>
#include <cstring>

#include "runtime/module_code.h"
#include "tiers/interpreter/calls.h"
#include "tiers/interpreter/dispatch.h"
#include "tiers/interpreter/handlers.h"
#include "tiers/interpreter/vector_slots.h"

namespace wasmtier::interpreter {

using runtime::FunctionReference;
using runtime::FunctionState;
using runtime::TrapCode;

namespace {

HANDLER Branch(HANDLER_PARAMETERS) { JUMP_BY_DISTANCE(false); }
HANDLER BranchBackward(HANDLER_PARAMETERS) { JUMP_BY_DISTANCE(true); }

template <Form form>
HANDLER BranchTable(HANDLER_PARAMETERS) {
  constexpr int kIndex = kHandlerBytes + 4;
  constexpr int kDistances = kIndex + OperandBytes<uint32_t>(form);
  const uint32_t count = ReadField<uint32_t>(pc, kHandlerBytes);
  uint64_t index = ReadOperand<uint32_t, form>(pc, kIndex, frame, accumulator, float_accumulator);
  index = index < count ? index : count;
  NEXT(ReadField<int32_t>(pc + kDistances + 4 * index, 0));
}

template <Form form>
HANDLER Select(HANDLER_PARAMETERS) {
  constexpr int kCondition = kHandlerBytes + 3 * kSlotBytes;
  const auto condition =
      ReadOperand<uint32_t, form>(pc, kCondition, frame, accumulator, float_accumulator);
  const uint64_t a = frame[ReadField<uint16_t>(pc, kHandlerBytes + kSlotBytes)];
  const uint64_t b = frame[ReadField<uint16_t>(pc, kHandlerBytes + 2 * kSlotBytes)];
  PUT(condition != 0 ? a : b, kHandlerBytes);
  NEXT(kCondition + OperandBytes<uint32_t>(form));
}

template <Form form>
HANDLER Copy(HANDLER_PARAMETERS) {
  constexpr int kSource = kHandlerBytes + kSlotBytes;
  PUT((ReadOperand<uint64_t, form>(pc, kSource, frame, accumulator, float_accumulator)),
      kHandlerBytes);
  NEXT(kSource + OperandBytes<uint64_t>(form));
}

// All 64 bits of an f32's slot are copied, too: its upper half means nothing.
template <Form form>
HANDLER CopyFloat(HANDLER_PARAMETERS) {
  constexpr int kSource = kHandlerBytes + kSlotBytes;
  PUT((ReadOperand<double, form>(pc, kSource, frame, accumulator, float_accumulator)),
      kHandlerBytes);
  NEXT(kSource + OperandBytes<double>(form));
}

HANDLER Const32(HANDLER_PARAMETERS) {
  PUT(ReadField<uint32_t>(pc, kHandlerBytes + kSlotBytes), kHandlerBytes);
  NEXT(kHandlerBytes + kSlotBytes + 4);
}

HANDLER Const64(HANDLER_PARAMETERS) {
  PUT(ReadField<uint64_t>(pc, kHandlerBytes + kSlotBytes), kHandlerBytes);
  NEXT(kHandlerBytes + kSlotBytes + 8);
}

// Copies slots upwards from the lowest: sources never lie below destinations. The barrier keeps the
// loop from becoming a call.
INLINE void MoveSlots(uint64_t* destination, const uint64_t* source, uint32_t count) {
  for (const uint64_t* end = source + count; source != end; ++source, ++destination) {
    *destination = *source;
    asm volatile("");
  }
}

HANDLER Move(HANDLER_PARAMETERS) {
  MoveSlots(&frame[ReadField<uint16_t>(pc, kHandlerBytes)],
            &frame[ReadField<uint16_t>(pc, kHandlerBytes + 2)],
            ReadField<uint16_t>(pc, kHandlerBytes + 4));
  NEXT(kHandlerBytes + 6);
}

template <bool is_float>
HANDLER GlobalGet(HANDLER_PARAMETERS) {
  const uint64_t value =
      context->globals[ReadField<uint32_t>(pc, kHandlerBytes + kSlotBytes)]->slots[0];
  if constexpr (is_float) {
    PUT(std::bit_cast<double>(value), kHandlerBytes);
  } else {
    PUT(value, kHandlerBytes);
  }
  NEXT(kHandlerBytes + kSlotBytes + 4);
}

template <Form form>
HANDLER GlobalSet(HANDLER_PARAMETERS) {
  context->globals[ReadField<uint32_t>(pc, kHandlerBytes)]->slots[0] =
      ReadOperand<uint64_t, form>(pc, kHandlerBytes + 4, frame, accumulator, float_accumulator);
  NEXT(kHandlerBytes + 4 + OperandBytes<uint64_t>(form));
}

// A call leaves its return address in the link, where the callee's Enter takes it from.
#define CALL_BYTECODE(function_state, return_address)          \
  do {                                                         \
    const FunctionState* const call_state = (function_state);  \
    link = (return_address);                                   \
    frame += ReadField<uint16_t>(link, kBaseBeforeReturn);     \
    pc = call_state->bytecode.load(std::memory_order_acquire); \
    DISPATCH;                                                  \
  } while (false)

HANDLER Call(HANDLER_PARAMETERS) {
  CALL_BYTECODE(ReadField<const FunctionState*>(pc, kHandlerBytes), pc + kHandlerBytes + 12);
}

// A call by reference: the hot case stays within the instance.
#define CALL_REFERENCE(function_reference, return_address)        \
  do {                                                            \
    const FunctionReference* const callee = (function_reference); \
    if (callee->context != context) [[unlikely]] {                \
      accumulator = reinterpret_cast<uint64_t>(callee);           \
      pc = (return_address);                                      \
      JUMP CallOutside(HANDLER_ARGUMENTS);                        \
    }                                                             \
    CALL_BYTECODE(callee->state, return_address);                 \
  } while (false)

HANDLER CallImport(HANDLER_PARAMETERS) {
  CALL_REFERENCE(context->functions[ReadField<uint32_t>(pc, kHandlerBytes)],
                 pc + kHandlerBytes + 8);
}

// Looks up the callee of an indirect call at `pc` as `callee`, or traps.
#define FIND_INDIRECT_CALLEE(form)                                                               \
  const runtime::TableView* const table =                                                        \
      context->tables[ReadField<uint32_t>(pc, kHandlerBytes + 4)];                               \
  const uint64_t index =                                                                         \
      ReadOperand<uint64_t, form>(pc, kHandlerBytes + 8, frame, accumulator, float_accumulator); \
  if (index >= table->size) [[unlikely]]                                                         \
    JUMP Trap<TrapCode::kUndefinedElement>(HANDLER_ARGUMENTS);                                   \
  const auto* const found = reinterpret_cast<const FunctionReference*>(table->elements[index]);  \
  if (found == nullptr) [[unlikely]]                                                             \
    JUMP Trap<TrapCode::kUninitializedElement>(HANDLER_ARGUMENTS);                               \
  if (found->type_id != ReadField<uint32_t>(pc, kHandlerBytes)) [[unlikely]]                     \
  JUMP Trap<TrapCode::kIndirectCallTypeMismatch>(HANDLER_ARGUMENTS)

template <Form form>
HANDLER CallIndirect(HANDLER_PARAMETERS) {
  FIND_INDIRECT_CALLEE(form);
  CALL_REFERENCE(found, pc + kHandlerBytes + 8 + OperandBytes<uint32_t>(form) + 4);
}

// A tail call: the arguments go where this frame begins, and the return address is handed on. `pc`
// is at its `source` field.
#define TAIL_CALL_BYTECODE(function_state)                                                     \
  do {                                                                                         \
    const FunctionState* const call_state = (function_state);                                  \
    MoveSlots(frame, &frame[ReadField<uint16_t>(pc, 0)], ReadField<uint16_t>(pc, kTailCount)); \
    pc = call_state->bytecode.load(std::memory_order_acquire);                                 \
    DISPATCH;                                                                                  \
  } while (false)

HANDLER ReturnCall(HANDLER_PARAMETERS) {
  const auto* const state = ReadField<const FunctionState*>(pc, kHandlerBytes);
  pc += kHandlerBytes + 8;
  TAIL_CALL_BYTECODE(state);
}

#define RETURN_CALL_REFERENCE(function_reference, source_offset)  \
  do {                                                            \
    const FunctionReference* const callee = (function_reference); \
    pc += (source_offset);                                        \
    if (callee->context != context) [[unlikely]] {                \
      accumulator = reinterpret_cast<uint64_t>(callee);           \
      JUMP ReturnCallOutside(HANDLER_ARGUMENTS);                  \
    }                                                             \
    TAIL_CALL_BYTECODE(callee->state);                            \
  } while (false)

HANDLER ReturnCallImport(HANDLER_PARAMETERS) {
  RETURN_CALL_REFERENCE(context->functions[ReadField<uint32_t>(pc, kHandlerBytes)],
                        kHandlerBytes + 4);
}

HANDLER ReturnCallIndirect(HANDLER_PARAMETERS) {
  FIND_INDIRECT_CALLEE(Form::kSlot);
  RETURN_CALL_REFERENCE(found, kHandlerBytes + 8 + kSlotBytes);
}

HANDLER CallRef(HANDLER_PARAMETERS) {
  const auto* const found =
      reinterpret_cast<const FunctionReference*>(frame[ReadField<uint16_t>(pc, kHandlerBytes)]);
  if (found == nullptr) [[unlikely]]
    JUMP Trap<TrapCode::kNullFunctionReference>(HANDLER_ARGUMENTS);
  CALL_REFERENCE(found, pc + kHandlerBytes + 3 * kSlotBytes);
}

HANDLER ReturnCallRef(HANDLER_PARAMETERS) {
  const auto* const found =
      reinterpret_cast<const FunctionReference*>(frame[ReadField<uint16_t>(pc, kHandlerBytes)]);
  if (found == nullptr) [[unlikely]]
    JUMP Trap<TrapCode::kNullFunctionReference>(HANDLER_ARGUMENTS);
  RETURN_CALL_REFERENCE(found, kHandlerBytes + kSlotBytes);
}

HANDLER NullCheck(HANDLER_PARAMETERS) {
  if (frame[ReadField<uint16_t>(pc, kHandlerBytes)] == 0) [[unlikely]]
    JUMP Trap<TrapCode::kNullReference>(HANDLER_ARGUMENTS);
  NEXT(kHandlerBytes + kSlotBytes);
}

HANDLER Enter(HANDLER_PARAMETERS) {
  const uint32_t header = ReadField<uint16_t>(pc, kHandlerBytes);
  if (frame + ReadField<uint16_t>(pc, kEnterFrameOffset) > limit) [[unlikely]]
    JUMP StackIsExhausted(HANDLER_ARGUMENTS);
  uint64_t* slot = frame + ReadField<uint16_t>(pc, kHandlerBytes + 2);
  uint64_t* const end = frame + header;
  for (; slot != end; ++slot) {
    *slot = 0;
    asm volatile("");  // not a call of memset
  }
  *end = reinterpret_cast<uint64_t>(link);
  int32_t& hotness = context->hotness[ReadField<uint32_t>(pc, kEnterHotnessOffset)];
  hotness -= runtime::kCallHotness;
  if (hotness < 0) [[unlikely]]
    JUMP HotFunction(HANDLER_ARGUMENTS);
  NEXT(kEnterBytes);
}

HANDLER Return(HANDLER_PARAMETERS) { RETURN; }

template <Form form, bool is_float>
HANDLER ReturnOne(HANDLER_PARAMETERS) {
  if constexpr (is_float) {
    float_accumulator = ToFloatAccumulator(
        ReadOperand<double, form>(pc, kHandlerBytes, frame, accumulator, float_accumulator));
    std::memcpy(frame, &float_accumulator, sizeof(*frame));
  } else {
    accumulator =
        ReadOperand<uint64_t, form>(pc, kHandlerBytes, frame, accumulator, float_accumulator);
    frame[0] = accumulator;
  }
  RETURN;
}

HANDLER ReturnOneConstant(HANDLER_PARAMETERS) {
  accumulator = ReadField<uint64_t>(pc, kHandlerBytes);
  float_accumulator = ToFloatAccumulator(std::bit_cast<double>(accumulator));
  frame[0] = accumulator;
  RETURN;
}

HANDLER ReturnMany(HANDLER_PARAMETERS) {
  MoveSlots(frame, &frame[ReadField<uint16_t>(pc, kHandlerBytes)],
            ReadField<uint16_t>(pc, kHandlerBytes + 2));
  RETURN;
}

HANDLER Unreachable(HANDLER_PARAMETERS) { JUMP Trap<TrapCode::kUnreachable>(HANDLER_ARGUMENTS); }

HANDLER MemorySize(HANDLER_PARAMETERS) {
  PUT(context->memory->byte_size / runtime::kPageSize, kHandlerBytes);
  NEXT(kHandlerBytes + kSlotBytes);
}

template <bool is_get>
HANDLER TableAccess(HANDLER_PARAMETERS) {
  const runtime::TableView* const table =
      context->tables[ReadField<uint32_t>(pc, kHandlerBytes + kSlotBytes)];
  uint64_t* const operands = &frame[ReadField<uint16_t>(pc, kHandlerBytes)];
  if (operands[0] >= table->size) [[unlikely]]
    JUMP Trap<TrapCode::kTableOutOfBounds>(HANDLER_ARGUMENTS);
  if constexpr (is_get) {
    PUT(table->elements[operands[0]], kHandlerBytes);
  } else {
    table->elements[operands[0]] = operands[1];
  }
  NEXT(kHandlerBytes + kSlotBytes + 4);
}

constexpr std::array<Handler, static_cast<size_t>(Simple::kCount)> SimpleTable() {
  std::array<Handler, static_cast<size_t>(Simple::kCount)> table{};
  const auto set = [&table](Simple which, Handler handler) {
    table[static_cast<size_t>(which)] = handler;
  };
  set(Simple::kBranch, Branch);
  set(Simple::kBranchBackward, BranchBackward);
  set(Simple::kMove, Move);
  set(Simple::kConst32, Const32);
  set(Simple::kConst64, Const64);
  set(Simple::kCall, Call);
  set(Simple::kCallImport, CallImport);
  set(Simple::kReturnCall, ReturnCall);
  set(Simple::kReturnCallImport, ReturnCallImport);
  set(Simple::kReturnCallIndirect, ReturnCallIndirect);
  set(Simple::kCallRef, CallRef);
  set(Simple::kReturnCallRef, ReturnCallRef);
  set(Simple::kNullCheck, NullCheck);
  set(Simple::kEnter, Enter);
  set(Simple::kReturn, Return);
  set(Simple::kReturnOneConstant, ReturnOneConstant);
  set(Simple::kReturnMany, ReturnMany);
  set(Simple::kUnreachable, Unreachable);
  set(Simple::kMemorySize, MemorySize);
  set(Simple::kTableGet, TableAccess<true>);
  set(Simple::kTableSet, TableAccess<false>);
  set(Simple::kVectorConst, VectorConst);
  set(Simple::kVectorCopy, VectorCopy);
  set(Simple::kVectorSelect, VectorSelect);
  set(Simple::kVectorGlobalGet, VectorGlobalGet);
  set(Simple::kVectorGlobalSet, VectorGlobalSet);
  set(Simple::kMemoryCopy, MemoryCopy);
  set(Simple::kMemoryFill, MemoryFill);
  set(Simple::kRuntimeCall, CallRuntime);
  set(Simple::kTranslate, Translate);
  set(Simple::kEnterCompiled, EnterCompiled);
  set(Simple::kHalt, Halt);
  set(Simple::kReturnFromBridge, ReturnFromBridge);
  return table;
}

}  // namespace

const char* HandlerBase() { return reinterpret_cast<const char*>(&Halt); }

Handler SimpleHandler(Simple which) {
  static constexpr auto kTable = SimpleTable();
  return kTable[static_cast<size_t>(which)];
}

Handler BranchTableHandler(Form index) {
  return index == Form::kSlot ? BranchTable<Form::kSlot> : BranchTable<Form::kAccumulator>;
}
Handler SelectHandler(Form condition) {
  return condition == Form::kSlot ? Select<Form::kSlot> : Select<Form::kAccumulator>;
}
Handler CopyHandler(Form source, bool is_float) {
  if (is_float)
    return source == Form::kSlot ? CopyFloat<Form::kSlot> : CopyFloat<Form::kAccumulator>;
  return source == Form::kSlot ? Copy<Form::kSlot> : Copy<Form::kAccumulator>;
}
Handler GlobalGetHandler(bool is_float) { return is_float ? GlobalGet<true> : GlobalGet<false>; }
Handler GlobalSetHandler(Form value) {
  return value == Form::kSlot ? GlobalSet<Form::kSlot> : GlobalSet<Form::kAccumulator>;
}
Handler ReturnOneHandler(Form value, bool is_float) {
  if (is_float)
    return value == Form::kSlot ? ReturnOne<Form::kSlot, true>
                                : ReturnOne<Form::kAccumulator, true>;
  return value == Form::kSlot ? ReturnOne<Form::kSlot, false>
                              : ReturnOne<Form::kAccumulator, false>;
}
Handler CallIndirectHandler(Form index) {
  return index == Form::kSlot ? CallIndirect<Form::kSlot> : CallIndirect<Form::kAccumulator>;
}

}  // namespace wasmtier::interpreter
