// Every vector opcode in machine code against tiers/semantics: operands in all places, the
// destination in the register of any of them, all other registers as before.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <random>

#include "test/unit/baseline/masm_fixture.h"
#include "tiers/decode/opcode.h"
#include "tiers/semantics/vector_operation.h"

namespace wasmtier::test {
namespace {

using baseline::Condition;
using decode::Opcode;
using decode::Shape;
using runtime::RelaxedSimd;
using semantics::V128;

template <typename T>
V128 Splat(T value) {
  V128 vector;
  for (size_t i = 0; i < 16; i += sizeof(T)) std::memcpy(&vector.bytes[i], &value, sizeof(T));
  return vector;
}

struct Inputs {
  V128 a{};
  V128 b{};
  V128 c{};
  uint64_t scalar = 0;
  uint32_t lane = 0;
};

// A vector, or a scalar in its lower part.
template <typename T>
V128 ResultOf(T value) {
  V128 vector{};
  std::memcpy(vector.bytes.data(), &value, sizeof value);
  return vector;
}

template <typename T>
T ScalarOf(const Inputs& inputs) {
  T value;
  std::memcpy(&value, &inputs.scalar, sizeof value);
  return value;
}

template <Opcode opcode, typename Operation>
V128 Apply(const Inputs& in) {
  constexpr Shape kShape = decode::Info(opcode).shape;
  constexpr auto kSignature = decode::Info(opcode).signature;
  constexpr auto kScalar = baseline::TypeOf(
      kSignature.params[kSignature.param_count > 0 ? kSignature.param_count - 1 : 0]);
  const auto with_scalar = [&](auto function) {
    if constexpr (kScalar == Type::kI32) return function(ScalarOf<uint32_t>(in));
    if constexpr (kScalar == Type::kI64) return function(ScalarOf<uint64_t>(in));
    if constexpr (kScalar == Type::kF32) return function(ScalarOf<float>(in));
    if constexpr (kScalar == Type::kF64) return function(ScalarOf<double>(in));
  };
  if constexpr (kShape == Shape::kVectorUnary || kShape == Shape::kVectorLoad) {
    return ResultOf(Operation::Apply(in.a));
  } else if constexpr (kShape == Shape::kVectorTest) {
    return ResultOf(static_cast<uint32_t>(Operation::Apply(in.a)));
  } else if constexpr (kShape == Shape::kVectorBinary) {
    return ResultOf(Operation::Apply(in.a, in.b));
  } else if constexpr (kShape == Shape::kVectorTernary) {
    return ResultOf(Operation::Apply(in.a, in.b, in.c));
  } else if constexpr (kShape == Shape::kVectorShift) {
    return ResultOf(Operation::Apply(in.a, static_cast<uint32_t>(in.scalar)));
  } else if constexpr (kShape == Shape::kVectorSplat) {
    return with_scalar([&](auto scalar) { return ResultOf(Operation::Apply(scalar)); });
  } else if constexpr (kShape == Shape::kVectorExtractLane) {
    return ResultOf(Operation::Apply(in.a, in.lane));
  } else if constexpr (kShape == Shape::kVectorReplaceLane) {
    return with_scalar(
        [&](auto scalar) { return ResultOf(Operation::Apply(in.a, scalar, in.lane)); });
  } else {
    return {};
  }
}

struct Reference {
  Opcode opcode;
  V128 (*apply)(const Inputs&);
};

const Reference kReferences[] = {
#define VECTOR_OPERATION(Name, function) \
  {Opcode::k##Name, Apply<Opcode::k##Name, semantics::VectorOperation<Opcode::k##Name>>},
#include "tiers/semantics/vector_operations.def"
};
const Reference kFastReferences[] = {
#define FAST_VECTOR_OPERATION(Name, function) \
  {Opcode::k##Name, Apply<Opcode::k##Name, semantics::FastVectorOperation<Opcode::k##Name>>},
#include "tiers/semantics/vector_operations.def"
};

std::vector<V128> MakeVectors() {
  std::vector<V128> vectors = {Splat<uint64_t>(0), Splat<uint64_t>(UINT64_MAX)};
  for (uint8_t byte : {1, 0x7f, 0x80, 0x81, 0x0f, 0x10}) vectors.push_back(Splat(byte));
  for (int value : {1, 0x7fff, 0x8000, 0x8001, 0xff}) {
    vectors.push_back(Splat(static_cast<uint16_t>(value)));
  }
  for (uint32_t value : {1u, 0x7fffffffu, 0x80000000u, 0xffffu, 0x10000u, 0xffff8000u}) {
    vectors.push_back(Splat(value));
  }
  for (uint64_t value : {uint64_t{1}, uint64_t{INT64_MAX}, uint64_t{1} << 63, uint64_t{UINT32_MAX},
                         uint64_t{1} << 32}) {
    vectors.push_back(Splat(value));
  }
  const auto add_lanes = [&](const auto& lanes) {
    V128 vector;
    static_assert(sizeof lanes == sizeof vector);
    std::memcpy(vector.bytes.data(), &lanes, sizeof vector);
    vectors.push_back(vector);
  };
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  add_lanes(std::array{0.0f, -0.0f, 1.5f, -1.5f});
  add_lanes(std::array{-0.0f, 0.0f, 2.5f, 0.5f});
  add_lanes(std::array{kInfinity, -kInfinity, 2147483648.0f, -2147483648.0f});
  add_lanes(std::array{4294967296.0f, 4294967040.0f, 3e9f, 2147483520.0f});
  add_lanes(std::array{-1.0f, -0.9f, 1e-45f, 3.4e38f});
  add_lanes(std::array<uint32_t, 4>{0x7fc00000, 0xffc12345, 0x7f800001, 0xff800001});
  add_lanes(std::array<uint32_t, 4>{0x7fc00001, 0x3f800000, 0xffffffff, 0x80000001});
  add_lanes(std::array{0.0, -0.0});
  add_lanes(std::array{-0.0, 0.0});
  add_lanes(std::array{1.5, -2.5});
  add_lanes(std::array{4294967295.0, 4294967295.9});
  add_lanes(std::array{4294967296.0, 2147483647.9});
  add_lanes(std::array{2147483648.0, -2147483648.9});
  add_lanes(std::array{-2147483649.0, -0.9});
  add_lanes(std::array{1e300, -1e300});
  add_lanes(std::array{double{kInfinity}, -double{kInfinity}});
  add_lanes(std::array<uint64_t, 2>{0x7ff8000000000000, 0xfff8123400000000});
  add_lanes(std::array<uint64_t, 2>{0x7ff0000000000001, 0x3ff0000000000000});
  add_lanes(std::array<uint8_t, 16>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15});
  add_lanes(
      std::array<uint8_t, 16>{15, 16, 17, 31, 32, 127, 128, 129, 143, 144, 200, 254, 255, 3, 2, 0});
  std::mt19937_64 random(7);
  for (int i = 0; i < 8; ++i) add_lanes(std::array{random(), random()});
  return vectors;
}

const std::vector<V128>& Vectors() {
  static const std::vector<V128> vectors = MakeVectors();
  return vectors;
}

// What a test function reads and writes; its address is in kExchange.
struct VectorExchange {
  uint64_t trap_address = 0;
  uint64_t scalar = 0;
  V128 operands[3];
  V128 result;
  V128 before[16];
  V128 after[16];
  uint64_t integers_before[16];
  uint64_t integers_after[16];
  uint8_t memory[64];
};

int32_t IndexedOffset(size_t field, size_t index, size_t size) {
  return static_cast<int32_t>(field + index * size);
}

template <typename T>
bool SameFloats(const V128& expected, const V128& actual) {
  for (size_t i = 0; i < 16; i += sizeof(T)) {
    T a;
    T b;
    std::memcpy(&a, &expected.bytes[i], sizeof(T));
    std::memcpy(&b, &actual.bytes[i], sizeof(T));
    if (std::memcmp(&a, &b, sizeof(T)) == 0) continue;
    const bool is_quiet = (actual.bytes[i + sizeof(T) - 2] & (sizeof(T) == 4 ? 0x40 : 0x08)) != 0;
    if (!std::isnan(a) || !std::isnan(b) || !is_quiet) return false;
  }
  return true;
}

bool IsAnyOf(std::string_view name, std::initializer_list<std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(), [&](std::string_view part) {
    return name.find(part) != std::string_view::npos;
  });
}

// Equal; or NaNs of arithmetic, of which the machine's must be quiet.
bool Matches(Opcode opcode, const V128& expected, const V128& actual) {
  if (expected == actual) return true;
  const std::string_view name = decode::Name(opcode);
  if (IsAnyOf(name, {".abs", ".neg", ".pmin", ".pmax", "lane", "splat"})) return false;
  if (name.starts_with("f32x4.")) return SameFloats<float>(expected, actual);
  return name.starts_with("f64x2.") && SameFloats<double>(expected, actual);
}

std::string Text(const V128& vector) {
  std::string text;
  for (size_t i = 16; i-- > 0;) {
    constexpr char kDigits[] = "0123456789abcdef";
    text += kDigits[vector.bytes[i] >> 4];
    text += kDigits[vector.bytes[i] & 15];
  }
  return text;
}

class MasmVectorTest : public MasmTest {
 protected:
  // Where the operands are; those that the operation has none of are ignored.
  struct Places {
    Register destination;
    Operand operands[3];
    Operand scalar = Operand::In(Gp(6));
    Type scalar_type = Type::kI64;
    Type result = Type::kV128;
  };

