// Every vector opcode over edge values, in every tier, against tiers/semantics; operands come from
// parameters, from other instructions and from constants. The opcodes are those of opcodes.def.
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "test/support/world.h"
#include "tiers/baseline/x64/cpu.h"
#include "tiers/decode/opcode.h"
#include "tiers/semantics/vector_operation.h"

namespace wasmtier::test {
namespace {

using decode::Info;
using decode::Opcode;
using decode::Shape;
using semantics::FastVectorOperation;
using semantics::VectorOf;
using semantics::VectorOperand;
using semantics::VectorOperation;
using Vector = semantics::V128;

Number ToNumber(const Vector& vector) {
  const auto halves = std::bit_cast<std::array<uint64_t, 2>>(vector);
  return V128(halves[0], halves[1]);
}
Number ToNumber(uint32_t value) { return {'i', value}; }
Number ToNumber(uint64_t value) { return {'l', value}; }
Number ToNumber(float value) { return {'f', std::bit_cast<uint32_t>(value)}; }
Number ToNumber(double value) { return {'d', std::bit_cast<uint64_t>(value)}; }

template <typename T>
T FromNumber(const Number& number) {
  if constexpr (sizeof(T) == 16) {
    return std::bit_cast<Vector>(std::array{number.bits, number.high});
  } else if constexpr (sizeof(T) == 8) {
    return std::bit_cast<T>(number.bits);
  } else {
    return std::bit_cast<T>(static_cast<uint32_t>(number.bits));
  }
}

// Vectors whose lanes are edges of integers and floats of every width.
const std::vector<Number>& EdgeVectors() {
  static const auto* const vectors = new std::vector<Number>{
      V128(0, 0),
      V128(~uint64_t{0}, ~uint64_t{0}),
      V128(0x8000000000000000, 0x7fffffffffffffff),
      V128(0x7fffffff80000000, 0x8000000180000001),
      V128(0x7fff80007fff8000, 0x80017ffeff000100),
      V128(0x807f7f80ff01fe02, 0x00ff1001f00f807f),
      V128(0x0f0e0d0c0b0a0908, 0x1716151413121110),
      V128(0x3f80000000000000, 0xbf80000080000000),  // f32: 0, 1, -0, -1
      V128(0x4f0000004effffff, 0xcf000000cf000001),  // about 2^31
      V128(0x7f800000ff800000, 0x4f80000000000001),  // infinities, 2^32, a denormal
      V128(0x7fc000003f000000, 0xffc00000c0200000),  // NaN, 0.5, -NaN, -2.5
      V128(0x3ff0000000000000, 0x8000000000000000),  // f64: 1, -0
      V128(0x41dfffffffc00000, 0xc1e0000000000000),  // 2^31 - 1, -2^31
      V128(0x41efffffffe00000, 0x7ff0000000000000),  // 2^32 - 1, infinity
      V128(0x7ff8000000000000, 0xbfe0000000000000),  // NaN, -0.5
      V128(0x4004000000000000, 0x369e000000000000),  // 2.5, less than f32's
      V128(0x123456789abcdef0, 0xfedcba9876543210),
  };
  return *vectors;
}

std::vector<Number> Edges(char type) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  switch (type) {
    case 'i':
      return {I32(0),  I32(1),  I32(7),  I32(8),    I32(15),     I32(31),        I32(32),
              I32(63), I32(64), I32(-1), I32(0x80), I32(0x8000), I32(0x12345678)};
    case 'l':
      return {I64(0), I64(-1), I64(0x0123456789abcdef)};
    case 'f':
      return {F32(0), F32(-0.0f), F32(1.5), Number{'f', 0x7fa00001}};
    case 'd':
      return {F64(0), F64(-kInfinity), F64(1.5), Number{'d', 0x7ff4000000000001}};
    default:
      return EdgeVectors();
  }
}

const char* TypeName(runtime::ValueType type) {
  switch (type.kind()) {
    case runtime::ValueKind::kI32:
      return "i32";
    case runtime::ValueKind::kI64:
      return "i64";
    case runtime::ValueKind::kF32:
      return "f32";
    case runtime::ValueKind::kF64:
      return "f64";
    default:
      return "v128";
  }
}
char Letter(runtime::ValueType type) {
  const std::string_view name = TypeName(type);
  return name == "v128"  ? 'v'
         : name == "i32" ? 'i'
         : name == "i64" ? 'l'
         : name == "f32" ? 'f'
                         : 'd';
}

constexpr bool IsMemory(Opcode opcode) { return decode::AccessBits(opcode) != 0; }
// What the tests below run: all but constants, shuffles and accesses to memory, which have tests of
// their own.
constexpr bool IsComputed(Opcode opcode) {
  const runtime::Feature feature = Info(opcode).feature;
  return (feature == runtime::Feature::kSimd || feature == runtime::Feature::kRelaxedSimd) &&
         !IsMemory(opcode) && opcode != Opcode::kV128Const && opcode != Opcode::kI8x16Shuffle;
}

// Bits of a float lane whose NaN the spec leaves open, or 0.
int OpenNanBits(Opcode opcode) {
  const std::string_view name = decode::Name(opcode);
  if (!name.starts_with("f32x4") && !name.starts_with("f64x2")) return 0;
  for (const char* moved : {".abs", ".neg", ".pmin", ".pmax", ".splat", "_lane", ".eq", ".ne",
                            ".lt", ".gt", ".le", ".ge"}) {
    if (name.substr(5) == moved || (moved == std::string_view("_lane") && name.ends_with("_lane")))
      return 0;
  }
  return name.starts_with("f32x4") ? 32 : 64;
}

// As `number`, with each NaN lane made the canonical one; a signaling NaN stays, as an error.
Number WithoutPayloads(const Number& number, int bits) {
  if (number.type != 'v' || bits == 0) return number;
  uint64_t halves[] = {number.bits, number.high};
  for (uint64_t& half : halves) {
    if (bits == 64) {
      if ((half & 0x7ff8000000000000) == 0x7ff8000000000000) half = 0x7ff8000000000000;
      continue;
    }
    for (const int shift : {0, 32}) {
      const auto lane = static_cast<uint32_t>(half >> shift);
      if ((lane & 0x7fc00000) == 0x7fc00000)
        half = (half & ~(uint64_t{0xffffffff} << shift)) | uint64_t{0x7fc00000} << shift;
    }
  }
  return V128(halves[0], halves[1]);
}

// Row is VectorOperation<op> or FastVectorOperation<op>.
template <Opcode op, typename Row>
Number Expected(const std::vector<Number>& args, uint32_t lane) {
  constexpr int kOperands = Info(op).signature.param_count;
  const auto a = FromNumber<VectorOperand<op, 0>>(args[0]);
  if constexpr (kOperands == 1) {
    if constexpr (LaneCount(op) != 0) {
      return ToNumber(Row::Apply(a, lane));
    } else {
      return ToNumber(Row::Apply(a));
    }
  } else {
    const auto b = FromNumber<VectorOperand<op, 1>>(args[1]);
    if constexpr (LaneCount(op) != 0) {
      return ToNumber(Row::Apply(a, b, lane));
    } else if constexpr (kOperands == 2) {
      return ToNumber(Row::Apply(a, b));
    } else {
      return ToNumber(Row::Apply(a, b, FromNumber<VectorOperand<op, 2>>(args[2])));
    }
  }
}

std::string Constant(const Number& number) {
  switch (number.type) {
    case 'i':
      return absl::StrFormat("(i32.const %d)", static_cast<int32_t>(number.bits));
    case 'l':
      return absl::StrFormat("(i64.const %d)", static_cast<int64_t>(number.bits));
    case 'f':
      return absl::StrFormat("(f32.reinterpret_i32 (i32.const %d))",
                             static_cast<int32_t>(number.bits));
    case 'd':
      return absl::StrFormat("(f64.reinterpret_i64 (i64.const %d))",
                             static_cast<int64_t>(number.bits));
    default:
      return absl::StrFormat("(v128.const i64x2 0x%x 0x%x)", number.bits, number.high);
  }
}

// "name" or "name lane". libwabt has the dot products under the names of an older draft.
std::string Instruction(Opcode opcode, uint32_t lane) {
  const std::string name = absl::StrReplaceAll(decode::Name(opcode), {{"relaxed_dot_", "dot_"}});
  return decode::LaneCount(opcode) == 0 ? name : absl::StrCat(name, " ", lane);
}

// An operand that an instruction has just computed.
std::string Computed(runtime::ValueType type, int local) {
  switch (Letter(type)) {
    case 'i':
      return absl::StrFormat("(i32.xor (local.get %d) (i32.const 0))", local);
    case 'l':
      return absl::StrFormat("(i64.xor (local.get %d) (i64.const 0))", local);
    case 'v':
      return absl::StrFormat("(v128.xor (local.get %d) (v128.const i32x4 0 0 0 0))", local);
    default:
      return absl::StrFormat("(local.get %d)", local);
  }
}

// Every so many of the edges are also constant operands.
constexpr size_t kConstantStep = 3;

// Functions "<op> <lane> parameters", "... computed" and "... constant N": the last operand is the
// Nth edge.
void AppendFunctions(Opcode opcode, uint32_t lane, std::string& text) {
  const decode::Signature& signature = Info(opcode).signature;
  const std::string name = absl::StrCat(decode::Name(opcode), " ", lane);
  std::string type;
  std::string parameters;
  std::string computed;
  std::string all_but_last;
  for (int i = 0; i < signature.param_count; ++i) {
    if (i + 1 == signature.param_count) all_but_last = computed;
    absl::StrAppend(&type, " (param ", TypeName(signature.params[i]), ")");
    absl::StrAppend(&parameters, " (local.get ", i, ")");
    absl::StrAppend(&computed, " ", Computed(signature.params[i], i));
  }
  absl::StrAppend(&type, " (result ", TypeName(signature.result), ")");
  const std::string instruction = Instruction(opcode, lane);
  absl::StrAppend(&text, "(func (export \"", name, " parameters\")", type, " (", instruction,
                  parameters, "))\n");
  // The result passes through a local; the operands are still there afterwards.
  absl::StrAppend(&text, "(func (export \"", name, " computed\")", type, " (local $result ",
                  TypeName(signature.result), ") (local.set $result (", instruction, computed,
                  ")) (local.get $result))\n");
  if (signature.param_count < 2) return;
  const std::vector<Number> edges = Edges(Letter(signature.params[signature.param_count - 1]));
  for (size_t i = 0; i < edges.size(); i += kConstantStep) {
    absl::StrAppend(&text, "(func (export \"", name, " constant ", i, "\")", type, " (",
                    instruction, all_but_last, " ", Constant(edges[i]), "))\n");
  }
}

class VectorOperations : public EveryTier {
 protected:
  using Reference = Number (*)(const std::vector<Number>& args, uint32_t lane);

