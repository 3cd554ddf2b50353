// Every scalar opcode over edge values, in every operand form that the interpreter has a handler
// for (slot, accumulator, constant, fused with a branch), against tiers/semantics. The opcodes are
// those of opcodes.def.
#include <bit>
#include <cmath>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "runtime/trap.h"
#include "test/support/world.h"
#include "tiers/decode/opcode.h"
#include "tiers/semantics/operation.h"

namespace wasmtier::test {
namespace {

using decode::Opcode;
using decode::Shape;
using semantics::Operation;

constexpr bool IsScalarOperation(Opcode opcode) {
  const decode::OpcodeInfo& info = decode::Info(opcode);
  return info.feature != runtime::Feature::kThreads &&
         (info.shape == Shape::kUnary || info.shape == Shape::kBinary ||
          info.shape == Shape::kCompare || info.shape == Shape::kTest ||
          info.shape == Shape::kConvert);
}

constexpr bool YieldsCondition(Opcode opcode) {
  return decode::Info(opcode).shape == Shape::kCompare ||
         decode::Info(opcode).shape == Shape::kTest;
}

// What the operation does not compute but only moves around keeps the bits of a NaN.
constexpr bool KeepsNanBits(Opcode opcode) {
  switch (opcode) {
    case Opcode::kF32Abs:
    case Opcode::kF32Neg:
    case Opcode::kF32Copysign:
    case Opcode::kF64Abs:
    case Opcode::kF64Neg:
    case Opcode::kF64Copysign:
    case Opcode::kF32ReinterpretI32:
    case Opcode::kF64ReinterpretI64:
      return true;
    default:
      return false;
  }
}

template <typename T>
constexpr char kLetter = std::is_same_v<T, uint32_t>   ? 'i'
                         : std::is_same_v<T, uint64_t> ? 'l'
                         : std::is_same_v<T, float>    ? 'f'
                                                       : 'd';
template <typename T>
constexpr const char* kTypeName = std::is_same_v<T, uint32_t>   ? "i32"
                                  : std::is_same_v<T, uint64_t> ? "i64"
                                  : std::is_same_v<T, float>    ? "f32"
                                                                : "f64";

template <typename T>
Number ToNumber(T value) {
  if constexpr (sizeof(T) == 4) return {kLetter<T>, std::bit_cast<uint32_t>(value)};
  if constexpr (sizeof(T) == 8) return {kLetter<T>, std::bit_cast<uint64_t>(value)};
}

template <typename T>
std::vector<T> EdgeValues() {
  if constexpr (std::is_integral_v<T>) {
    constexpr T kMin = T{1} << (sizeof(T) * 8 - 1);
    return {0,
            1,
            2,
            7,
            31,
            32,
            64,
            100,
            0x7f,
            0x80,
            0xff00,
            T(0x8000),
            kMin - 1,
            kMin,
            kMin + 1,
            T(-1),
            T(-2),
            T(-7),
            T(0x123456789abcdef0)};
  } else {
    using Limits = std::numeric_limits<T>;
    using Bits = std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>;
    return {T(0),
            T(-0.0),
            T(1),
            T(-1),
            T(0.5),
            T(-0.5),
            T(1.5),
            T(2.5),
            T(-2.5),
            T(3.7),
            T(1e9),
            T(-2147483648.0),
            T(-2147483649.0),
            T(4294967295.0),
            T(4294967296.0),
            T(9223372036854775808.0),
            T(-9223372036854775808.0),
            T(18446744073709551616.0),
            Limits::min(),
            Limits::denorm_min(),
            -Limits::denorm_min(),
            Limits::max(),
            Limits::lowest(),
            Limits::infinity(),
            -Limits::infinity(),
            Limits::quiet_NaN(),
            -Limits::quiet_NaN(),
            std::bit_cast<T>(Bits(std::bit_cast<Bits>(Limits::infinity()) | 0x1234))};
  }
}

template <typename T>
std::string Constant(T value) {
  if constexpr (std::is_integral_v<T>) {
    return absl::StrCat("(", kTypeName<T>, ".const ", value, ")");
  } else {
    std::string text = absl::StrFormat("%a", value);
    if (std::isinf(value)) text = value < 0 ? "-inf" : "inf";
    if (std::isnan(value)) {
      uint64_t payload = ToNumber(value).bits & (sizeof(T) == 4 ? 0x7fffff : 0xfffffffffffff);
      text = absl::StrFormat("%snan:0x%x", std::signbit(value) ? "-" : "", payload);
    }
    return absl::StrCat("(", kTypeName<T>, ".const ", text, ")");
  }
}

bool IsNan(const Number& number) {
  if (number.type == 'f')
    return std::isnan(std::bit_cast<float>(static_cast<uint32_t>(number.bits)));
  return number.type == 'd' && std::isnan(std::bit_cast<double>(number.bits));
}

// What an operation on these operands must end in.
struct Expected {
  Number result;
  std::string trap;  // empty: none
  bool any_nan = false;
};

template <Opcode opcode, typename... T>
Expected Compute(T... operands) {
  using Op = Operation<opcode>;
  runtime::TrapCode trap = Op::Trap(operands...);
  if (trap != runtime::TrapCode::kNone) return {{}, runtime::TrapMessage(trap)};
  Number result = ToNumber(Op::Apply(operands...));
  return {result, "", IsNan(result) && !KeepsNanBits(opcode)};
}

void Check(const Outcome& outcome, const Expected& expected, const std::string& where) {
  if (!expected.trap.empty()) {
    EXPECT_THAT(outcome, Traps(expected.trap)) << where;
  } else if (expected.any_nan) {
    ASSERT_EQ(outcome.kind, Outcome::Kind::kReturned) << where << " " << outcome.message;
    uint64_t quiet = expected.result.type == 'f' ? 1u << 22 : uint64_t{1} << 51;
    EXPECT_TRUE(IsNan(outcome.results[0]) && (outcome.results[0].bits & quiet) != 0) << where;
  } else {
    EXPECT_THAT(outcome, Returns(expected.result)) << where;
  }
}

// The forms that an operand may have besides a local: what was just computed stays in the
// accumulator.
std::string Accumulated(const std::string& local) {
  return "(select " + local + " " + local + " (i32.const 1))";
}

std::string Export(const std::string& name, const std::string& params, const char* result,
                   const std::string& body) {
  return "(func (export \"" + name + "\") " + params + " (result " + result + ") " + body + ")\n";
}

// Functions that use a condition as compilers do.
std::string ConditionForms(const std::string& params, const std::string& condition) {
  return Export("if", params, "i32",
                "(if (result i32) " + condition + " (then (i32.const 1)) (else (i32.const 0)))") +
         Export("if_not", params, "i32",
                "(if (result i32) (i32.eqz " + condition +
                    ") (then (i32.const 0)) (else (i32.const 1)))") +
         Export("br_if", params, "i32",
                "(block (br_if 0 " + condition + ") (return (i32.const 0))) (i32.const 1)") +
         Export(
             "br_unless", params, "i32",
             "(block (br_if 0 (i32.eqz " + condition + ")) (return (i32.const 1))) (i32.const 0)") +
         Export(
             "loop", params, "i32",
             "(local $n i32) (loop (if (i32.gt_u (local.get $n) (i32.const 1)) "
             "(then (return (i32.const 1)))) (local.set $n (i32.add (local.get $n) (i32.const 1)))"
             "(br_if 0 " +
                 condition + ")) (i32.const 0)") +
         Export("select", params, "i32", "(select (i32.const 1) (i32.const 0) " + condition + ")") +
         Export("kept", params, "i32",
                "(local $c i32) (local.set $c " + condition +
                    ") (if (local.get $c) (then (return (local.get $c)))) (local.get $c)");
}

constexpr const char* kConditionForms[] = {"if",   "if_not", "br_if", "br_unless",
                                           "loop", "select", "kept"};

// All forms of an operation on two operands of type T with result R.
template <Opcode opcode>
class BinaryForms {
 public:
  using T = typename Operation<opcode>::Operand;
  using R = typename Operation<opcode>::Result;