  static int32_t OperandOffset(size_t index) {
    return IndexedOffset(offsetof(VectorExchange, operands), index, sizeof(V128));
  }

  void LoadRegisters(Masm& m) {
    for (Register reg : TestedRegisters()) {
      const size_t number = reg.number;
      if (reg.is_float) {
        const auto offset = IndexedOffset(offsetof(VectorExchange, before), number, sizeof(V128));
        m.LoadWord(Type::kV128, reg, {kExchange, {}, offset});
      } else {
        const auto offset = IndexedOffset(offsetof(VectorExchange, integers_before), number, 8);
        m.LoadWord(Type::kI64, reg, {kExchange, {}, offset});
      }
    }
  }
  void StoreRegisters(Masm& m) {
    for (Register reg : TestedRegisters()) {
      const size_t number = reg.number;
      if (reg.is_float) {
        const auto offset = IndexedOffset(offsetof(VectorExchange, after), number, sizeof(V128));
        m.StoreWord(Type::kV128, {kExchange, {}, offset}, Operand::In(reg));
      } else {
        const auto offset = IndexedOffset(offsetof(VectorExchange, integers_after), number, 8);
        m.StoreWord(Type::kI64, {kExchange, {}, offset}, Operand::In(reg));
      }
    }
  }

  void MakeVector(const Places& places, const std::function<void(Masm&)>& operation,
                  std::string* listing = nullptr) {
    Drop();
    places_ = places;
    Masm& m = *masm_;
    m.Reset(listing);
    m.set_module_offset(1);
    const auto homes = baseline::Roles().preserved_homes;
    m.Prologue(kFrameBytes, homes, /*check_stack=*/false);
    LoadRegisters(m);
    for (size_t i = 0; i < 3; ++i) {
      const Operand& place = places.operands[i];
      const Address from = {kExchange, {}, OperandOffset(i)};
      if (place.kind == Operand::Kind::kFrame) {
        m.LoadWord(Type::kV128, Xmm(0), from);
        m.Spill(Type::kV128, place.offset, Operand::In(Xmm(0)));
      } else if (place.IsRegister()) {
        m.LoadWord(Type::kV128, place.reg, from);
      }
    }
    const Address scalar = {kExchange, {}, offsetof(VectorExchange, scalar)};
    if (places.scalar.kind == Operand::Kind::kFrame) {
      m.LoadWord(Type::kI64, Gp(0), scalar);
      m.Spill(Type::kI64, places.scalar.offset, Operand::In(Gp(0)));
    } else if (places.scalar.IsRegister()) {
      m.LoadWord(places.scalar_type, places.scalar.reg, scalar);
    }
    m.set_module_offset(kOperationOffset);
    if (listing != nullptr) listing->clear();
    operation(m);
    m.set_module_offset(2);
    // The upper half too: it must be zero for an i32.
    m.StoreWord(places.result == Type::kI32 ? Type::kI64 : places.result,
                {kExchange, {}, offsetof(VectorExchange, result)}, Operand::In(places.destination));
    StoreRegisters(m);
    m.LoadImmediate(Gp(0), 0);
    m.Epilogue(homes);
    m.Return();
    Publish();
  }

