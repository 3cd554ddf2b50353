// Arithmetic, comparison and conversion, alone and fused with conditional jumps.
#include <array>
#include <utility>

#include "tiers/decode/opcode.h"
#include "tiers/interpreter/dispatch.h"
#include "tiers/interpreter/handler_tables.h"
#include "tiers/interpreter/handlers.h"
#include "tiers/semantics/operation.h"

namespace wasmtier::interpreter {
namespace {

using decode::Info;
using decode::Opcode;
using decode::Shape;
using semantics::Operation;

// Jumps to the trap of an operation that may trap, if it does.
#define TRAP_IF_ANY(trap_code)                                                        \
  do {                                                                                \
    const runtime::TrapCode trap_if_code = (trap_code);                               \
    if (trap_if_code != runtime::TrapCode::kNone) [[unlikely]] {                      \
      if (trap_if_code == runtime::TrapCode::kIntegerDivideByZero) {                  \
        JUMP Trap<runtime::TrapCode::kIntegerDivideByZero>(HANDLER_ARGUMENTS);        \
      }                                                                               \
      if (trap_if_code == runtime::TrapCode::kInvalidConversionToInteger) {           \
        JUMP Trap<runtime::TrapCode::kInvalidConversionToInteger>(HANDLER_ARGUMENTS); \
      }                                                                               \
      JUMP Trap<runtime::TrapCode::kIntegerOverflow>(HANDLER_ARGUMENTS);              \
    }                                                                                 \
  } while (false)

template <Opcode op, Form form_a, Form form_b>
HANDLER Binary(HANDLER_PARAMETERS) {
  using Operand = typename Operation<op>::Operand;
  constexpr int kA = kHandlerBytes + kSlotBytes;
  constexpr int kB = kA + OperandBytes<Operand>(form_a);
  const auto a = ReadOperand<Operand, form_a>(pc, kA, frame, accumulator, float_accumulator);
  const auto b = ReadOperand<Operand, form_b>(pc, kB, frame, accumulator, float_accumulator);
  if constexpr (Operation<op>::kMayTrap) TRAP_IF_ANY(Operation<op>::Trap(a, b));
  PUT(Operation<op>::Apply(a, b), kHandlerBytes);
  NEXT(kB + OperandBytes<Operand>(form_b));
}

template <Opcode op, Form form_a>
HANDLER Unary(HANDLER_PARAMETERS) {
  using Operand = typename Operation<op>::Operand;
  constexpr int kA = kHandlerBytes + kSlotBytes;
  const auto a = ReadOperand<Operand, form_a>(pc, kA, frame, accumulator, float_accumulator);
  if constexpr (Operation<op>::kMayTrap) TRAP_IF_ANY(Operation<op>::Trap(a));
  PUT(Operation<op>::Apply(a), kHandlerBytes);
  NEXT(kA + OperandBytes<Operand>(form_a));
}

template <Opcode op, Form form_a, Form form_b, bool backward, bool negated>
HANDLER CompareBranch(HANDLER_PARAMETERS) {
  using Operand = typename Operation<op>::Operand;
  constexpr int kA = kHandlerBytes + 4 + (backward ? kBackBytes : 0);
  constexpr int kB = kA + OperandBytes<Operand>(form_a);
  const auto a = ReadOperand<Operand, form_a>(pc, kA, frame, accumulator, float_accumulator);
  const auto b = ReadOperand<Operand, form_b>(pc, kB, frame, accumulator, float_accumulator);
  if ((Operation<op>::Apply(a, b) != 0) != negated) JUMP_BY_DISTANCE(backward);
  NEXT(kB + OperandBytes<Operand>(form_b));
}

template <Form form, bool backward, bool negated>
HANDLER BranchIf(HANDLER_PARAMETERS) {
  constexpr int kCondition = kHandlerBytes + 4 + (backward ? kBackBytes : 0);
  const auto condition =
      ReadOperand<uint32_t, form>(pc, kCondition, frame, accumulator, float_accumulator);
  if ((condition != 0) != negated) JUMP_BY_DISTANCE(backward);
  NEXT(kCondition + OperandBytes<uint32_t>(form));
}

template <Opcode op>
constexpr PairRow BinaryRow() {
  PairRow row{};
  if constexpr (Info(op).shape == Shape::kBinary || Info(op).shape == Shape::kCompare) {
    row[PairIndex(kS, kS)] = Binary<op, kS, kS>;
    row[PairIndex(kS, kA)] = Binary<op, kS, kA>;
    row[PairIndex(kA, kS)] = Binary<op, kA, kS>;
    row[PairIndex(kS, kI)] = Binary<op, kS, kI>;
    row[PairIndex(kA, kI)] = Binary<op, kA, kI>;
  }
  return row;
}

template <Opcode op>
constexpr std::array<Handler, 2> UnaryRow() {
  constexpr Shape shape = Info(op).shape;
  if constexpr (shape == Shape::kUnary || shape == Shape::kTest || shape == Shape::kConvert) {
    return {Unary<op, kS>, Unary<op, kA>};
  } else {
    return {};
  }
}

// Index: backward * 2 + negated.
using CompareBranchRow = std::array<PairRow, 4>;

template <Opcode op, bool backward, bool negated>
constexpr PairRow CompareBranchForms() {
  PairRow row{};
  row[PairIndex(kS, kS)] = CompareBranch<op, kS, kS, backward, negated>;
  row[PairIndex(kS, kA)] = CompareBranch<op, kS, kA, backward, negated>;
  row[PairIndex(kA, kS)] = CompareBranch<op, kA, kS, backward, negated>;
  row[PairIndex(kS, kI)] = CompareBranch<op, kS, kI, backward, negated>;
  row[PairIndex(kA, kI)] = CompareBranch<op, kA, kI, backward, negated>;
  return row;
}

template <Opcode op>
constexpr CompareBranchRow CompareBranchRows() {
  if constexpr (Info(op).shape == Shape::kCompare) {
    return {CompareBranchForms<op, false, false>(), CompareBranchForms<op, false, true>(),
            CompareBranchForms<op, true, false>(), CompareBranchForms<op, true, true>()};
  } else {
    return {};
  }
}

// The scalar operations stand together in opcodes.def, the saturating truncations behind them;
// comparisons are the first of them.
constexpr int kFirstNumeric = static_cast<int>(Opcode::kI32Eqz);
constexpr int kNumericCount = static_cast<int>(Opcode::kI64TruncSatF64U) - kFirstNumeric + 1;
constexpr int kCompareCount = static_cast<int>(Opcode::kF64Ge) - kFirstNumeric + 1;

template <int... index>
constexpr auto BinaryTable(std::integer_sequence<int, index...>) {
  return std::array{BinaryRow<static_cast<Opcode>(kFirstNumeric + index)>()...};
}
template <int... index>
constexpr auto UnaryTable(std::integer_sequence<int, index...>) {
  return std::array{UnaryRow<static_cast<Opcode>(kFirstNumeric + index)>()...};
}
template <int... index>
constexpr auto CompareBranchTable(std::integer_sequence<int, index...>) {
  return std::array{CompareBranchRows<static_cast<Opcode>(kFirstNumeric + index)>()...};
}

constexpr auto kBinaryTable = BinaryTable(std::make_integer_sequence<int, kNumericCount>());
constexpr auto kUnaryTable = UnaryTable(std::make_integer_sequence<int, kNumericCount>());
constexpr auto kCompareBranchTable =
    CompareBranchTable(std::make_integer_sequence<int, kCompareCount>());

constexpr std::array<Handler, 8> kBranchIfTable = {
    BranchIf<kS, false, false>, BranchIf<kS, false, true>,  BranchIf<kS, true, false>,
    BranchIf<kS, true, true>,   BranchIf<kA, false, false>, BranchIf<kA, false, true>,
    BranchIf<kA, true, false>,  BranchIf<kA, true, true>,
};

int Row(Opcode opcode) { return static_cast<int>(opcode) - kFirstNumeric; }

}  // namespace

Handler BinaryHandler(Opcode opcode, Form a, Form b) {
  return kBinaryTable[Row(opcode)][PairIndex(a, b)];
}

Handler UnaryHandler(Opcode opcode, Form a) {
  return a == kI ? nullptr : kUnaryTable[Row(opcode)][static_cast<int>(a)];
}

Handler CompareBranchHandler(Opcode opcode, Form a, Form b, bool backward, bool negated) {
  return kCompareBranchTable[Row(opcode)][backward * 2 + negated][PairIndex(a, b)];
}

Handler BranchIfHandler(Form condition, bool backward, bool negated) {
  return condition == kI ? nullptr
                         : kBranchIfTable[static_cast<int>(condition) * 4 + backward * 2 + negated];
}

}  // namespace wasmtier::interpreter