  std::string Text() const {
    const std::string a = "(local.get 0)", b = "(local.get 1)";
    std::string text = "(module\n";
    text += Export("ss", kParams, kTypeName<R>, Apply(a, b));
    text += Export("as", kParams, kTypeName<R>, Apply(Accumulated(a), b));
    text += Export("sa", kParams, kTypeName<R>, Apply(a, Accumulated(b)));
    text += Export("aa", kParams, kTypeName<R>, Apply(Accumulated(a), Accumulated(b)));
    text += Export("over", kParams, kTypeName<R>,
                   absl::StrCat("(local $r ", kTypeName<R>, ") (local.set $r ", Apply(a, b),
                                ") (local.set 0 ", b, ") (local.get $r)"));
    text += Export("twice", kParams, kTypeName<R>, Apply(a, b) + "(drop " + Apply(b, b) + ")");
    for (size_t i = 0; i < values_.size(); ++i) {
      std::string constant = Constant(values_[i]);
      std::string other = Constant(values_[(i * 7 + 3) % values_.size()]);
      text += Export(absl::StrCat("sc", i), kParams, kTypeName<R>, Apply(a, constant));
      text += Export(absl::StrCat("ac", i), kParams, kTypeName<R>, Apply(Accumulated(a), constant));
      text += Export(absl::StrCat("cs", i), kParams, kTypeName<R>, Apply(constant, b));
      text += Export(absl::StrCat("ca", i), kParams, kTypeName<R>, Apply(constant, Accumulated(b)));
      text += Export(absl::StrCat("cc", i), "", kTypeName<R>, Apply(constant, other));
    }
    if constexpr (YieldsCondition(opcode)) text += ConditionForms(kParams, Apply(a, b));
    return text + ")";
  }

