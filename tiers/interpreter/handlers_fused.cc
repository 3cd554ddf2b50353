// Pairs and triples of instructions that compiled code is full of, each as one handler: address
// arithmetic with its access, counted loops, copies of two arguments, chains of two operations.
// Chosen by what the six kernels execute most (2026-11-22); each saves one dispatch and the store
// of a value that nobody else reads.
#include <array>
#include <utility>

#include "tiers/decode/opcode.h"
#include "tiers/interpreter/dispatch.h"
#include "tiers/interpreter/handler_tables.h"
#include "tiers/interpreter/handlers.h"
#include "tiers/interpreter/linear_memory.h"
#include "tiers/semantics/operation.h"

namespace wasmtier::interpreter {
namespace {

using decode::Info;
using decode::Opcode;
using decode::Shape;
using semantics::MemoryOperation;
using semantics::Operation;

// Reads the two operands at `offset` of an address and adds them up, the second shifted left.
template <Form form_a, Form form_b, int shift>
INLINE uint32_t ReadAddress(const uint8_t* pc, int offset, const uint64_t* frame,
                            uint64_t accumulator, FloatAccumulator float_accumulator) {
  const int b = offset + OperandBytes<uint32_t>(form_a);
  return ReadOperand<uint32_t, form_a>(pc, offset, frame, accumulator, float_accumulator) +
         (ReadOperand<uint32_t, form_b>(pc, b, frame, accumulator, float_accumulator) << shift);
}

template <Form form_a, Form form_b>
constexpr int kAddressBytes = OperandBytes<uint32_t>(form_a) + OperandBytes<uint32_t>(form_b);

template <int shift, Form form_a, Form form_b>
HANDLER ScaledAdd(HANDLER_PARAMETERS) {
  constexpr int kOperands = kHandlerBytes + kSlotBytes;
  PUT((ReadAddress<form_a, form_b, shift>(pc, kOperands, frame, accumulator, float_accumulator)),
      kHandlerBytes);
  NEXT((kOperands + kAddressBytes<form_a, form_b>));
}

template <Opcode op, int shift, Form form_a, Form form_b>
HANDLER AddressLoad(HANDLER_PARAMETERS) {
  using Stored = typename MemoryOperation<op>::Memory;
  using Value = typename MemoryOperation<op>::Value;
  constexpr int kOffset = kHandlerBytes + kSlotBytes;
  const uint64_t address = uint64_t{ReadAddress<form_a, form_b, shift>(
                               pc, kOffset + 4, frame, accumulator, float_accumulator)} +
                           ReadField<uint32_t>(pc, kOffset);
  PUT((LoadUnchecked<Stored, Value>(context, memory, address, pc, frame)), kHandlerBytes);
  NEXT((kOffset + 4 + kAddressBytes<form_a, form_b>));
}

template <Opcode op, int shift, Form form_a, Form form_b, Form form_value>
HANDLER AddressStore(HANDLER_PARAMETERS) {
  using Stored = typename MemoryOperation<op>::Memory;
  using Value = typename MemoryOperation<op>::Value;
  constexpr int kOperands = kHandlerBytes + 4;
  constexpr int kValue = kOperands + kAddressBytes<form_a, form_b>;
  const uint64_t address = uint64_t{ReadAddress<form_a, form_b, shift>(
                               pc, kOperands, frame, accumulator, float_accumulator)} +
                           ReadField<uint32_t>(pc, kHandlerBytes);
  const auto value = static_cast<Stored>(
      ReadOperand<Value, form_value>(pc, kValue, frame, accumulator, float_accumulator));
  StoreUnchecked<Stored>(context, memory, address, value, pc, frame);
  NEXT(kValue + OperandBytes<Value>(form_value));
}

// local += addend; jumps back if the comparison of it with b is true.
template <Opcode op, Form form_b>
HANDLER CountAndBranch(HANDLER_PARAMETERS) {
  constexpr int kLocal = kHandlerBytes + 4 + kBackBytes;
  constexpr int kAddend = kLocal + kSlotBytes;
  constexpr int kB = kAddend + 4;
  uint64_t* const local = &frame[ReadField<uint16_t>(pc, kLocal)];
  const uint32_t value = static_cast<uint32_t>(*local) + ReadField<uint32_t>(pc, kAddend);
  accumulator = value;
  *local = value;
  const auto b = ReadOperand<uint32_t, form_b>(pc, kB, frame, accumulator, float_accumulator);
  if (Operation<op>::Apply(value, b) != 0) JUMP_BY_DISTANCE(true);
  NEXT(kB + OperandBytes<uint32_t>(form_b));
}

HANDLER CopyTwo(HANDLER_PARAMETERS) {
  uint64_t* const destination = &frame[ReadField<uint16_t>(pc, kHandlerBytes)];
  const uint64_t first = frame[ReadField<uint16_t>(pc, kHandlerBytes + kSlotBytes)];
  accumulator = frame[ReadField<uint16_t>(pc, kHandlerBytes + 2 * kSlotBytes)];
  destination[0] = first;
  destination[1] = accumulator;
  NEXT(kHandlerBytes + 3 * kSlotBytes);
}

// second(first(a, b), c), or second(c, first(a, b)) if `reversed`.
template <Opcode first, Opcode second, Form form_a, Form form_b, bool reversed>
HANDLER BinaryPair(HANDLER_PARAMETERS) {
  using T = typename Operation<first>::Operand;
  constexpr int kFirst = kHandlerBytes + kSlotBytes;
  constexpr int kB = kFirst + OperandBytes<T>(form_a);
  constexpr int kC = kB + OperandBytes<T>(form_b);
  const auto a = ReadOperand<T, form_a>(pc, kFirst, frame, accumulator, float_accumulator);
  const auto b = ReadOperand<T, form_b>(pc, kB, frame, accumulator, float_accumulator);
  const auto c = ReadOperand<T, kS>(pc, kC, frame, accumulator, float_accumulator);
  const T between = Operation<first>::Apply(a, b);
  PUT(reversed ? Operation<second>::Apply(c, between) : Operation<second>::Apply(between, c),
      kHandlerBytes);
  NEXT(kC + kSlotBytes);
}

template <int shift>
constexpr PairRow ScaledAddRow() {
  PairRow row{};
  row[PairIndex(kS, kS)] = ScaledAdd<shift, kS, kS>;
  row[PairIndex(kS, kA)] = ScaledAdd<shift, kS, kA>;
  row[PairIndex(kA, kS)] = ScaledAdd<shift, kA, kS>;
  row[PairIndex(kI, kS)] = ScaledAdd<shift, kI, kS>;
  row[PairIndex(kI, kA)] = ScaledAdd<shift, kI, kA>;
  return row;
}

// What the index is shifted by: not at all, or by the size of the access.
constexpr int Shift(Opcode op, bool scaled) {
  return scaled ? static_cast<int>(decode::NaturalAlignment(op)) : 0;
}
constexpr bool Exists(Opcode op, Shape shape, bool scaled) {
  return Info(op).shape == shape && !(scaled && decode::NaturalAlignment(op) == 0);
}

template <Opcode op, bool scaled>
constexpr PairRow AddressLoadRow() {
  PairRow row{};
  if constexpr (Exists(op, Shape::kLoad, scaled)) {
    constexpr int kShift = Shift(op, scaled);
    row[PairIndex(kS, kS)] = AddressLoad<op, kShift, kS, kS>;
    row[PairIndex(kS, kA)] = AddressLoad<op, kShift, kS, kA>;
    row[PairIndex(kA, kS)] = AddressLoad<op, kShift, kA, kS>;
    if constexpr (scaled) {
      row[PairIndex(kI, kS)] = AddressLoad<op, kShift, kI, kS>;
      row[PairIndex(kI, kA)] = AddressLoad<op, kShift, kI, kA>;
    } else {
      row[PairIndex(kS, kI)] = AddressLoad<op, kShift, kS, kI>;
      row[PairIndex(kA, kI)] = AddressLoad<op, kShift, kA, kI>;
    }
  }
  return row;
}

template <Opcode op, bool scaled, Form form_value>
constexpr PairRow AddressStoreForms() {
  constexpr int kShift = Shift(op, scaled);
  PairRow row{};
  row[PairIndex(kS, kS)] = AddressStore<op, kShift, kS, kS, form_value>;
  row[PairIndex(kS, kA)] = AddressStore<op, kShift, kS, kA, form_value>;
  row[PairIndex(kA, kS)] = AddressStore<op, kShift, kA, kS, form_value>;
  if constexpr (scaled) {
    row[PairIndex(kI, kS)] = AddressStore<op, kShift, kI, kS, form_value>;
    row[PairIndex(kI, kA)] = AddressStore<op, kShift, kI, kA, form_value>;
  } else {
    row[PairIndex(kS, kI)] = AddressStore<op, kShift, kS, kI, form_value>;
    row[PairIndex(kA, kI)] = AddressStore<op, kShift, kA, kI, form_value>;
  }
  return row;
}

// By the form of the value: kSlot, then kImmediate (of integers).
template <Opcode op, bool scaled>
constexpr std::array<PairRow, 2> AddressStoreRows() {
  if constexpr (!Exists(op, Shape::kStore, scaled)) {
    return {};
  } else if constexpr (kIsFloat<typename MemoryOperation<op>::Value>) {
    return {AddressStoreForms<op, scaled, kS>(), PairRow{}};
  } else {
    return {AddressStoreForms<op, scaled, kS>(), AddressStoreForms<op, scaled, kI>()};
  }
}

template <bool scaled, int... index>
constexpr auto AddressLoadTable(std::integer_sequence<int, index...>) {
  return std::array{AddressLoadRow<static_cast<Opcode>(kFirstMemory + index), scaled>()...};
}
template <bool scaled, int... index>
constexpr auto AddressStoreTable(std::integer_sequence<int, index...>) {
  return std::array{AddressStoreRows<static_cast<Opcode>(kFirstMemory + index), scaled>()...};
}

constexpr std::array kScaledAddTable = {ScaledAddRow<1>(), ScaledAddRow<2>(), ScaledAddRow<3>()};
constexpr std::array kAddressLoadTables = {AddressLoadTable<false>(MemoryIndices()),
                                           AddressLoadTable<true>(MemoryIndices())};
constexpr std::array kAddressStoreTables = {AddressStoreTable<false>(MemoryIndices()),
                                            AddressStoreTable<true>(MemoryIndices())};

// The i32 comparisons stand together.
constexpr int kFirstComparison = static_cast<int>(Opcode::kI32Eq);
template <int... index>
constexpr auto CountAndBranchTable(std::integer_sequence<int, index...>) {
  return std::array{
      std::array<Handler, 2>{CountAndBranch<static_cast<Opcode>(kFirstComparison + index), kS>,
                             CountAndBranch<static_cast<Opcode>(kFirstComparison + index), kI>}...};
}
constexpr int kComparisons = static_cast<int>(Opcode::kI32GeU) - kFirstComparison + 1;
constexpr auto kCountAndBranchTable =
    CountAndBranchTable(std::make_integer_sequence<int, kComparisons>());

// The pairs there are: {a in slot, accumulator} x {b in slot, immediate} x {in order, reversed}.
using BinaryPairForms = std::array<Handler, 8>;
struct BinaryPairEntry {
  Opcode first;
  Opcode second;
  BinaryPairForms handlers;
};

template <Opcode first, Opcode second>
constexpr BinaryPairEntry Commutative() {
  return {first,
          second,
          {BinaryPair<first, second, kS, kS, false>, BinaryPair<first, second, kS, kS, false>,
           BinaryPair<first, second, kS, kI, false>, BinaryPair<first, second, kS, kI, false>,
           BinaryPair<first, second, kA, kS, false>, BinaryPair<first, second, kA, kS, false>,
           BinaryPair<first, second, kA, kI, false>, BinaryPair<first, second, kA, kI, false>}};
}
template <Opcode first, Opcode second>
constexpr BinaryPairEntry Ordered() {
  return {first,
          second,
          {BinaryPair<first, second, kS, kS, false>, BinaryPair<first, second, kS, kS, true>,
           nullptr, nullptr, BinaryPair<first, second, kA, kS, false>,
           BinaryPair<first, second, kA, kS, true>, nullptr, nullptr}};
}

#define INTEGER_PAIRS(T, First)                              \
  Commutative<Opcode::k##T##First, Opcode::k##T##Add>(),     \
      Commutative<Opcode::k##T##First, Opcode::k##T##Xor>(), \
      Commutative<Opcode::k##T##First, Opcode::k##T##And>(), \
      Commutative<Opcode::k##T##First, Opcode::k##T##Or>()
#define ALL_INTEGER_PAIRS(T)                                                                 \
  INTEGER_PAIRS(T, Add), INTEGER_PAIRS(T, And), INTEGER_PAIRS(T, Or), INTEGER_PAIRS(T, Xor), \
      INTEGER_PAIRS(T, Shl), INTEGER_PAIRS(T, ShrU), INTEGER_PAIRS(T, Rotl), INTEGER_PAIRS(T, Mul)
#define FLOAT_PAIRS(T, First)                            \
  Ordered<Opcode::k##T##First, Opcode::k##T##Add>(),     \
      Ordered<Opcode::k##T##First, Opcode::k##T##Sub>(), \
      Ordered<Opcode::k##T##First, Opcode::k##T##Mul>()
#define ALL_FLOAT_PAIRS(T) FLOAT_PAIRS(T, Add), FLOAT_PAIRS(T, Sub), FLOAT_PAIRS(T, Mul)

constexpr std::array kBinaryPairs = {ALL_INTEGER_PAIRS(I32), ALL_INTEGER_PAIRS(I64),
                                     ALL_FLOAT_PAIRS(F32), ALL_FLOAT_PAIRS(F64)};

// Where an opcode's pairs (it being the first) begin in kBinaryPairs, counted from
// kFirstArithmetic; -1: nowhere.
constexpr int kFirstArithmetic = static_cast<int>(Opcode::kI32Add);
constexpr int kArithmeticCount = static_cast<int>(Opcode::kF64Mul) - kFirstArithmetic + 1;
constexpr auto kPairStart = [] {
  std::array<int16_t, kArithmeticCount> start{};
  start.fill(-1);
  for (int i = static_cast<int>(kBinaryPairs.size()) - 1; i >= 0; --i) {
    start[static_cast<int>(kBinaryPairs[i].first) - kFirstArithmetic] = static_cast<int16_t>(i);
  }
  return start;
}();

}  // namespace

Handler ScaledAddHandler(int shift, Form a, Form b) {
  return kScaledAddTable[shift - 1][PairIndex(a, b)];
}

Handler AddressLoadHandler(Opcode opcode, bool scaled, Form a, Form b) {
  return kAddressLoadTables[scaled][MemoryRow(opcode)][PairIndex(a, b)];
}

Handler AddressStoreHandler(Opcode opcode, bool scaled, Form a, Form b, Form value) {
  return kAddressStoreTables[scaled][MemoryRow(opcode)][value == kI][PairIndex(a, b)];
}

Handler CountAndBranchHandler(Opcode comparison, Form b) {
  const int row = static_cast<int>(comparison) - kFirstComparison;
  if (row < 0 || row >= kComparisons || b == kA) return nullptr;
  return kCountAndBranchTable[row][b == kI];
}

Handler CopyTwoHandler() { return CopyTwo; }

Handler BinaryPairHandler(Opcode first, Form a, Form b, Opcode second, bool reversed) {
  const int index = static_cast<int>(first) - kFirstArithmetic;
  if (index < 0 || index >= kArithmeticCount || a == kI || b == kA) return nullptr;
  for (int i = kPairStart[index]; i >= 0 && i < static_cast<int>(kBinaryPairs.size()); ++i) {
    const BinaryPairEntry& entry = kBinaryPairs[i];
    if (entry.first != first) return nullptr;
    if (entry.second == second) return entry.handlers[(a == kA) * 4 + (b == kI) * 2 + reversed];
  }
  return nullptr;
}

int FusedMemoryHandlerCount() {
  int count = CountHandlers(kAddressLoadTables[false]) + CountHandlers(kAddressLoadTables[true]);
  for (const auto& table : kAddressStoreTables) {
    for (const auto& rows : table) count += CountHandlers(rows);
  }
  return count;
}

}  // namespace wasmtier::interpreter
