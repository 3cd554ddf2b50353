#include "tiers/semantics/operation.h"

#include <bit>
#include <cmath>
#include <limits>
#include <type_traits>

#include "gtest/gtest.h"

namespace wasmtier::semantics {
namespace {

using decode::Info;
using decode::Opcode;
using decode::Shape;
using runtime::TrapCode;

constexpr float kInfinityF = std::numeric_limits<float>::infinity();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

template <typename T>
constexpr runtime::ValueType TypeOf() {
  if (std::is_same_v<T, uint32_t>) return runtime::kI32;
  if (std::is_same_v<T, uint64_t>) return runtime::kI64;
  if (std::is_same_v<T, float>) return runtime::kF32;
  return runtime::kF64;
}

template <Opcode op>
constexpr bool AgreesWithTable() {
  using Row = Operation<op>;
  constexpr decode::Signature kSignature = Info(op).signature;
  return kSignature.param_count == Row::kOperands &&
         kSignature.params[0] == TypeOf<typename Row::Operand>() &&
         kSignature.params[Row::kOperands - 1] == TypeOf<typename Row::Operand>() &&
         kSignature.result == TypeOf<typename Row::Result>();
}

TEST(OperationTest, TypesAgreeWithTheOpcodeTable) {
#define OPERATION_1(Name, operand, result, function, trap) \
  EXPECT_TRUE(AgreesWithTable<Opcode::k##Name>()) << #Name;
#define OPERATION_2 OPERATION_1
#define MEMORY_OPERATION(Name, memory, value)                                                  \
  EXPECT_EQ(sizeof(MemoryOperation<Opcode::k##Name>::Memory) * 8, AccessBits(Opcode::k##Name)) \
      << #Name;
#include "tiers/semantics/operations.def"
#undef OPERATION_1
#undef OPERATION_2
#undef MEMORY_OPERATION
}

// Every scalar opcode has an operation: instantiating it would not compile otherwise.
template <Opcode op>
constexpr bool HasOperation() {
  constexpr Shape kShape = Info(op).shape;
  if constexpr (kShape == Shape::kUnary || kShape == Shape::kBinary || kShape == Shape::kCompare ||
                kShape == Shape::kTest || kShape == Shape::kConvert) {
    return Operation<op>::kOperands > 0;
  } else if constexpr (kShape == Shape::kLoad || kShape == Shape::kStore) {
    return sizeof(typename MemoryOperation<op>::Value) > 0;
  }
  return true;
}

TEST(OperationTest, EveryScalarOpcodeHasOne) {
#define WASM_OPCODE(Name, code, text, immediates, signature, shape, feature) \
  static_assert(HasOperation<Opcode::k##Name>());
#include "tiers/decode/opcodes.def"
#undef WASM_OPCODE
}

template <Opcode op>
using Op = Operation<op>;

TEST(OperationTest, Division) {
  using Div = Op<Opcode::kI32DivS>;
  EXPECT_EQ(Div::Trap(1, 0), TrapCode::kIntegerDivideByZero);
  EXPECT_EQ(Div::Trap(0x80000000, 0xffffffff), TrapCode::kIntegerOverflow);
  EXPECT_EQ(Div::Trap(0x80000000, 1), TrapCode::kNone);
  EXPECT_EQ(Div::Apply(static_cast<uint32_t>(-7), 2), static_cast<uint32_t>(-3));
  using Rem = Op<Opcode::kI64RemS>;
  EXPECT_EQ(Rem::Trap(5, 0), TrapCode::kIntegerDivideByZero);
  EXPECT_EQ(Rem::Trap(uint64_t{1} << 63, ~uint64_t{0}), TrapCode::kNone);
  EXPECT_EQ(Rem::Apply(uint64_t{1} << 63, ~uint64_t{0}), 0u);
  EXPECT_EQ(Rem::Apply(static_cast<uint64_t>(-7), 4), static_cast<uint64_t>(-3));
  EXPECT_EQ(Op<Opcode::kI32DivU>::Apply(0x80000000, 0xffffffff), 0u);
}

TEST(OperationTest, ShiftsAndRotationsTakeCountsModuloWidth) {
  EXPECT_EQ(Op<Opcode::kI32Shl>::Apply(1, 33), 2u);
  EXPECT_EQ(Op<Opcode::kI32ShrS>::Apply(0x80000000, 31), 0xffffffffu);
  EXPECT_EQ(Op<Opcode::kI64ShrU>::Apply(uint64_t{1} << 63, 127), 1u);
  EXPECT_EQ(Op<Opcode::kI32Rotl>::Apply(0x80000001, 1), 3u);
  EXPECT_EQ(Op<Opcode::kI64Rotr>::Apply(1, 65), uint64_t{1} << 63);
  EXPECT_EQ(Op<Opcode::kI32Rotr>::Apply(5, 32), 5u);
}

TEST(OperationTest, Bits) {
  EXPECT_EQ(Op<Opcode::kI32Clz>::Apply(0), 32u);
  EXPECT_EQ(Op<Opcode::kI64Ctz>::Apply(0), 64u);
  EXPECT_EQ(Op<Opcode::kI64Popcnt>::Apply(~uint64_t{0}), 64u);
  EXPECT_EQ(Op<Opcode::kI32Extend8S>::Apply(0x180), 0xffffff80u);
  EXPECT_EQ(Op<Opcode::kI64Extend32S>::Apply(0x80000000), 0xffffffff80000000u);
}

TEST(OperationTest, SignedComparisons) {
  EXPECT_EQ(Op<Opcode::kI32LtS>::Apply(0xffffffff, 0), 1u);
  EXPECT_EQ(Op<Opcode::kI32LtU>::Apply(0xffffffff, 0), 0u);
  EXPECT_EQ(Op<Opcode::kI64GeS>::Apply(0, uint64_t{1} << 63), 1u);
}

TEST(OperationTest, FloatComparisonsWithNan) {
  EXPECT_EQ(Op<Opcode::kF64Eq>::Apply(kNan, kNan), 0u);
  EXPECT_EQ(Op<Opcode::kF64Ne>::Apply(kNan, kNan), 1u);
  EXPECT_EQ(Op<Opcode::kF64Le>::Apply(kNan, 1), 0u);
  EXPECT_EQ(Op<Opcode::kF64Eq>::Apply(-0.0, 0.0), 1u);
}

TEST(OperationTest, MinAndMax) {
  using Min = Op<Opcode::kF64Min>;
  using Max = Op<Opcode::kF64Max>;
  EXPECT_TRUE(std::signbit(Min::Apply(0.0, -0.0)));
  EXPECT_TRUE(std::signbit(Min::Apply(-0.0, 0.0)));
  EXPECT_FALSE(std::signbit(Max::Apply(-0.0, 0.0)));
  EXPECT_TRUE(std::signbit(Max::Apply(-0.0, -0.0)));
  EXPECT_TRUE(std::isnan(Min::Apply(kNan, 1)));
  EXPECT_TRUE(std::isnan(Max::Apply(1, kNan)));
  EXPECT_EQ(Min::Apply(-kInfinity, 3), -kInfinity);
  EXPECT_EQ(Max::Apply(2, 3), 3);
}

TEST(OperationTest, NansBecomeQuietAndKeepTheirSign) {
  constexpr uint32_t kSignaling = 0x7fa00000;
  constexpr uint32_t kQuietBit = 0x00400000;
  // Not folded at compile time: the machine's instruction decides.
  volatile uint32_t bits = kSignaling;
  const float nan = std::bit_cast<float>(uint32_t{bits});
  const auto result = [](float value) { return std::bit_cast<uint32_t>(value); };
  EXPECT_TRUE(result(Op<Opcode::kF32Ceil>::Apply(nan)) & kQuietBit);
  EXPECT_TRUE(result(Op<Opcode::kF32Nearest>::Apply(nan)) & kQuietBit);
  EXPECT_TRUE(result(Op<Opcode::kF32Min>::Apply(nan, 1)) & kQuietBit);
  EXPECT_TRUE(result(Op<Opcode::kF32Sqrt>::Apply(nan)) & kQuietBit);
  EXPECT_EQ(result(Op<Opcode::kF32Neg>::Apply(nan)), kSignaling | 0x80000000);
  EXPECT_EQ(result(Op<Opcode::kF32Abs>::Apply(Op<Opcode::kF32Neg>::Apply(nan))), kSignaling);
  EXPECT_EQ(result(Op<Opcode::kF32Copysign>::Apply(nan, -1)), kSignaling | 0x80000000);
}

TEST(OperationTest, Rounding) {
  EXPECT_EQ(Op<Opcode::kF64Nearest>::Apply(2.5), 2);
  EXPECT_EQ(Op<Opcode::kF64Nearest>::Apply(3.5), 4);
  EXPECT_EQ(Op<Opcode::kF32Nearest>::Apply(-0.5f), 0);
  EXPECT_TRUE(std::signbit(Op<Opcode::kF32Nearest>::Apply(-0.5f)));
  EXPECT_TRUE(std::signbit(Op<Opcode::kF64Ceil>::Apply(-0.3)));
  EXPECT_EQ(Op<Opcode::kF64Trunc>::Apply(-1.9), -1);
  EXPECT_EQ(Op<Opcode::kF32Floor>::Apply(-1.1f), -2);
}

TEST(OperationTest, TruncationTrapsExactlyOutsideOfTheRange) {
  using I32FromF64 = Op<Opcode::kI32TruncF64S>;
  EXPECT_EQ(I32FromF64::Trap(-2147483648.9), TrapCode::kNone);
  EXPECT_EQ(I32FromF64::Apply(-2147483648.9), 0x80000000u);
  EXPECT_EQ(I32FromF64::Trap(-2147483649.0), TrapCode::kIntegerOverflow);
  EXPECT_EQ(I32FromF64::Trap(2147483647.9), TrapCode::kNone);
  EXPECT_EQ(I32FromF64::Trap(2147483648.0), TrapCode::kIntegerOverflow);
  EXPECT_EQ(I32FromF64::Trap(kNan), TrapCode::kInvalidConversionToInteger);
  using I32FromF32 = Op<Opcode::kI32TruncF32S>;
  EXPECT_EQ(I32FromF32::Trap(-2147483648.0f), TrapCode::kNone);
  EXPECT_EQ(I32FromF32::Trap(-2147483904.0f), TrapCode::kIntegerOverflow);
  EXPECT_EQ(I32FromF32::Trap(2147483648.0f), TrapCode::kIntegerOverflow);
  using U32FromF64 = Op<Opcode::kI32TruncF64U>;
  EXPECT_EQ(U32FromF64::Trap(-0.9), TrapCode::kNone);
  EXPECT_EQ(U32FromF64::Apply(-0.9), 0u);
  EXPECT_EQ(U32FromF64::Trap(-1.0), TrapCode::kIntegerOverflow);
  EXPECT_EQ(U32FromF64::Apply(4294967295.9), 0xffffffffu);
  EXPECT_EQ(U32FromF64::Trap(4294967296.0), TrapCode::kIntegerOverflow);
  using I64FromF64 = Op<Opcode::kI64TruncF64S>;
  EXPECT_EQ(I64FromF64::Trap(-9223372036854775808.0), TrapCode::kNone);
  EXPECT_EQ(I64FromF64::Trap(-9223372036854777856.0), TrapCode::kIntegerOverflow);
  EXPECT_EQ(I64FromF64::Trap(9223372036854775808.0), TrapCode::kIntegerOverflow);
  using U64FromF32 = Op<Opcode::kI64TruncF32U>;
  EXPECT_EQ(U64FromF32::Apply(18446742974197923840.0f), 18446742974197923840u);
  EXPECT_EQ(U64FromF32::Trap(18446744073709551616.0f), TrapCode::kIntegerOverflow);
  EXPECT_EQ(U64FromF32::Trap(kInfinityF), TrapCode::kIntegerOverflow);
}

TEST(OperationTest, SaturatingTruncation) {
  EXPECT_EQ(Op<Opcode::kI32TruncSatF32S>::Apply(kInfinityF), 0x7fffffffu);
  EXPECT_EQ(Op<Opcode::kI32TruncSatF32S>::Apply(-kInfinityF), 0x80000000u);
  EXPECT_EQ(Op<Opcode::kI32TruncSatF64U>::Apply(-5), 0u);
  EXPECT_EQ(Op<Opcode::kI64TruncSatF64U>::Apply(kInfinity), ~uint64_t{0});
  EXPECT_EQ(Op<Opcode::kI64TruncSatF64S>::Apply(kNan), 0u);
  EXPECT_EQ(Op<Opcode::kI64TruncSatF64S>::Apply(-1.5), ~uint64_t{0});
}

TEST(OperationTest, ConversionsToFloatRoundToNearestEven) {
  EXPECT_EQ(Op<Opcode::kF32ConvertI32S>::Apply(static_cast<uint32_t>(-1)), -1.0f);
  EXPECT_EQ(Op<Opcode::kF32ConvertI32U>::Apply(0xffffffff), 4294967296.0f);
  EXPECT_EQ(Op<Opcode::kF64ConvertI64U>::Apply(~uint64_t{0}), 18446744073709551616.0);
  EXPECT_EQ(Op<Opcode::kF32ConvertI64U>::Apply(0x8000008000000001), 9223373136366403584.0f);
  EXPECT_EQ(Op<Opcode::kF32ConvertI32S>::Apply(16777217), 16777216.0f);
  EXPECT_EQ(Op<Opcode::kF32DemoteF64>::Apply(1e300), kInfinityF);
  EXPECT_EQ(Op<Opcode::kI64ExtendI32S>::Apply(0x80000000), 0xffffffff80000000u);
  EXPECT_EQ(Op<Opcode::kI64ReinterpretF64>::Apply(-0.0), uint64_t{1} << 63);
}

TEST(OperationTest, OperatorsAreConstantExpressions) {
  static_assert(Op<Opcode::kI32Add>::Apply(0xffffffff, 2) == 1);
  static_assert(Op<Opcode::kI64DivS>::Apply(static_cast<uint64_t>(-9), 3) ==
                static_cast<uint64_t>(-3));
  static_assert(Op<Opcode::kF64Max>::Apply(1, 2) == 2);
  static_assert(Op<Opcode::kI32TruncSatF32U>::Apply(3.9f) == 3);
}

}  // namespace
}  // namespace wasmtier::semantics