  VectorExchange RunVector(const Inputs& inputs) {
    VectorExchange exchange;
    exchange.scalar = inputs.scalar;
    exchange.operands[0] = inputs.a;
    exchange.operands[1] = inputs.b;
    exchange.operands[2] = inputs.c;
    exchange.result = {};
    for (uint8_t i = 0; i < 16; ++i) {
      exchange.before[i] = Splat<uint64_t>(0x0101010101010101 * i + 0x77);
      exchange.integers_before[i] = 0x1111111100000000 * (i + 1u) + 77;
    }
    for (uint8_t i = 0; i < 64; ++i) exchange.memory[i] = static_cast<uint8_t>(i * 37 + 129);
    EXPECT_EQ(Entry<uint64_t (*)(VectorExchange*)>()(&exchange), 0);
    return exchange;
  }

  // Registers that changed but for the destination.
  std::string ChangedRegisters(const VectorExchange& exchange) const {
    for (Register reg : TestedRegisters()) {
      if (reg == places_.destination) continue;
      const size_t number = reg.number;
      V128 expected = exchange.before[number];
      if (!reg.is_float) {
        uint64_t word = exchange.integers_before[number];
        if (places_.scalar.Is(reg)) {
          word = exchange.scalar;
          if (places_.scalar_type == Type::kI32) word = static_cast<uint32_t>(word);
        }
        if (exchange.integers_after[number] != word) return "r" + std::to_string(number);
        continue;
      }
      size_t compared = 16;
      for (size_t i = 0; i < 3; ++i) {
        if (places_.operands[i].Is(reg)) expected = exchange.operands[i];
      }
      if (places_.scalar.Is(reg)) {
        std::memcpy(expected.bytes.data(), &exchange.scalar, 8);
        compared = baseline::Is64(places_.scalar_type) ? 8 : 4;
      }
      if (!std::equal(expected.bytes.begin(), expected.bytes.begin() + compared,
                      exchange.after[number].bytes.begin())) {
        return "xmm" + std::to_string(number);
      }
    }
    return {};
  }