  void CheckAll(World& world) const {
    for (size_t i = 0; i < values_.size(); ++i) {
      for (size_t j = 0; j < values_.size(); ++j) CheckPair(world, i, j);
      T a = values_[i], b = values_[(i * 7 + 3) % values_.size()];
      Check(world.Call(absl::StrCat("cc", i)), Compute<opcode>(a, b), Where("cc", a, b));
    }
  }

 private:
  static std::string Apply(const std::string& a, const std::string& b) {
    return absl::StrCat("(", decode::Name(opcode), " ", a, " ", b, ")");
  }
  static std::string Where(const std::string& form, T a, T b) {
    return absl::StrCat(decode::Name(opcode), " ", form, " ", Constant(a), " ", Constant(b));
  }

  void CheckPair(World& world, size_t i, size_t j) const {
    T a = values_[i], b = values_[j];
    Expected expected = Compute<opcode>(a, b);
    std::vector<Number> args = {ToNumber(a), ToNumber(b)};
    for (const char* form : {"ss", "as", "sa", "aa", "over"}) {
      Check(world.Call(form, args), expected, Where(form, a, b));
    }
    for (const char* form : {"sc", "ac"}) {
      Check(world.Call(absl::StrCat(form, j), args), expected, Where(form, a, b));
    }
    for (const char* form : {"cs", "ca"}) {
      Check(world.Call(absl::StrCat(form, i), args), expected, Where(form, a, b));
    }
    // The second, dropped, division must still trap.
    Expected second = Compute<opcode>(b, b);
    Check(world.Call("twice", args),
          expected.trap.empty() && !second.trap.empty() ? second : expected, Where("twice", a, b));
    if constexpr (YieldsCondition(opcode)) {
      for (const char* form : kConditionForms) {
        Check(world.Call(form, args), expected, Where(form, a, b));
      }
    }
  }

