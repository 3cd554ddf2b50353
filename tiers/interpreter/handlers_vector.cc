// Vectors: arithmetic, lanes, memory, and the handlers that move them (vector_slots.h). What they
// compute is in tiers/semantics; which operands they have is in the opcode table.
#include <array>
#include <cstring>
#include <type_traits>
#include <utility>

#include "tiers/decode/opcode.h"
#include "tiers/interpreter/dispatch.h"
#include "tiers/interpreter/handler_tables.h"
#include "tiers/interpreter/handlers.h"
#include "tiers/interpreter/linear_memory.h"
#include "tiers/interpreter/vector_slots.h"
#include "tiers/semantics/vector_operation.h"

namespace wasmtier::interpreter {

using decode::AccessBits;
using decode::Info;
using decode::Opcode;
using decode::Shape;
using runtime::RelaxedSimd;
using semantics::V128;
using semantics::VectorOperand;

HANDLER VectorConst(HANDLER_PARAMETERS) {
  PutVector(ReadField<V128>(pc, kHandlerBytes + kSlotBytes), pc, kHandlerBytes, frame);
  NEXT(kHandlerBytes + kSlotBytes + 16);
}

HANDLER VectorCopy(HANDLER_PARAMETERS) {
  PutVector(ReadSlots<V128>(pc, kHandlerBytes + kSlotBytes, frame), pc, kHandlerBytes, frame);
  NEXT(kHandlerBytes + 2 * kSlotBytes);
}

HANDLER VectorSelect(HANDLER_PARAMETERS) {
  const auto condition = ReadSlots<uint32_t>(pc, kHandlerBytes + 3 * kSlotBytes, frame);
  const V128 a = ReadSlots<V128>(pc, kHandlerBytes + kSlotBytes, frame);
  const V128 b = ReadSlots<V128>(pc, kHandlerBytes + 2 * kSlotBytes, frame);
  PutVector(condition != 0 ? a : b, pc, kHandlerBytes, frame);
  NEXT(kHandlerBytes + 4 * kSlotBytes);
}

HANDLER VectorGlobalGet(HANDLER_PARAMETERS) {
  V128 value;
  std::memcpy(&value, context->globals[ReadField<uint32_t>(pc, kHandlerBytes + kSlotBytes)]->slots,
              sizeof(value));
  PutVector(value, pc, kHandlerBytes, frame);
  NEXT(kHandlerBytes + kSlotBytes + 4);
}

HANDLER VectorGlobalSet(HANDLER_PARAMETERS) {
  const V128 value = ReadSlots<V128>(pc, kHandlerBytes + 4, frame);
  std::memcpy(context->globals[ReadField<uint32_t>(pc, kHandlerBytes)]->slots, &value,
              sizeof(value));
  NEXT(kHandlerBytes + 4 + kSlotBytes);
}

namespace {

// The vector opcodes stand together in opcodes.def.
constexpr int kFirstVector = static_cast<int>(Opcode::kV128Load);
constexpr int kVectorCount =
    static_cast<int>(Opcode::kI32x4RelaxedDotI8x16I7x16AddS) - kFirstVector + 1;
using VectorIndices = std::make_integer_sequence<int, kVectorCount>;
int VectorRow(Opcode opcode) { return static_cast<int>(opcode) - kFirstVector; }

constexpr int kFirstOperand = kHandlerBytes + kSlotBytes;

#define PUT_ANY(value)                                \
  do {                                                \
    const auto put_value = (value);                   \
    if constexpr (sizeof(put_value) == 16) {          \
      PutVector(put_value, pc, kHandlerBytes, frame); \
    } else {                                          \
      PUT(put_value, kHandlerBytes);                  \
    }                                                 \
  } while (false)

// Operation is VectorOperation<op> or FastVectorOperation<op>.
template <Opcode op, typename Operation>
HANDLER Vector(HANDLER_PARAMETERS) {
  constexpr int kOperands = Info(op).signature.param_count;
  const auto a = ReadSlots<VectorOperand<op, 0>>(pc, kFirstOperand, frame);
  if constexpr (kOperands == 1) {
    PUT_ANY(Operation::Apply(a));
  } else {
    const auto b = ReadSlots<VectorOperand<op, 1>>(pc, kFirstOperand + kSlotBytes, frame);
    if constexpr (kOperands == 2) {
      PUT_ANY(Operation::Apply(a, b));
    } else {
      const auto c = ReadSlots<VectorOperand<op, 2>>(pc, kFirstOperand + 2 * kSlotBytes, frame);
      PUT_ANY(Operation::Apply(a, b, c));
    }
  }
  NEXT(kFirstOperand + kOperands * kSlotBytes);
}

template <Opcode op>
HANDLER VectorLane(HANDLER_PARAMETERS) {
  using Operation = semantics::VectorOperation<op>;
  constexpr int kOperands = Info(op).signature.param_count;
  constexpr int kLane = kFirstOperand + kOperands * kSlotBytes;
  const V128 a = ReadSlots<V128>(pc, kFirstOperand, frame);
  // Lanes are valid; that they are below the number of lanes is news for the compiler.
  const uint32_t lane = ReadField<uint8_t>(pc, kLane) & (LaneCount(op) - 1);
  if constexpr (kOperands == 1) {
    PUT_ANY(Operation::Apply(a, lane));
  } else {
    const auto value = ReadSlots<VectorOperand<op, 1>>(pc, kFirstOperand + kSlotBytes, frame);
    PUT_ANY(Operation::Apply(a, value, lane));
  }
  NEXT(kLane + 1);
}

HANDLER VectorShuffle(HANDLER_PARAMETERS) {
  constexpr int kLanes = kFirstOperand + 2 * kSlotBytes;
  const V128 a = ReadSlots<V128>(pc, kFirstOperand, frame);
  const V128 b = ReadSlots<V128>(pc, kFirstOperand + kSlotBytes, frame);
  PutVector(semantics::VectorOperation<Opcode::kI8x16Shuffle>::Apply(a, b, pc + kLanes), pc,
            kHandlerBytes, frame);
  NEXT(kLanes + 16);
}

// What an access has in memory.
template <uint32_t bits>
using StoredBits = std::conditional_t<
    bits == 8, uint8_t,
    std::conditional_t<bits == 16, uint16_t,
                       std::conditional_t<bits == 32, uint32_t,
                                          std::conditional_t<bits == 64, uint64_t, ByteLanes>>>>;
template <Opcode op>
using Stored = StoredBits<AccessBits(op)>;

// An access to memory 0 at `offset` in the instruction, or (`any`) to the memory named there.
template <Opcode op, Form form, bool any>
struct Access {
  static constexpr Shape kShape = Info(op).shape;
  static constexpr bool kHasResult =
      kShape == Shape::kVectorLoad || kShape == Shape::kVectorLoadLane;
  static constexpr bool kHasLane =
      kShape == Shape::kVectorLoadLane || kShape == Shape::kVectorStoreLane;
  static constexpr bool kHasVector = kShape != Shape::kVectorLoad;
  static constexpr int kOffset = kHandlerBytes + (kHasResult ? kSlotBytes : 0);
  static constexpr int kVector = kOffset + (any ? 12 : 4);
  static constexpr int kLane = kVector + (kHasVector ? kSlotBytes : 0);
  static constexpr int kAddress = kLane + (kHasLane ? 1 : 0);
  static constexpr int kEnd = kAddress + (form == Form::kSlot ? kSlotBytes : 0);
};

// The vector that a load gives, from the bytes in memory and (load_lane) the operand.
template <Opcode op, typename A>
INLINE V128 Loaded(Stored<op> stored, const uint8_t* pc, const uint64_t* frame) {
  using Operation = semantics::VectorOperation<op>;
  if constexpr (A::kHasLane) {
    const uint32_t lane = ReadField<uint8_t>(pc, A::kLane) & (LaneCount(op) - 1);
    return Operation::Apply(ReadSlots<V128>(pc, A::kVector, frame), stored, lane);
  } else if constexpr (sizeof(stored) == 16) {
    return Operation::Apply(std::bit_cast<V128>(stored));
  } else {
    V128 bytes{};
    std::memcpy(&bytes, &stored, sizeof(stored));
    return Operation::Apply(bytes);
  }
}

// What a store puts into memory.
template <Opcode op, typename A>
INLINE Stored<op> ToStore(const uint8_t* pc, const uint64_t* frame) {
  using Operation = semantics::VectorOperation<op>;
  const V128 vector = ReadSlots<V128>(pc, A::kVector, frame);
  if constexpr (A::kHasLane) {
    const uint32_t lane = ReadField<uint8_t>(pc, A::kLane) & (LaneCount(op) - 1);
    return Operation::Apply(vector, lane);
  } else {
    return std::bit_cast<ByteLanes>(Operation::Apply(vector));
  }
}

template <Opcode op, Form form>
HANDLER VectorMemory(HANDLER_PARAMETERS) {
  using A = Access<op, form, false>;
  const uint64_t address =
      uint64_t{ReadField<uint32_t>(pc, A::kOffset)} +
      ReadOperand<uint32_t, form>(pc, A::kAddress, frame, accumulator, float_accumulator);
  if constexpr (A::kHasResult) {
    // Of a narrow integer: extended, and narrow again.
    using Value = std::conditional_t<(sizeof(Stored<op>) < 4), uint32_t, Stored<op>>;
    const auto stored = static_cast<Stored<op>>(
        LoadUnchecked<Stored<op>, Value>(context, memory, address, pc, frame));
    PutVector(Loaded<op, A>(stored, pc, frame), pc, kHandlerBytes, frame);
  } else {
    StoreUnchecked<Stored<op>>(context, memory, address, ToStore<op, A>(pc, frame), pc, frame);
  }
  NEXT(A::kEnd);
}

template <Opcode op>
HANDLER AnyVectorMemory(HANDLER_PARAMETERS) {
  using A = Access<op, Form::kSlot, true>;
  uint8_t* const found = FindInAnyMemory(context, ReadField<uint32_t>(pc, A::kOffset + 8),
                                         frame[ReadField<uint16_t>(pc, A::kAddress)],
                                         ReadField<uint64_t>(pc, A::kOffset), sizeof(Stored<op>));
  if (found == nullptr) [[unlikely]]
    JUMP Trap<runtime::TrapCode::kMemoryOutOfBounds>(HANDLER_ARGUMENTS);
  if constexpr (A::kHasResult) {
    PutVector(Loaded<op, A>(ReadField<Stored<op>>(found, 0), pc, frame), pc, kHandlerBytes, frame);
  } else {
    const Stored<op> value = ToStore<op, A>(pc, frame);
    std::memcpy(found, &value, sizeof(value));
  }
  NEXT(A::kEnd);
}

constexpr bool IsMemory(Opcode opcode) { return AccessBits(opcode) != 0; }

template <Opcode op, bool fast>
constexpr Handler RowOf() {
  if constexpr (op == Opcode::kI8x16Shuffle) {
    return VectorShuffle;
  } else if constexpr (IsMemory(op) || op == Opcode::kV128Const) {
    return nullptr;
  } else if constexpr (LaneCount(op) != 0) {
    return VectorLane<op>;
  } else if constexpr (fast && semantics::FastVectorOperation<op>::kDiffers) {
    return Vector<op, semantics::FastVectorOperation<op>>;
  } else {
    return Vector<op, semantics::VectorOperation<op>>;
  }
}
template <bool fast, int... index>
constexpr auto VectorTable(std::integer_sequence<int, index...>) {
  return std::array{RowOf<static_cast<Opcode>(kFirstVector + index), fast>()...};
}
constexpr std::array kVectorTables = {VectorTable<false>(VectorIndices()),
                                      VectorTable<true>(VectorIndices())};

template <Opcode op>
constexpr std::array<Handler, 3> MemoryRowOf() {
  if constexpr (IsMemory(op)) {
    return {VectorMemory<op, kS>, VectorMemory<op, kA>, AnyVectorMemory<op>};
  }
  return {};
}
template <int... index>
constexpr auto VectorMemoryTable(std::integer_sequence<int, index...>) {
  return std::array{MemoryRowOf<static_cast<Opcode>(kFirstVector + index)>()...};
}
constexpr auto kMemoryTable = VectorMemoryTable(VectorIndices());

bool IsMultiplyAdd(Opcode opcode) {
  return opcode == Opcode::kF32x4RelaxedMadd || opcode == Opcode::kF32x4RelaxedNmadd ||
         opcode == Opcode::kF64x2RelaxedMadd || opcode == Opcode::kF64x2RelaxedNmadd;
}

}  // namespace

Handler VectorHandler(Opcode opcode, RelaxedSimd relaxed) {
  const bool fast = relaxed == RelaxedSimd::kFastFused ||
                    (relaxed == RelaxedSimd::kFast && !IsMultiplyAdd(opcode));
  return kVectorTables[fast][VectorRow(opcode)];
}
Handler VectorMemoryHandler(Opcode opcode, Form address) {
  return kMemoryTable[VectorRow(opcode)][static_cast<int>(address)];
}
Handler AnyVectorMemoryHandler(Opcode opcode) { return kMemoryTable[VectorRow(opcode)][2]; }

int VectorMemoryHandlerCount() { return CountHandlers(kMemoryTable) / 3 * 2; }

}  // namespace wasmtier::interpreter