  void Emit(Masm& m, Opcode opcode, const Places& p, uint32_t lane) {
    switch (decode::Info(opcode).shape) {
      case Shape::kVectorUnary:
        return m.VectorUnary(opcode, p.destination, p.operands[0]);
      case Shape::kVectorBinary:
        return m.VectorBinary(opcode, p.destination, p.operands[0], p.operands[1]);
      case Shape::kVectorTernary:
        return m.VectorTernary(opcode, p.destination, p.operands[0].reg, p.operands[1].reg,
                               p.operands[2].reg);
      case Shape::kVectorShift:
        return m.VectorShift(opcode, p.destination, p.operands[0].reg, p.scalar);
      case Shape::kVectorSplat:
        return m.VectorSplat(opcode, p.destination, p.scalar);
      case Shape::kVectorExtractLane:
        return m.VectorExtractLane(opcode, p.destination, p.operands[0], lane);
      case Shape::kVectorReplaceLane:
        return m.VectorReplaceLane(opcode, p.destination, p.operands[0].reg, p.scalar, lane);
      case Shape::kVectorTest:
        if (std::string_view(decode::Name(opcode)).ends_with("bitmask")) {
          return m.VectorBitmask(opcode, p.destination, p.operands[0].reg);
        }
        return m.SetIf(m.VectorTest(opcode, p.operands[0].reg), p.destination);
      default:
        FAIL();
    }
  }

  // With these inputs, all of them; false after a failure.
  bool Check(const Reference& reference, const Places& places, std::vector<Inputs> inputs,
             uint32_t lane = 0) {
    const auto emit = [&](Masm& m) { Emit(m, reference.opcode, places, lane); };
    MakeVector(places, emit);
    if (HasFatalFailure()) return false;
    for (Inputs& in : inputs) {
      in.lane = lane;
      V128* const operands[] = {&in.a, &in.b, &in.c};
      for (int i = 0; i < 3; ++i) {
        for (int j = 0; j < i; ++j) {
          if (places.operands[i].IsRegister() && places.operands[j].Is(places.operands[i].reg)) {
            *operands[j] = *operands[i];
          }
        }
      }
      const VectorExchange exchange = RunVector(in);
      const V128 expected = reference.apply(in);
      const std::string changed = ChangedRegisters(exchange);
      if (Matches(reference.opcode, expected, exchange.result) && changed.empty()) continue;
      std::string listing;
      MakeVector(places, emit, &listing);
      ADD_FAILURE() << decode::Name(reference.opcode) << " of " << Text(in.a) << ", " << Text(in.b)
                    << ", " << Text(in.c) << ", scalar " << in.scalar << ", lane " << lane << ": "
                    << Text(exchange.result) << ", expected " << Text(expected)
                    << (changed.empty() ? "" : "; changes " + changed) << "\n"
                    << listing.substr(0, 1500);
      return false;
    }
    return true;
  }

