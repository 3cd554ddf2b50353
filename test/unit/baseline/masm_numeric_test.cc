// Every numeric opcode in machine code against tiers/semantics, with operands in all places and the
// destination in the register of any of them.
#include <bit>
#include <cmath>
#include <random>

#include "test/unit/baseline/masm_fixture.h"
#include "tiers/decode/opcode.h"
#include "tiers/semantics/operation.h"

namespace wasmtier::test {
namespace {

using decode::Opcode;
using decode::Shape;

struct Expected {
  TrapCode trap = TrapCode::kNone;
  uint64_t bits = 0;
};

struct Reference {
  Opcode opcode;
  int operands;
  Type operand;
  Type result;
  Expected (*apply)(uint64_t a, uint64_t b);
};

template <typename T>
constexpr Type TypeOf() {
  if constexpr (std::is_same_v<T, float>) return Type::kF32;
  if constexpr (std::is_same_v<T, double>) return Type::kF64;
  return sizeof(T) == 4 ? Type::kI32 : Type::kI64;
}
template <typename T>
T FromBits(uint64_t bits) {
  T value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}
template <typename T>
uint64_t ToBits(T value) {
  uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof value);
  return bits;
}

template <Opcode opcode>
Expected Apply(uint64_t a, uint64_t b) {
  using Operation = semantics::Operation<opcode>;
  using T = typename Operation::Operand;
  Expected expected;
  if constexpr (Operation::kOperands == 1) {
    expected.trap = Operation::Trap(FromBits<T>(a));
    if (expected.trap == TrapCode::kNone) expected.bits = ToBits(Operation::Apply(FromBits<T>(a)));
  } else {
    expected.trap = Operation::Trap(FromBits<T>(a), FromBits<T>(b));
    if (expected.trap == TrapCode::kNone) {
      expected.bits = ToBits(Operation::Apply(FromBits<T>(a), FromBits<T>(b)));
    }
  }
  return expected;
}

const Reference kReferences[] = {
#define OPERATION_1(Name, OperandType, ResultType, function, trap) \
  {Opcode::k##Name, 1, TypeOf<OperandType>(), TypeOf<ResultType>(), Apply<Opcode::k##Name>},
#define OPERATION_2(Name, OperandType, ResultType, function, trap) \
  {Opcode::k##Name, 2, TypeOf<OperandType>(), TypeOf<ResultType>(), Apply<Opcode::k##Name>},
#define MEMORY_OPERATION(Name, MemoryType, ValueType)
#include "tiers/semantics/operations.def"
#undef OPERATION_1
#undef OPERATION_2
#undef MEMORY_OPERATION
};

std::vector<uint64_t> Values(Type type) {
  std::mt19937_64 random(42);
  std::vector<uint64_t> values;
  switch (type) {
    case Type::kI32:
      values = {0,          1,          2,          3,          5,          6,          7,
                9,          10,         31,         32,         33,         48,         127,
                128,        255,        641,        1000,       65535,      0x7ffffffe, 0x7fffffff,
                0x80000000, 0x80000001, 0xffff0000, 0xfffffff8, 0xfffffffd, 0xfffffffe, 0xffffffff};
      for (int i = 0; i < 4; ++i) values.push_back(static_cast<uint32_t>(random()));
      break;
    case Type::kI64:
      values = {0,
                1,
                2,
                3,
                7,
                9,
                10,
                24,
                63,
                64,
                65,
                128,
                255,
                1000,
                0x7fffffff,
                0x80000000,
                0xffffffff,
                0x100000000,
                0x123456789abcdef,
                INT64_MAX - 1,
                INT64_MAX,
                0x8000000000000000,
                0x8000000000000001,
                0x4000000000000000,
                0xffffffff80000000,
                0xffffffff7fffffff,
                UINT64_MAX - 6,
                UINT64_MAX - 1,
                UINT64_MAX};
      // Where rounding twice goes wrong.
      values.insert(values.end(), {0x8000000000000400, 0x8000000000000401, 0x8000000000000c00,
                                   0x8000008000000000, 0x8000008000000001});
      for (int i = 0; i < 4; ++i) values.push_back(random());
      break;
    case Type::kF32:
      for (float value :
           {0.0f,           -0.0f,         1.0f,          -1.0f,         0.5f,
            -0.5f,          1.5f,          2.5f,          -0.99999994f,  1e-45f,
            -1e-40f,        3.4028235e38f, 2147483520.0f, 2147483648.0f, -2147483648.0f,
            -2147483904.0f, 4294967040.0f, 4294967296.0f, 9.2233715e18f, 9.223372e18f,
            -9.223372e18f,  -9.223373e18f, 1.8446743e19f, 1.8446744e19f, 1e10f,
            -3e9f,          INFINITY,      -INFINITY,     123456.79f}) {
        values.push_back(ToBits(value));
      }
      values.insert(values.end(), {0x7fc00000, 0xffc12345, 0x7f800001, 0x4b7fffff});
      break;
    case Type::kF64:
      for (double value : {0.0,
                           -0.0,
                           1.0,
                           -1.0,
                           0.5,
                           -0.5,
                           1.5,
                           2.5,
                           -0.9999999999999999,
                           5e-324,
                           1.7976931348623157e308,
                           2147483647.0,
                           2147483647.9,
                           2147483648.0,
                           -2147483648.0,
                           -2147483648.9,
                           -2147483649.0,
                           4294967295.0,
                           4294967295.9,
                           4294967296.0,
                           9223372036854774784.0,
                           9223372036854775808.0,
                           -9223372036854775808.0,
                           -9223372036854777856.0,
                           18446744073709549568.0,
                           18446744073709551616.0,
                           1e-39,
                           16777217.0,
                           3.4028236e38,
                           HUGE_VAL,
                           -HUGE_VAL,
                           -3.7,
                           1.0000000596046448}) {
        values.push_back(ToBits(value));
      }
      values.insert(values.end(), {0x7ff8000000000000, 0xfff8123400000000, 0x7ff0000000000001});
      break;
    case Type::kV128:
      break;  // masm_vector_test.cc
  }
  return values;
}

bool IsNan(Type type, uint64_t bits) {
  return type == Type::kF32 ? std::isnan(FromBits<float>(bits))
                            : std::isnan(FromBits<double>(bits));
}

bool KeepsPayload(Opcode opcode) {
  switch (opcode) {
    case Opcode::kF32Abs:
    case Opcode::kF64Abs:
    case Opcode::kF32Neg:
    case Opcode::kF64Neg:
    case Opcode::kF32Copysign:
    case Opcode::kF64Copysign:
    case Opcode::kF32ReinterpretI32:
    case Opcode::kF64ReinterpretI64:
      return true;
    default:
      return false;
  }
}

// Equal, or both are NaNs and the machine's is quiet.
bool Matches(const Reference& reference, uint64_t expected, uint64_t actual) {
  if (reference.result == Type::kF32) actual = static_cast<uint32_t>(actual);
  if (expected == actual) return true;
  if (!baseline::IsFloat(reference.result) || KeepsPayload(reference.opcode)) return false;
  const uint64_t quiet = reference.result == Type::kF32 ? 1u << 22 : uint64_t{1} << 51;
  return IsNan(reference.result, expected) && IsNan(reference.result, actual) && (actual & quiet);
}

bool IsDivision(Opcode opcode) {
  return opcode >= Opcode::kI32DivS && opcode <= Opcode::kI64RemU &&
         std::string_view(decode::Name(opcode)).find(".div_") + 1 +
                 (std::string_view(decode::Name(opcode)).find(".rem_") + 1) !=
             0;
}

std::string PlaceName(const Operand& place) {
  switch (place.kind) {
    case Operand::Kind::kRegister:
      return (place.reg.is_float ? "xmm" : "r") + std::to_string(place.reg.number);
    case Operand::Kind::kFrame:
      return "frame";
    default:
      return "constant " + std::to_string(place.bits);
  }
}

class MasmNumericTest : public MasmTest {
 protected:
  // How the result of a comparison is asked for.
  enum class Ask { kSet, kSetNegated, kJump, kJumpNegated, kSelect, kTrap };

  void EmitOperation(Masm& m, const Reference& reference, Register destination, const Operand& a,
                     const Operand& b, Ask ask) {
    const Shape shape = decode::Info(reference.opcode).shape;
    if (shape == Shape::kUnary || shape == Shape::kConvert) {
      return m.Unary(reference.opcode, destination, a);
    }
    if (shape == Shape::kBinary) return m.Binary(reference.opcode, destination, a, b);
    baseline::Condition condition =
        shape == Shape::kTest ? m.Test(reference.opcode, a) : m.Compare(reference.opcode, a, b);
    switch (ask) {
      case Ask::kSet:
        return m.SetIf(condition, destination);
      case Ask::kSetNegated:
        m.SetIf(baseline::Negate(condition), destination);
        return m.Binary(Opcode::kI32Xor, destination, Operand::In(destination),
                        Operand::Constant(1));
      case Ask::kSelect:
        return m.SelectIf(condition, Type::kI32, destination, Operand::Constant(1),
                          Operand::Constant(0));
      case Ask::kTrap:
        m.TrapIf(condition, TrapCode::kUnreachable);
        return m.LoadImmediate(destination, 0);
      case Ask::kJump:
      case Ask::kJumpNegated: {
        const bool negated = ask == Ask::kJumpNegated;
        baseline::Label yes = m.NewLabel();
        baseline::Label done = m.NewLabel();
        m.JumpIf(negated ? baseline::Negate(condition) : condition, yes);
        m.LoadImmediate(destination, negated);
        m.Jump(done);
        m.Bind(yes);
        m.LoadImmediate(destination, !negated);
        return m.Bind(done);
      }
    }
  }

  // Runs one function with all values for what is not constant.
  void Check(const Reference& reference, Register destination, const Operand& a, const Operand& b,
             Ask ask = Ask::kSet) {
    std::vector<Given> given = {{reference.operand, a}};
    if (reference.operands == 2) given.push_back({reference.operand, b});
    Make(given, reference.result, destination,
         [&](Masm& m) { EmitOperation(m, reference, destination, a, b, ask); });
    if (HasFatalFailure()) return;
    const std::vector<uint64_t> values = Values(reference.operand);
    const bool same = a.IsRegister() && b.Is(a.reg);
    for (uint64_t value_a : values) {
      if (a.IsConstant()) value_a = a.bits;
      for (uint64_t value_b : values) {
        if (b.IsConstant()) value_b = b.bits;
        if (same) value_b = value_a;
        Exchange exchange;
        exchange.operands[0] = value_a;
        exchange.operands[1] = value_b;
        Expected expected = reference.apply(value_a, value_b);
        TrapCode trap = Run(&exchange);
        if (ask == Ask::kTrap && trap == TrapCode::kUnreachable) {
          trap = TrapCode::kNone;
          exchange.result = 1;
          exchange.after[0] = UINT64_MAX;
        }
        std::string changed;
        if (trap == TrapCode::kNone && exchange.after[0] != UINT64_MAX) {
          changed = ChangedRegisters(exchange, IsDivision(reference.opcode));
        }
        if (trap != expected.trap || !changed.empty() ||
            (trap == TrapCode::kNone && !Matches(reference, expected.bits, exchange.result))) {
          Report(reference, destination, a, b, ask, value_a, value_b, expected, trap,
                 exchange.result, changed);
          return;
        }
        if (trap != TrapCode::kNone) {
          uint32_t offset = 0;
          EXPECT_TRUE(
              code_->FindPosition(reinterpret_cast<uint8_t*>(exchange.trap_address), &offset));
          EXPECT_EQ(offset, kOperationOffset);
        }
        if (b.IsConstant() || same || reference.operands == 1) break;
      }
      if (a.IsConstant()) break;
    }
  }

  void Report(const Reference& reference, Register destination, const Operand& a, const Operand& b,
              Ask ask, uint64_t value_a, uint64_t value_b, Expected expected, TrapCode trap,
              uint64_t result, const std::string& changed) {
    std::string listing;
    Make(
        {{reference.operand, a}, {reference.operand, b}}, reference.result, destination,
        [&](Masm& m) {
          listing.clear();
          EmitOperation(m, reference, destination, a, b, ask);
        },
        &listing);
    ADD_FAILURE() << decode::Name(reference.opcode) << " " << PlaceName(Operand::In(destination))
                  << ", " << PlaceName(a) << ", " << PlaceName(b) << std::hex << " of 0x" << value_a
                  << ", 0x" << value_b << ": 0x" << result << ", trap " << static_cast<int>(trap)
                  << ", expected 0x" << expected.bits << ", trap "
                  << static_cast<int>(expected.trap)
                  << (changed.empty() ? "" : "; changes " + changed) << "\n"
                  << listing.substr(0, 3000);
  }

  // Registers for operands and results of a class; division needs its second operand outside rdx.
  static std::vector<Operand> PlacesOf(Type type, bool is_second, bool is_division) {
    const int32_t frame = kFrameSlots[is_second];
    if (baseline::IsFloat(type)) {
      if (is_second) return {Operand::In(Xmm(9)), Operand::In(Xmm(2)), Operand::InFrame(frame)};
      return {Operand::In(Xmm(2)), Operand::InFrame(frame)};
    }
    if (!is_second) return {Operand::In(Gp(6)), Operand::In(Gp(2)), Operand::InFrame(frame)};
    std::vector<Operand> places = {Operand::In(Gp(13)), Operand::In(Gp(6)),
                                   Operand::InFrame(frame)};
    if (!is_division) places.push_back(Operand::In(Gp(2)));
    return places;
  }
  static std::vector<Register> DestinationsOf(Type type) {
    if (baseline::IsFloat(type)) return {Xmm(2), Xmm(9), Xmm(5)};
    return {Gp(6), Gp(2), Gp(13), Gp(12), Gp(8)};
  }

  void CheckUnary(const Reference& reference) {
    for (Register destination : DestinationsOf(reference.result)) {
      for (const Operand& a : PlacesOf(reference.operand, false, false)) {
        Check(reference, destination, a, Operand::Constant(0));
      }
      for (uint64_t value : Values(reference.operand)) {
        Check(reference, destination, Operand::Constant(value), Operand::Constant(0));
      }
      if (HasFailure()) return;
    }
  }

  void CheckBinary(const Reference& reference, Ask ask = Ask::kSet) {
    const bool is_division = IsDivision(reference.opcode);
    for (Register destination : DestinationsOf(reference.result)) {
      for (const Operand& a : PlacesOf(reference.operand, false, is_division)) {
        for (const Operand& b : PlacesOf(reference.operand, true, is_division)) {
          // The same register as two operands with different values is no test.
          if (a.IsRegister() && b.Is(a.reg) && is_division && a.reg == Gp(2)) continue;
          Check(reference, destination, a, b, ask);
        }
        for (uint64_t value : Values(reference.operand)) {
          Check(reference, destination, a, Operand::Constant(value), ask);
        }
      }
      for (const Operand& b : PlacesOf(reference.operand, true, is_division)) {
        for (uint64_t value : Values(reference.operand)) {
          Check(reference, destination, Operand::Constant(value), b, ask);
        }
      }
      if (HasFailure()) return;
    }
  }
};

TEST_P(MasmNumericTest, OneOperand) {
  for (const Reference& reference : kReferences) {
    const Shape shape = decode::Info(reference.opcode).shape;
    if (shape == Shape::kUnary || shape == Shape::kConvert || shape == Shape::kTest) {
      CheckUnary(reference);
    }
  }
}

TEST_P(MasmNumericTest, TwoIntegers) {
  for (const Reference& reference : kReferences) {
    if (decode::Info(reference.opcode).shape == Shape::kBinary &&
        !baseline::IsFloat(reference.operand)) {
      CheckBinary(reference);
    }
  }
}

TEST_P(MasmNumericTest, TwoFloats) {
  for (const Reference& reference : kReferences) {
    if (decode::Info(reference.opcode).shape == Shape::kBinary &&
        baseline::IsFloat(reference.operand)) {
      CheckBinary(reference);
    }
  }
}

TEST_P(MasmNumericTest, Comparisons) {
  for (const Reference& reference : kReferences) {
    if (decode::Info(reference.opcode).shape == Shape::kCompare) CheckBinary(reference);
  }
}

TEST_P(MasmNumericTest, ComparisonsInEveryUse) {
  for (const Reference& reference : kReferences) {
    if (decode::Info(reference.opcode).shape != Shape::kCompare) continue;
    const bool is_float = baseline::IsFloat(reference.operand);
    for (Ask ask : {Ask::kSetNegated, Ask::kJump, Ask::kJumpNegated, Ask::kSelect, Ask::kTrap}) {
      Check(reference, Gp(8), Operand::In(is_float ? Xmm(2) : Gp(6)),
            Operand::In(is_float ? Xmm(9) : Gp(13)), ask);
      Check(reference, Gp(8), Operand::InFrame(kFrameSlots[0]), Operand::InFrame(kFrameSlots[1]),
            ask);
    }
  }
}

// Divisors around powers of two and with awkward reciprocals, with random dividends.
TEST_P(MasmNumericTest, DivisionByConstants) {
  std::mt19937_64 random(7);
  for (const Reference& reference : kReferences) {
    if (!IsDivision(reference.opcode)) continue;
    const bool is_64 = reference.operand == Type::kI64;
    std::vector<uint64_t> divisors;
    for (int shift = 0; shift < (is_64 ? 64 : 32); ++shift) {
      for (uint64_t near : {-2, -1, 0, 1, 2}) divisors.push_back((uint64_t{1} << shift) + near);
    }
    for (int i = 0; i < 200; ++i) divisors.push_back(random() >> (random() % 64));
    for (uint64_t divisor = 3; divisor < 100; ++divisor) divisors.push_back(divisor);
    for (uint64_t divisor : divisors) {
      for (uint64_t value : {divisor, -divisor}) {
        if (!is_64) value = static_cast<uint32_t>(value);
        Make({{reference.operand, Operand::In(Gp(6))}}, reference.result, Gp(8), [&](Masm& m) {
          m.Binary(reference.opcode, Gp(8), Operand::In(Gp(6)), Operand::Constant(value));
        });
        std::vector<uint64_t> dividends = Values(reference.operand);
        for (uint64_t factor : {0, 1, 2, 3}) {
          for (uint64_t near : {-1, 0, 1}) {
            dividends.push_back(value * factor + near);
            dividends.push_back(~(value * factor + near));
            dividends.push_back((UINT64_MAX / (value == 0 ? 1 : value) - factor) * value + near);
          }
        }
        for (int i = 0; i < 20; ++i) dividends.push_back(random());
        for (uint64_t dividend : dividends) {
          if (!is_64) dividend = static_cast<uint32_t>(dividend);
          Exchange exchange;
          exchange.operands[0] = dividend;
          Expected expected = reference.apply(dividend, value);
          ASSERT_EQ(Run(&exchange), expected.trap);
          if (expected.trap != TrapCode::kNone) continue;
          ASSERT_EQ(exchange.result, expected.bits)
              << decode::Name(reference.opcode) << " " << dividend << ", " << value;
        }
      }
    }
  }
}

MASM_TEST_LEVELS(MasmNumericTest);

}  // namespace
}  // namespace wasmtier::test
