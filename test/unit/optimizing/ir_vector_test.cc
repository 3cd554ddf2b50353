// What vector instructions compute: those without immediates, all of them, beside tiers/semantics.
#include "tiers/optimizing/ir_vector.h"

#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "test/unit/optimizing/ir_fixture.h"
#include "tiers/decode/opcode.h"
#include "tiers/semantics/vector_operation.h"

namespace wasmtier::test {
namespace {

using decode::Opcode;
using decode::Shape;
using optimizing::Lanes;
using optimizing::Pipeline;
using optimizing::VectorName;
using runtime::RelaxedSimd;
using Vector = semantics::V128;

// As they lie in memory, from 0 on.
struct Inputs {
  Vector vectors[3];
  uint64_t scalar;
};
constexpr uint32_t kScalarAddress = offsetof(Inputs, scalar);
constexpr uint32_t kResultAddress = 1024;

constexpr bool HasNoImmediates(Shape shape) {
  switch (shape) {
    case Shape::kVectorUnary:
    case Shape::kVectorBinary:
    case Shape::kVectorTernary:
    case Shape::kVectorShift:
    case Shape::kVectorTest:
    case Shape::kVectorSplat:
      return true;
    default:
      return false;
  }
}

template <typename Operation, Opcode op>
auto Apply(const Inputs& in) {
  constexpr decode::OpcodeInfo kInfo = decode::Info(op);
  if constexpr (kInfo.shape == Shape::kVectorShift) {
    return Operation::Apply(in.vectors[0], static_cast<uint32_t>(in.scalar));
  } else if constexpr (kInfo.shape == Shape::kVectorSplat) {
    constexpr runtime::ValueKind kKind = kInfo.signature.params[0].kind();
    if constexpr (kKind == runtime::ValueKind::kI64) {
      return Operation::Apply(in.scalar);
    } else if constexpr (kKind == runtime::ValueKind::kF64) {
      return Operation::Apply(std::bit_cast<double>(in.scalar));
    } else if constexpr (kKind == runtime::ValueKind::kF32) {
      return Operation::Apply(std::bit_cast<float>(static_cast<uint32_t>(in.scalar)));
    } else {
      return Operation::Apply(static_cast<uint32_t>(in.scalar));
    }
  } else if constexpr (kInfo.signature.param_count == 1) {
    return Operation::Apply(in.vectors[0]);
  } else if constexpr (kInfo.signature.param_count == 2) {
    return Operation::Apply(in.vectors[0], in.vectors[1]);
  } else {
    return Operation::Apply(in.vectors[0], in.vectors[1], in.vectors[2]);
  }
}

template <template <Opcode> typename Operation, Opcode op>
Vector Expected(const Inputs& in) {
  const auto result = Apply<Operation<op>, op>(in);
  if constexpr (std::is_same_v<decltype(result), const Vector>) {
    return result;
  } else {
    Vector vector{};
    const uint32_t number = result;
    std::memcpy(&vector, &number, sizeof(number));
    return vector;
  }
}

struct Row {
  Opcode opcode;
  Vector (*strict)(const Inputs&);
  Vector (*fast)(const Inputs&);
};

template <Opcode op>
void AddRow(std::vector<Row>* rows) {
  if constexpr (HasNoImmediates(decode::Info(op).shape)) {
    rows->push_back({op, Expected<semantics::VectorOperation, op>,
                     Expected<semantics::FastVectorOperation, op>});
  }
}

std::vector<Row> AllRows() {
  std::vector<Row> rows;
#define WASM_OPCODE(Name, code, text, immediates, signature, shape, feature) \
  AddRow<Opcode::k##Name>(&rows);
#include "tiers/decode/opcodes.def"
#undef WASM_OPCODE
  return rows;
}

// As the text parser calls it, which knows two of them by their proposal's first names.
std::string TextName(Opcode opcode) {
  std::string name = decode::Name(opcode);
  constexpr std::string_view kRelaxed = "relaxed_";
  const size_t dot = name.find("relaxed_dot");
  return dot == std::string::npos ? name : name.erase(dot, kRelaxed.size());
}

// A function that leaves the results of all rows in memory.
std::string ModuleOf(const std::vector<Row>& rows) {
  std::string text = "(module (memory (export \"memory\") 1) (func (export \"run\")\n";
  uint32_t address = kResultAddress;
  for (const Row& row : rows) {
    const decode::Signature& signature = decode::Info(row.opcode).signature;
    const auto load = [](runtime::ValueType type, uint32_t from) {
      return "(" + runtime::ToString(type) + ".load (i32.const " + std::to_string(from) + "))";
    };
    text += "(" + runtime::ToString(signature.result) + ".store (i32.const " +
            std::to_string(address) + ") (" + TextName(row.opcode);
    for (int i = 0; i < signature.param_count; ++i) {
      const runtime::ValueType type = signature.params[i];
      text += " " + load(type, type == runtime::kV128 ? 16 * i : kScalarAddress);
    }
    text += "))\n";
    address += 16;
  }
  return text + "))";
}

uint64_t LaneOf(const Vector& vector, const Lanes& lanes, unsigned lane) {
  uint64_t bits = 0;
  std::memcpy(&bits, vector.bytes.data() + lane * lanes.bits / 8, lanes.bits / 8);
  return bits;
}

// Instructions that leave the bits of NaNs as they are.
bool KeepsNans(std::string_view verb) {
  return verb == "abs" || verb == "neg" || verb == "pmin" || verb == "pmax" || verb == "splat";
}

uint64_t CanonicalNan(unsigned width) { return width == 32 ? 0x7fc00000 : 0x7ff8'0000'0000'0000; }

bool IsQuietNan(uint64_t bits, unsigned width) {
  return (bits & CanonicalNan(width)) == CanonicalNan(width);
}

bool IsCanonicalNan(uint64_t bits, unsigned width) {
  return (bits & ~(uint64_t{1} << (width - 1))) == CanonicalNan(width);
}

// Of NaNs that are all canonical comes a canonical one.
bool MustBeCanonical(const Inputs& in, const Lanes& lanes, unsigned lane) {
  const uint64_t infinity = lanes.bits == 32 ? 0x7f800000 : 0x7ff0'0000'0000'0000;
  for (const Vector& vector : in.vectors) {
    const uint64_t bits = LaneOf(vector, lanes, lane);
    const bool is_nan = (bits & ~(uint64_t{1} << (lanes.bits - 1))) > infinity;
    if (is_nan && !IsCanonicalNan(bits, lanes.bits)) return false;
  }
  return true;
}

// Equal, or NaNs between which the spec does not choose.
bool IsSame(const Row& row, const Inputs& in, const Vector& found, const Vector& expected) {
  if (found == expected) return true;
  const VectorName name(decode::Name(row.opcode));
  if (!name.lanes.is_float || KeepsNans(name.verb)) return false;
  const unsigned bits = name.lanes.bits;
  for (unsigned lane = 0; lane < name.lanes.count(); ++lane) {
    const uint64_t a = LaneOf(found, name.lanes, lane);
    const uint64_t b = LaneOf(expected, name.lanes, lane);
    if (a == b) continue;
    if (!IsQuietNan(a, bits) || !IsQuietNan(b, bits)) return false;
    if (MustBeCanonical(in, name.lanes, lane) && !IsCanonicalNan(a, bits)) return false;
  }
  return true;
}

std::string Text(const Vector& vector) {
  std::string text;
  constexpr char kDigits[] = "0123456789abcdef";
  for (uint8_t byte : vector.bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
    text += ' ';
  }
  return text;
}

// Numbers at which something changes, by the bytes of a lane, and random ones.
class Numbers {
 public:
  Vector Next() {
    const int kind = static_cast<int>(random_() % 6);
    Vector vector;
    switch (kind) {
      case 0:
        return Fill<uint8_t>({0, 1, 2, 7, 8, 15, 16, 0x7e, 0x7f, 0x80, 0x81, 0xc0, 0xfe, 0xff});
      case 1:
        return Fill<uint16_t>({0, 1, 0x7f, 0x80, 0xff, 0x100, 0x4000, 0x7ffe, 0x7fff, 0x8000,
                               0x8001, 0xff7f, 0xff80, 0xffff});
      case 2:
        return Fill<uint32_t>({0, 1, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000,
                               0x80000001, 0xffff7fff, 0xffff8000, 0xffffffff, 0x01000001});
      case 3:
        return Fill<uint32_t>({0x00000000, 0x80000000, 0x3f800000, 0xbf800000, 0x3f000000,
                               0x3fc00000, 0xc0200000, 0x00000001, 0x807fffff, 0x7f7fffff,
                               0x7f800000, 0xff800000, 0x7fc00000, 0xffc00000, 0x7f800001,
                               0xffa00000, 0x7fc01234, 0x4effffff, 0x4f000000, 0xcf000000,
                               0xcf000001, 0x4f7fffff, 0x4f800000, 0x4b000001, 0x5f000000});
      case 4:
        return Fill<uint64_t>({0,
                               uint64_t{1} << 63,
                               0x3ff0000000000000,
                               0xbff0000000000000,
                               0x3fe0000000000000,
                               0x3ff8000000000000,
                               0xc004000000000000,
                               1,
                               0x7fefffffffffffff,
                               0x7ff0000000000000,
                               0xfff0000000000000,
                               0x7ff8000000000000,
                               0xfff8000000000000,
                               0x7ff0000000000001,
                               0xfff4000000000000,
                               0x7ff8000000001234,
                               0x41dfffffffc00000,
                               0x41dfffffffe00000,
                               0x41e0000000000000,
                               0xc1e0000000000000,
                               0xc1e0000000200000,
                               0xc1e0000000100000,
                               0x41efffffffe00000,
                               0x41effffffff00000,
                               0x41f0000000000000,
                               0x43e0000000000000,
                               0x36a0000000000000,
                               0x47efffffe0000000,
                               0x47effffff0000000,
                               0x8000000000000000,
                               0x7fffffffffffffff,
                               0x00000000ffffffff});
      default:
        for (uint8_t& byte : vector.bytes) byte = static_cast<uint8_t>(random_());
        return vector;
    }
  }
  uint64_t Scalar() {
    const Vector vector = Next();
    return LaneOf(vector, {64}, 0);
  }

 private:
  template <typename T>
  Vector Fill(std::initializer_list<T> numbers) {
    Vector vector;
    for (size_t i = 0; i < 16; i += sizeof(T)) {
      const T number = numbers.begin()[random_() % numbers.size()];
      std::memcpy(vector.bytes.data() + i, &number, sizeof(T));
    }
    return vector;
  }

  std::mt19937_64 random_{1};
};

class IrVector : public IrTest {
 protected:
  void CompareAll(std::string_view what, int inputs, RelaxedSimd relaxed) {
    const std::vector<Row> rows = AllRows();
    SetRelaxedSimd(relaxed);
    Load(ModuleOf(rows));
    uint8_t* const memory = instance().context().memory_base;
    Numbers numbers;
    std::vector<int> failures(rows.size());
    for (int i = 0; i < inputs; ++i) {
      const Inputs in = {{numbers.Next(), numbers.Next(), numbers.Next()}, numbers.Scalar()};
      std::memset(memory, 0, kResultAddress + rows.size() * 16);
      std::memcpy(memory, &in, sizeof(in));
      const Outcome outcome = Compiled("run");
      ASSERT_EQ(outcome.kind, Outcome::Kind::kReturned) << what << ": " << outcome.message;
      for (size_t row = 0; row < rows.size(); ++row) {
        const Vector expected =
            relaxed == RelaxedSimd::kDeterministic ? rows[row].strict(in) : rows[row].fast(in);
        Vector found;
        std::memcpy(&found, memory + kResultAddress + row * 16, sizeof(found));
        if (IsSame(rows[row], in, found, expected) || ++failures[row] > 2) continue;
        ADD_FAILURE() << what << ": " << decode::Name(rows[row].opcode) << "\n  of "
                      << Text(in.vectors[0]) << "\n     " << Text(in.vectors[1]) << "\n     "
                      << Text(in.vectors[2]) << "\n     scalar " << std::hex << in.scalar
                      << "\n  is " << Text(found) << "\n not " << Text(expected);
      }
    }
  }
};

TEST_F(IrVector, ComputesWhatTheSemanticsSay) {
  EXPECT_EQ(AllRows().size(), 218u);
  for (const char* cpu : {"", "x86-64-v2", "sandybridge", "x86-64-v3"}) {
    options_.cpu = cpu;
    CompareAll(std::string("on ") + cpu, 1000, RelaxedSimd::kDeterministic);
  }
}

TEST_F(IrVector, ComputesTheSameInTheQuickPipeline) {
  options_.pipeline = Pipeline::kQuick;
  CompareAll("quick", 300, RelaxedSimd::kDeterministic);
}

TEST_F(IrVector, RelaxedInstructionsMayBeTheProcessors) {
  if (!__builtin_cpu_supports("fma")) GTEST_SKIP() << "no FMA";
  for (const char* cpu : {"", "x86-64-v3"}) {
    options_.cpu = cpu;
    CompareAll(std::string("fast on ") + cpu, 1000, RelaxedSimd::kFastFused);
  }
}

}  // namespace
}  // namespace wasmtier::test