  static std::vector<Inputs> Singles() {
    std::vector<Inputs> inputs;
    for (const V128& a : Vectors()) inputs.push_back({a, {}, {}, 0, 0});
    return inputs;
  }
  static std::vector<Inputs> Pairs() {
    std::vector<Inputs> inputs;
    for (const V128& a : Vectors()) {
      for (const V128& b : Vectors()) inputs.push_back({a, b, {}, 0, 0});
    }
    return inputs;
  }
  static std::vector<Inputs> Triples() {
    std::vector<Inputs> inputs;
    const std::vector<V128>& vectors = Vectors();
    for (size_t i = 0; i < vectors.size(); ++i) {
      for (size_t j = 0; j < vectors.size(); ++j) {
        inputs.push_back({vectors[i], vectors[j], vectors[(i * 7 + j * 3) % vectors.size()], 0, 0});
      }
    }
    return inputs;
  }
  static std::vector<Inputs> Scalars() {
    std::vector<Inputs> inputs;
    for (uint64_t scalar :
         {uint64_t{0}, uint64_t{1}, uint64_t{0x80}, uint64_t{0xffff}, uint64_t{0x89abcdef},
          uint64_t{0x0123456789abcdef}, UINT64_MAX, uint64_t{0x7fa00000}, uint64_t{0x3f800000}}) {
      inputs.push_back({Vectors()[Vectors().size() - 1], {}, {}, scalar, 0});
      inputs.push_back({Vectors()[0], {}, {}, scalar, 0});
    }
    return inputs;
  }

  void CheckShape(Shape shape, std::span<const Reference> references);
  void CheckOpcode(const Reference& reference);
  void CheckBinary(const Reference& reference);
  void CheckScalars(const Reference& reference);