  const std::string kParams = absl::StrCat("(param ", kTypeName<T>, " ", kTypeName<T>, ")");
  const std::vector<T> values_ = EdgeValues<T>();
};

template <Opcode opcode>
class UnaryForms {
 public:
  using T = typename Operation<opcode>::Operand;
  using R = typename Operation<opcode>::Result;

  std::string Text() const {
    const std::string a = "(local.get 0)";
    std::string text = "(module\n";
    text += Export("s", kParams, kTypeName<R>, Apply(a));
    text += Export("a", kParams, kTypeName<R>, Apply(Accumulated(a)));
    text += Export("over", kParams, kTypeName<R>,
                   absl::StrCat("(local $r ", kTypeName<R>, ") (local.set $r ", Apply(a),
                                ") (local.set 0 ", Constant(T(1)), ") (local.get $r)"));
    text += Export("drop", kParams, kTypeName<R>, "(drop " + Apply(a) + ")" + Apply(a));
    for (size_t i = 0; i < values_.size(); ++i) {
      text += Export(absl::StrCat("c", i), kParams, kTypeName<R>, Apply(Constant(values_[i])));
    }
    if constexpr (YieldsCondition(opcode)) text += ConditionForms(kParams, Apply(a));
    return text + ")";
  }

  void CheckAll(World& world) const {
    for (size_t i = 0; i < values_.size(); ++i) {
      T a = values_[i];
      Expected expected = Compute<opcode>(a);
      for (const std::string& form : {std::string("s"), std::string("a"), std::string("over"),
                                      std::string("drop"), absl::StrCat("c", i)}) {
        Check(world.Call(form, {ToNumber(a)}), expected, Where(form, a));
      }
      if constexpr (YieldsCondition(opcode)) {
        for (const char* form : kConditionForms) {
          Check(world.Call(form, {ToNumber(a)}), expected, Where(form, a));
        }
      }
    }
  }

 private:
  static std::string Apply(const std::string& a) {
    return absl::StrCat("(", decode::Name(opcode), " ", a, ")");
  }
  static std::string Where(const std::string& form, T a) {
    return absl::StrCat(decode::Name(opcode), " ", form, " ", Constant(a));
  }

  const std::string kParams = absl::StrCat("(param ", kTypeName<T>, ")");
  const std::vector<T> values_ = EdgeValues<T>();
};

class Numeric : public EveryTier {
 protected:
  template <typename Forms>
  void CheckForms() {
    Forms forms;
    World world(GetParam());
    ASSERT_THAT(world.Instantiate("m", forms.Text()), Returns());
    forms.CheckAll(world);
  }

  template <int kIndex, int kOperands>
  void CheckOpcode() {
    constexpr Opcode kOpcode = static_cast<Opcode>(kIndex);
    if constexpr (IsScalarOperation(kOpcode)) {
      if constexpr (Operation<kOpcode>::kOperands == kOperands) {
        ++checked_;
        CheckForms<std::conditional_t<kOperands == 1, UnaryForms<kOpcode>, BinaryForms<kOpcode>>>();
      }
    }
  }

  template <int kOperands, int... kIndices>
  void CheckOpcodes(std::integer_sequence<int, kIndices...>) {
    (CheckOpcode<kIndices, kOperands>(), ...);
  }

  int checked_ = 0;
};
IN_EVERY_TIER(Numeric);

TEST_P(Numeric, EveryOperationOnOneOperand) {
  CheckOpcodes<1>(std::make_integer_sequence<int, decode::kOpcodeCount>());
  EXPECT_EQ(checked_, 60);
}

TEST_P(Numeric, EveryOperationOnTwoOperands) {
  CheckOpcodes<2>(std::make_integer_sequence<int, decode::kOpcodeCount>());
  EXPECT_EQ(checked_, 76);
}

}  // namespace
}  // namespace wasmtier::test