  // No template: that would take a minute to compile.
  static void Check(Opcode op, Reference reference, uint32_t lane, const Mode& mode) {
    std::string text = "(module ";
    AppendFunctions(op, lane, text);
    World world(mode);
    ASSERT_THAT(world.Instantiate("m", text + ")"), Returns());
    const decode::Signature& signature = Info(op).signature;
    std::vector<std::vector<Number>> operands;
    for (int i = 0; i < signature.param_count; ++i)
      operands.push_back(Edges(Letter(signature.params[i])));
    std::vector<size_t> chosen(operands.size());
    // Of three operands not all combinations.
    const size_t step = operands.size() == 3 ? 5 : 1;
    for (size_t turn = 0; Choose(turn * step, operands, chosen); ++turn) {
      std::vector<Number> args;
      for (size_t i = 0; i < operands.size(); ++i) args.push_back(operands[i][chosen[i]]);
      const Number expected = WithoutPayloads(reference(args, lane), OpenNanBits(op));
      for (const std::string& variant : {std::string("parameters"), std::string("computed"),
                                         absl::StrCat("constant ", chosen.back())}) {
        const bool has_constant = args.size() > 1 && chosen.back() % kConstantStep == 0;
        if (variant.starts_with("constant") && !has_constant) continue;
        Outcome outcome = world.Call(absl::StrCat(decode::Name(op), " ", lane, " ", variant), args);
        for (Number& result : outcome.results) result = WithoutPayloads(result, OpenNanBits(op));
        ASSERT_THAT(outcome, Returns(expected))
            << decode::Name(op) << " " << variant << " " << testing::PrintToString(args);
      }
    }
  }