  Places places_;
};

const Operand kFirstInFrame = Operand::InFrame(-248);
const Operand kSecondInFrame = Operand::InFrame(-232);

void MasmVectorTest::CheckBinary(const Reference& reference) {
  const std::vector<Inputs> pairs = Pairs();
  const auto check = [&](Register destination, const Operand& a, const Operand& b) {
    return Check(reference, {destination, {a, b, {}}}, pairs);
  };
  const Operand first = Operand::In(Xmm(2));
  const Operand second = Operand::In(Xmm(9));
  for (Register destination : {Xmm(5), Xmm(2), Xmm(9)}) {
    if (!check(destination, first, second)) return;
    if (!check(destination, first, first)) return;
    if (!Masm::TakesAnyVector(reference.opcode)) continue;
    if (!check(destination, kFirstInFrame, second)) return;
    if (!check(destination, first, kSecondInFrame)) return;
    if (!check(destination, kFirstInFrame, kSecondInFrame)) return;
  }
  if (!Masm::TakesAnyVector(reference.opcode)) return;
  for (const V128& constant : Vectors()) {
    for (Register destination : {Xmm(5), Xmm(2)}) {
      for (const bool is_first : {false, true}) {
        std::vector<Inputs> inputs = Singles();
        for (Inputs& in : inputs) {
          in.b = in.a;
          (is_first ? in.a : in.b) = constant;
        }
        Places places = {destination, {first, first, {}}};
        places.operands[is_first ? 0 : 1] = {};
        const auto emit = [&](Masm& m) {
          const Operand bits = Operand::Constant(m.VectorConstant(constant.bytes.data()));
          m.VectorBinary(reference.opcode, destination, is_first ? bits : first,
                         is_first ? first : bits);
        };
        MakeVector(places, emit);
        for (const Inputs& in : inputs) {
          const V128 result = RunVector(in).result;
          ASSERT_TRUE(Matches(reference.opcode, reference.apply(in), result))
              << decode::Name(reference.opcode) << " of " << Text(in.a) << ", " << Text(in.b)
              << ": " << Text(result);
        }
      }
    }
  }
}

// Shapes with a scalar operand or result.
void MasmVectorTest::CheckScalars(const Reference& reference) {
  const Shape shape = decode::Info(reference.opcode).shape;
  const decode::Signature& signature = decode::Info(reference.opcode).signature;
  const Type scalar = baseline::TypeOf(signature.params[signature.param_count - 1]);
  const Type result = baseline::TypeOf(signature.result);
  const bool is_float = baseline::IsFloat(scalar);
  const Operand vector = Operand::In(Xmm(2));
  std::vector<uint32_t> lanes = {0};
  for (uint32_t i = 1; i < decode::LaneCount(reference.opcode); ++i) lanes.push_back(i);
  for (uint32_t lane : lanes) {
    if (shape == Shape::kVectorExtractLane) {
      const bool is_float_result = baseline::IsFloat(result);
      for (Register destination :
           is_float_result ? std::vector{Xmm(2), Xmm(9)} : std::vector{Gp(6), Gp(2), Gp(13)}) {
        for (const Operand& place : {vector, kFirstInFrame}) {
          Places places = {destination, {place, {}, {}}};
          places.result = result;
          if (!Check(reference, places, Singles(), lane)) return;
        }
      }
      continue;
    }
    const std::vector<Operand> scalars =
        is_float ? std::vector{Operand::In(Xmm(9)), kSecondInFrame}
                 : std::vector{Operand::In(Gp(6)), Operand::In(Gp(13)), kSecondInFrame};
    for (const Operand& place : scalars) {
      for (Register destination : {Xmm(2), Xmm(9), Xmm(5)}) {
        Places places = {destination, {vector, {}, {}}};
        places.scalar = place;
        places.scalar_type = scalar;
        if (!Check(reference, places, Scalars(), lane)) return;
      }
    }
  }
}

void MasmVectorTest::CheckOpcode(const Reference& reference) {
  const Operand first = Operand::In(Xmm(2));
  switch (decode::Info(reference.opcode).shape) {
    case Shape::kVectorUnary:
      for (Register destination : {Xmm(2), Xmm(9)}) {
        Check(reference, {destination, {first, {}, {}}}, Singles());
        Check(reference, {destination, {kFirstInFrame, {}, {}}}, Singles());
      }
      return;
    case Shape::kVectorTest:
      for (Register destination : {Gp(6), Gp(13)}) {
        Places places = {destination, {first, {}, {}}};
        places.result = Type::kI32;
        Check(reference, places, Singles());
      }
      return;
    case Shape::kVectorBinary:
      return CheckBinary(reference);
    case Shape::kVectorTernary:
      for (Register destination : {Xmm(5), Xmm(2), Xmm(9), Xmm(12)}) {
        Check(reference, {destination, {first, Operand::In(Xmm(9)), Operand::In(Xmm(12))}},
              Triples());
        Check(reference, {destination, {first, first, Operand::In(Xmm(12))}}, Triples());
        Check(reference, {destination, {first, Operand::In(Xmm(9)), first}}, Triples());
      }
      return;
    default:
      return CheckScalars(reference);
  }
}

void MasmVectorTest::CheckShape(Shape shape, std::span<const Reference> references) {
  for (const Reference& reference : references) {
    if (decode::Info(reference.opcode).shape == shape) CheckOpcode(reference);
  }
}

TEST_P(MasmVectorTest, OneOperand) { CheckShape(Shape::kVectorUnary, kReferences); }
TEST_P(MasmVectorTest, TwoOperands) { CheckShape(Shape::kVectorBinary, kReferences); }
TEST_P(MasmVectorTest, ThreeOperands) { CheckShape(Shape::kVectorTernary, kReferences); }
TEST_P(MasmVectorTest, Tests) { CheckShape(Shape::kVectorTest, kReferences); }
TEST_P(MasmVectorTest, Splats) { CheckShape(Shape::kVectorSplat, kReferences); }
TEST_P(MasmVectorTest, ExtractLane) { CheckShape(Shape::kVectorExtractLane, kReferences); }
TEST_P(MasmVectorTest, ReplaceLane) { CheckShape(Shape::kVectorReplaceLane, kReferences); }

TEST_P(MasmVectorTest, RelaxedAndFast) {
  const bool has_fma = baseline::HostCpu().fma;
  masm_->set_relaxed_simd(has_fma ? RelaxedSimd::kFastFused : RelaxedSimd::kFast);
  for (const Reference& reference : kFastReferences) {
    const bool is_fused = IsAnyOf(decode::Name(reference.opcode), {"madd"});
    if (!is_fused || has_fma) CheckOpcode(reference);
  }
}

TEST_P(MasmVectorTest, Shifts) {
  for (const Reference& reference : kReferences) {
    if (decode::Info(reference.opcode).shape != Shape::kVectorShift) continue;
    for (uint32_t count : {0u, 1u, 3u, 7u, 8u, 9u, 15u, 16u, 31u, 33u, 63u, 64u, 0xfffffff9u}) {
      std::vector<Inputs> inputs = Singles();
      for (Inputs& in : inputs) in.scalar = count;
      for (Register destination : {Xmm(2), Xmm(9)}) {
        for (const Operand& by : {Operand::In(Gp(6)), kSecondInFrame, Operand::Constant(count)}) {
          Places places = {destination, {Operand::In(Xmm(2)), {}, {}}};
          places.scalar = by;
          places.scalar_type = Type::kI32;
          if (!Check(reference, places, inputs)) return;
        }
      }
    }
  }
}

TEST_P(MasmVectorTest, Shuffles) {
  std::mt19937 random(3);
  std::vector<std::array<uint8_t, 16>> all;
  const auto add = [&](const std::function<int(int)>& lane) {
    auto& lanes = all.emplace_back();
    for (int i = 0; i < 16; ++i) lanes[static_cast<size_t>(i)] = static_cast<uint8_t>(lane(i));
  };
  for (int i = 0; i < 20; ++i) {
    add([&](int) { return static_cast<int>(random() % 32); });
    add([&](int) { return static_cast<int>(random() % 16); });
    add([&](int) { return static_cast<int>(16 + random() % 16); });
    int words[4];
    for (int& word : words) word = static_cast<int>(random() % 8);
    add([&](int j) { return words[j / 4] * 4 + j % 4; });
    for (int j = 0; j < 4; ++j) words[j] = words[j] % 4 + (j < 2 ? 0 : 4);
    add([&](int j) { return words[j / 4] * 4 + j % 4; });
    const unsigned blend = random() % 256;
    add([&](int j) { return j + ((blend >> (j / 2) & 1) != 0 ? 16 : 0); });
  }
  for (int start = 0; start <= 16; ++start) add([&](int i) { return start + i; });
  for (int bytes : {1, 2, 4, 8}) {
    for (int half : {0, 8}) {
      add([&](int i) { return i / bytes % 2 * 16 + half + i / bytes / 2 * bytes + i % bytes; });
    }
  }
  for (const auto& lanes : all) {
    for (Register destination : {Xmm(5), Xmm(2), Xmm(9)}) {
      for (Register second : {Xmm(9), Xmm(2)}) {
        MakeVector({destination, {Operand::In(Xmm(2)), Operand::In(second), {}}},
                   [&](Masm& m) { m.VectorShuffle(destination, Xmm(2), second, lanes.data()); });
        Inputs in = {Vectors()[Vectors().size() - 1], Vectors()[Vectors().size() - 2], {}, 0, 0};
        if (second == Xmm(2)) in.a = in.b;
        const VectorExchange exchange = RunVector(in);
        for (size_t i = 0; i < 16; ++i) {
          ASSERT_EQ(exchange.result.bytes[i],
                    lanes[i] < 16 ? in.a.bytes[lanes[i]] : in.b.bytes[lanes[i] - 16u]);
        }
        ASSERT_EQ(ChangedRegisters(exchange), "");
      }
    }
  }
}

TEST_P(MasmVectorTest, SwizzleByConstant) {
  for (const V128& lanes : Vectors()) {
    for (Register destination : {Xmm(2), Xmm(5)}) {
      MakeVector({destination, {Operand::In(Xmm(2)), {}, {}}},
                 [&](Masm& m) { m.VectorSwizzle(destination, Xmm(2), lanes.bytes.data()); });
      const Inputs in = {Vectors().back(), {}, {}, 0, 0};
      EXPECT_EQ(Text(RunVector(in).result), Text(semantics::Swizzle(in.a, lanes)));
    }
  }
}

TEST_P(MasmVectorTest, LoadsAndStores) {
  constexpr uint64_t kOffset = offsetof(VectorExchange, memory);
  for (const Reference& reference : kReferences) {
    const Opcode opcode = reference.opcode;
    const Shape shape = decode::Info(opcode).shape;
    for (const Operand& address : {Operand::In(Gp(6)), kSecondInFrame, Operand::Constant(5)}) {
      Places places = {Xmm(2), {Operand::In(Xmm(2)), {}, {}}};
      places.scalar = address;
      Inputs in = {Vectors().back(), {}, {}, 5, 0};
      if (shape == Shape::kVectorLoad) {
        MakeVector(places, [&](Masm& m) { m.Load(opcode, Xmm(2), kExchange, address, kOffset); });
        const VectorExchange exchange = RunVector(in);
        Inputs loaded;
        std::copy_n(exchange.memory + 5, decode::AccessBits(opcode) / 8, loaded.a.bytes.begin());
        EXPECT_EQ(Text(exchange.result), Text(reference.apply(loaded))) << decode::Name(opcode);
        EXPECT_EQ(ChangedRegisters(exchange), "");
      } else if (shape == Shape::kVectorStore) {
        for (const Operand& value : {Operand::In(Xmm(2)), kFirstInFrame}) {
          places.operands[0] = value;
          MakeVector(places, [&](Masm& m) { m.Store(opcode, value, kExchange, address, kOffset); });
          const VectorExchange exchange = RunVector(in);
          EXPECT_EQ(std::memcmp(exchange.memory + 5, in.a.bytes.data(), 16), 0);
          EXPECT_EQ(exchange.memory[4], static_cast<uint8_t>(4 * 37 + 129));
          EXPECT_EQ(exchange.memory[21], static_cast<uint8_t>(21 * 37 + 129));
        }
      }
    }
  }
}

TEST_P(MasmVectorTest, LoadsAndStoresOfLanes) {
  constexpr uint64_t kOffset = offsetof(VectorExchange, memory);
  for (const Reference& reference : kReferences) {
    const Opcode opcode = reference.opcode;
    const Shape shape = decode::Info(opcode).shape;
    const bool is_load = shape == Shape::kVectorLoadLane;
    if (!is_load && shape != Shape::kVectorStoreLane) continue;
    const size_t bytes = decode::AccessBits(opcode) / 8;
    for (uint32_t lane = 0; lane < decode::LaneCount(opcode); ++lane) {
      for (Register destination : {Xmm(2), Xmm(9)}) {
        Places places = {destination, {Operand::In(Xmm(2)), {}, {}}};
        const Inputs in = {Vectors().back(), {}, {}, 5, 0};
        const Masm::Place place = {kExchange, places.scalar, kOffset, false, false};
        MakeVector(places, [&](Masm& m) {
          if (is_load) return m.LoadLane(opcode, destination, place, Xmm(2), lane);
          m.StoreLane(opcode, place, Xmm(2), lane);
        });
        const VectorExchange exchange = RunVector(in);
        const uint8_t* const lane_bytes = in.a.bytes.data() + lane * bytes;
        if (is_load) {
          V128 expected = in.a;
          std::copy_n(exchange.memory + 5, bytes, expected.bytes.begin() + lane * bytes);
          EXPECT_EQ(Text(exchange.result), Text(expected)) << decode::Name(opcode);
        } else {
          EXPECT_EQ(std::memcmp(exchange.memory + 5, lane_bytes, bytes), 0) << decode::Name(opcode);
          EXPECT_EQ(exchange.memory[5 + bytes], static_cast<uint8_t>((5 + bytes) * 37 + 129));
        }
        EXPECT_EQ(ChangedRegisters(exchange), "");
      }
    }
  }
}

TEST_P(MasmVectorTest, MovesSelectionsAndTestsInJumps) {
  for (const V128& a : Vectors()) {
    for (const bool is_taken : {false, true}) {
      const Places places = {Xmm(5), {Operand::In(Xmm(2)), kSecondInFrame, {}}};
      MakeVector(places, [&](Masm& m) {
        // A constant goes through a frame slot.
        m.Spill(Type::kV128, -216, Operand::Constant(m.VectorConstant(a.bytes.data())));
        m.Spill(Type::kV128, -200, Operand::InFrame(-216));
        const Condition condition = m.VectorTest(Opcode::kV128AnyTrue, Xmm(2));
        m.SelectIf(is_taken ? condition : baseline::Negate(condition), Type::kV128, Xmm(5),
                   Operand::InFrame(-200), kSecondInFrame);
      });
      const Inputs in = {Vectors().back(), Vectors()[20], {}, 0, 0};
      EXPECT_EQ(Text(RunVector(in).result), Text(is_taken ? a : in.b));
    }
  }
}

MASM_TEST_LEVELS(MasmVectorTest);

}  // namespace
}  // namespace wasmtier::test