 private:
  static bool Choose(size_t turn, const std::vector<std::vector<Number>>& operands,
                     std::vector<size_t>& chosen) {
    for (size_t i = 0; i < operands.size(); ++i) {
      chosen[i] = turn % operands[i].size();
      turn /= operands[i].size();
    }
    return turn == 0;
  }
};
IN_EVERY_TIER(VectorOperations);

// Null for what has tests of its own.
template <Opcode op>
constexpr auto ReferenceOf() -> Number (*)(const std::vector<Number>&, uint32_t) {
  if constexpr (IsComputed(op)) return Expected<op, VectorOperation<op>>;
  return nullptr;
}

TEST_P(VectorOperations, AreThoseOfTheSemantics) {
  static constexpr std::pair<Opcode, Reference> kReferences[] = {
#define WASM_OPCODE(Name, code, text, immediates, signature, shape, feature) \
  {Opcode::k##Name, ReferenceOf<Opcode::k##Name>()},
#include "tiers/decode/opcodes_simd.def"
#undef WASM_OPCODE
  };
  for (const auto& [opcode, reference] : kReferences) {
    if (reference == nullptr) continue;
    Check(opcode, reference, 0, GetParam());
    const uint32_t lanes = decode::LaneCount(opcode);
    if (lanes > 1) Check(opcode, reference, lanes - 1, GetParam());
  }
}

TEST_P(VectorOperations, RelaxedOnesAreThoseOfTheProcessorIfWanted) {
  Mode mode = GetParam();
  mode.config.relaxed_simd = RelaxedSimd::kFast;
  static constexpr std::array<std::pair<Opcode, std::array<Reference, 2>>, 17> kReferences = {{
#define FAST_VECTOR_OPERATION(Name, function)                    \
  {Opcode::k##Name,                                              \
   {Expected<Opcode::k##Name, VectorOperation<Opcode::k##Name>>, \
    Expected<Opcode::k##Name, FastVectorOperation<Opcode::k##Name>>}},
#include "tiers/semantics/vector_operations.def"
  }};
  const bool has_fma = baseline::HostCpu().fma;
  for (const auto& [opcode, references] : kReferences) {
    const bool is_fused = std::string_view(decode::Name(opcode)).ends_with("madd");
    Check(opcode, references[is_fused && !has_fma ? 0 : 1], 0, mode);
  }
}

TEST_P(VectorOperations, ShufflesSelectOfBoth) {
  const std::vector<std::array<uint8_t, 16>> patterns = {
      {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
      {16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31},
      {15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0},
      {0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23},
      {8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31},
      {0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23},
      {8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31},
      {3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18},
      {4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7},
      {9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9},
      {31, 0, 30, 1, 17, 5, 5, 22, 9, 16, 11, 28, 2, 3, 19, 8},
      {0, 17, 2, 19, 4, 21, 6, 23, 8, 25, 10, 27, 12, 29, 14, 31},
      {12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3}};
  std::string text = "(module ";
  for (size_t i = 0; i < patterns.size(); ++i) {
    std::string lanes;
    for (uint8_t lane : patterns[i]) absl::StrAppend(&lanes, " ", lane);
    absl::StrAppendFormat(&text,
                          "(func (export \"%d\") (param v128 v128) (result v128) "
                          "(i8x16.shuffle%s (local.get 0) (local.get 1)))"
                          "(func (export \"same %d\") (param v128) (result v128) "
                          "(i8x16.shuffle%s (local.get 0) (local.get 0)))",
                          i, lanes, i, lanes);
  }
  World world(GetParam());
  ASSERT_THAT(world.Instantiate("m", text + ")"), Returns());
  const Number a = V128(0x0706050403020100, 0x0f0e0d0c0b0a0908);
  const Number b = V128(0xb7b6b5b4b3b2b1b0, 0xbfbebdbcbbbab9b8);
  for (size_t i = 0; i < patterns.size(); ++i) {
    const auto shuffle = [&](const Number& second) {
      return ToNumber(VectorOperation<Opcode::kI8x16Shuffle>::Apply(
          FromNumber<Vector>(a), FromNumber<Vector>(second), patterns[i].data()));
    };
    EXPECT_THAT(world.Call(absl::StrCat(i), {a, b}), Returns(shuffle(b))) << i;
    EXPECT_THAT(world.Call(absl::StrCat("same ", i), {a}), Returns(shuffle(a))) << i;
  }
}

class VectorMemory : public EveryTier {
 protected:
  static constexpr uint32_t kPage = 65536;

  // Two memories with 256 different bytes at the beginning and at the end; `index` is the second
  // one's index type.
  static std::string Module(const std::string& index, const std::string& functions) {
    std::string data;
    for (int i = 0; i < 256; ++i) absl::StrAppendFormat(&data, "\\%02x", (i * 7 + 128) & 255);
    return absl::StrFormat(R"((module (memory (export "m0") 1) (memory (export "m1") %3$s 1)
      (data (memory 0) (i32.const 0) "%1$s") (data (memory 0) (i32.const 65280) "%1$s")
      (data (memory 1) (%3$s.const 0) "%1$s") (data (memory 1) (%3$s.const 65280) "%1$s") %2$s))",
                           data, functions, index);
  }
  static Vector BytesAt(uint32_t address, uint32_t size) {
    Vector vector{};
    for (uint32_t i = 0; i < size; ++i)
      vector.bytes[i] = static_cast<uint8_t>(((address + i) & 255) * 7 + 128);
    return vector;
  }

  // What a load of this opcode gives; null for others.
  using Reference = Number (*)(uint32_t address, const Number& old, uint32_t lane);
  template <Opcode op>
  static constexpr Reference ReferenceOf() {
    if constexpr (Info(op).shape == Shape::kVectorLoad || Info(op).shape == Shape::kVectorLoadLane)
      return Loaded<op>;
    return nullptr;
  }

  template <Opcode op>
  static Number Loaded(uint32_t address, const Number& old, uint32_t lane) {
    const Vector bytes = BytesAt(address, decode::AccessBits(op) / 8);
    if constexpr (Info(op).shape == Shape::kVectorLoadLane) {
      constexpr uint32_t kBits = decode::AccessBits(op);
      using Stored = std::conditional_t<
          kBits == 8, uint8_t,
          std::conditional_t<kBits == 16, uint16_t,
                             std::conditional_t<kBits == 32, uint32_t, uint64_t>>>;
      return ToNumber(VectorOperation<op>::Apply(FromNumber<Vector>(old),
                                                 semantics::ExtractLane<Stored>(bytes, 0), lane));
    } else {
      return ToNumber(VectorOperation<op>::Apply(bytes));
    }
  }

  static void CheckLoad(Opcode op, Reference reference, const std::string& index) {
    const bool has_lane = Info(op).shape == Shape::kVectorLoadLane;
    const uint32_t lane = has_lane ? decode::LaneCount(op) - 1 : 0;
    const std::string suffix = has_lane ? absl::StrCat(" ", lane) : "";
    const std::string old = has_lane ? " (local.get 1)" : "";
    const std::string name = decode::Name(op);
    const std::string text = absl::StrFormat(
        R"((func (export "plain") (param i32 v128) (result v128) (%1$s%2$s (local.get 0)%3$s))
           (func (export "offset") (param i32 v128) (result v128)
             (%1$s offset=37%2$s (local.get 0)%3$s))
           (func (export "sum") (param i32 v128) (result v128)
             (%1$s offset=5%2$s (i32.add (local.get 0) (i32.const 32))%3$s))
           (func (export "constant") (param i32 v128) (result v128)
             (%1$s offset=7%2$s (i32.const 30)%3$s))
           (func (export "far") (param i32 v128) (result v128)
             (%1$s offset=0xf0000000%2$s (local.get 0)%3$s))
           (func (export "other") (param %4$s v128) (result v128)
             (%1$s 1 offset=37%2$s (local.get 0)%3$s)))",
        name, suffix, old, index);
    const auto at_index = [&](int64_t address) {
      return index == "i32" ? I32(address) : I64(address);
    };
    World world(GetParam());
    ASSERT_THAT(world.Instantiate("m", Module(index, text)), Returns()) << text;
    const Number vector = V128(0x1111111122222222, 0x3333333344444444);
    const uint32_t size = decode::AccessBits(op) / 8;
    for (uint32_t address : {0u, 1u, 3u, 100u, kPage - 37 - size}) {
      EXPECT_THAT(world.Call("plain", {I32(address), vector}),
                  Returns(reference(address, vector, lane)))
          << name;
      for (const char* with_offset : {"offset", "sum"}) {
        EXPECT_THAT(world.Call(with_offset, {I32(address), vector}),
                    Returns(reference(address + 37, vector, lane)))
            << name;
      }
      EXPECT_THAT(world.Call("other", {at_index(address), vector}),
                  Returns(reference(address + 37, vector, lane)))
          << name;
    }
    EXPECT_THAT(world.Call("constant", {I32(0), vector}), Returns(reference(37, vector, lane)));
    const char* const message = "out of bounds memory access";
    EXPECT_THAT(world.Call("plain", {I32(kPage - size + 1), vector}), Traps(message)) << name;
    EXPECT_THAT(world.Call("plain", {I32(-1), vector}), Traps(message)) << name;
    EXPECT_THAT(world.Call("offset", {I32(kPage - 37 - size + 1), vector}), Traps(message));
    EXPECT_THAT(world.Call("far", {I32(0), vector}), Traps(message));
    EXPECT_THAT(world.Call("other", {at_index(kPage - 37 - size + 1), vector}), Traps(message));
    EXPECT_THAT(world.Call("other", {at_index(-1), vector}), Traps(message));
  }

  static void CheckStore(Opcode op, const std::string& index) {
    const bool has_lane = Info(op).shape == Shape::kVectorStoreLane;
    const uint32_t lane = has_lane ? decode::LaneCount(op) - 1 : 0;
    const std::string suffix = has_lane ? absl::StrCat(" ", lane) : "";
    const std::string name = decode::Name(op);
    const std::string text = absl::StrFormat(
        R"((func (export "plain") (param i32 v128) (%1$s%2$s (local.get 0) (local.get 1)))
           (func (export "offset") (param i32 v128)
             (%1$s offset=37%2$s (i32.sub (local.get 0) (i32.const 37)) (local.get 1)))
           (func (export "other") (param %3$s v128)
             (%1$s 1 offset=37%2$s (%3$s.sub (local.get 0) (%3$s.const 37)) (local.get 1))))",
        name, suffix, index);
    const auto at_index = [&](int64_t address) {
      return index == "i32" ? I32(address) : I64(address);
    };
    World world(GetParam());
    ASSERT_THAT(world.Instantiate("m", Module(index, text)), Returns()) << text;
    const uint32_t size = decode::AccessBits(op) / 8;
    const Number vector = V128(0x8877665544332211, 0x00ffeeddccbbaa99);
    const Vector bytes = FromNumber<Vector>(vector);
    for (uint32_t address : {64u, 101u, kPage - size}) {
      const auto check = [&](const char* memory, const char* function, const Number& at) {
        ASSERT_THAT(world.Call(function, {at, vector}), Returns()) << name;
        const std::vector<uint8_t> stored = world.ReadMemory(memory, address - 1, size + 1);
        EXPECT_EQ(stored[0], BytesAt(address - 1, 1).bytes[0]) << name;
        EXPECT_EQ(std::memcmp(&stored[1], &bytes.bytes[lane * size], size), 0) << name;
      };
      check("m0", "plain", I32(address));
      check("m1", "other", at_index(address));
    }
    ASSERT_THAT(world.Call("offset", {I32(200), vector}), Returns());
    EXPECT_EQ(
        std::memcmp(world.ReadMemory("m0", 200, size).data(), &bytes.bytes[lane * size], size), 0);
    const char* const message = "out of bounds memory access";
    EXPECT_THAT(world.Call("plain", {I32(kPage - size + 1), vector}), Traps(message)) << name;
    EXPECT_THAT(world.Call("other", {at_index(kPage - size + 1), vector}), Traps(message)) << name;
    EXPECT_THAT(world.Call("offset", {I32(0), vector}), Traps(message)) << name;
  }
};
IN_EVERY_TIER(VectorMemory);

TEST_P(VectorMemory, LoadsAreThoseOfTheSemantics) {
  static constexpr std::pair<Opcode, Reference> kReferences[] = {
#define WASM_OPCODE(Name, code, text, immediates, signature, shape, feature) \
  {Opcode::k##Name, ReferenceOf<Opcode::k##Name>()},
#include "tiers/decode/opcodes_simd.def"
#undef WASM_OPCODE
  };
  for (const auto& [opcode, reference] : kReferences) {
    if (reference == nullptr) continue;
    for (const char* index : {"i32", "i64"}) CheckLoad(opcode, reference, index);
  }
}

TEST_P(VectorMemory, StoresWriteNothingElse) {
  for (int i = 0; i < decode::kOpcodeCount; ++i) {
    const auto opcode = static_cast<Opcode>(i);
    const Shape shape = Info(opcode).shape;
    if (shape != Shape::kVectorStore && shape != Shape::kVectorStoreLane) continue;
    for (const char* index : {"i32", "i64"}) CheckStore(opcode, index);
  }
}

}  // namespace
}  // namespace wasmtier::test
