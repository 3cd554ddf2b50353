#include "test/differential/constants.h"

#include <bit>
#include <cstdint>
#include <string_view>
#include <vector>

#include "test/differential/plan.h"

namespace wasmtier::test {
namespace {

using decode::Opcode;

template <typename Float, typename Bits>
Float FloatConstant(Choices& choices) {
  static constexpr double kValues[] = {0,     1,   -0.0,   0.5,        -1.5,        2,
                                       -7.25, 1e3, 1e10,   2147483647, -2147483648, 4294967296.0,
                                       1e-40, 3.7, 1.0e19, 1.0 / 3};
  if (choices.OneIn(5)) {
    const auto value = std::bit_cast<Float>(static_cast<Bits>(choices.Bits()));
    return value == value ? value : std::bit_cast<Float>(static_cast<Bits>(0));
  }
  return static_cast<Float>(choices.Of(kValues));
}

int64_t IntegerConstant(Choices& choices) {
  static constexpr int64_t kValues[] = {
      0,     1,    -1,   2,   3,   7,    8,   31,         32,          63,        64,     127,
      128,   -128, -129, 255, 256, 4095, -64, 100,        32767,       32768,     -32768, 65535,
      65536, 10,   1000, 5,   16,  24,   15,  2147483647, -2147483648, 4294967295};
  switch (choices.Below(6)) {
    case 4:
      return static_cast<int64_t>(uint64_t{1} << choices.Below(64));
    case 5:
      return static_cast<int64_t>(choices.Bits());
    default:
      return choices.Of(kValues);
  }
}

// Lanes that are edges of integers or floats, one in all lanes or different ones.
std::vector<uint8_t> VectorConstant(Choices& choices) {
  static constexpr uint32_t kWidths[] = {1, 2, 4, 8};
  const uint32_t width = choices.Of(kWidths);
  const bool is_float = width >= 4 && choices.OneIn(2);
  const bool is_splat = choices.OneIn(3);
  std::vector<uint8_t> bytes;
  uint64_t lane = 0;
  while (bytes.size() < 16) {
    if (bytes.empty() || !is_splat) {
      lane = static_cast<uint64_t>(IntegerConstant(choices));
      if (is_float && width == 4)
        lane = std::bit_cast<uint32_t>(FloatConstant<float, uint32_t>(choices));
      if (is_float && width == 8)
        lane = std::bit_cast<uint64_t>(FloatConstant<double, uint64_t>(choices));
    }
    for (uint32_t i = 0; i < width; ++i) bytes.push_back(static_cast<uint8_t>(lane >> (8 * i)));
  }
  return bytes;
}

}  // namespace

void AppendZero(Code& code, char type) {
  switch (type) {
    case 'i':
      code.I32Const(0);
      break;
    case 'l':
      code.I64Const(0);
      break;
    case 'f':
      code.F32Const(0);
      break;
    case 'd':
      code.F64Const(0);
      break;
    case 'v':
      code.Op(Opcode::kV128Const).Raw(std::vector<uint8_t>(16));
      break;
    default:
      code.Op(Opcode::kRefNull).Raw({TypeByte(type)});
  }
}

void AppendConstant(Choices& choices, Code& code, char type) {
  switch (type) {
    case 'i':
      code.I32Const(static_cast<int32_t>(IntegerConstant(choices)));
      break;
    case 'l':
      code.I64Const(IntegerConstant(choices));
      break;
    case 'f':
      code.F32Const(FloatConstant<float, uint32_t>(choices));
      break;
    case 'd':
      code.F64Const(FloatConstant<double, uint64_t>(choices));
      break;
    case 'v':
      code.Op(Opcode::kV128Const).Raw(VectorConstant(choices));
      break;
    default:
      AppendZero(code, type);
  }
}

void AppendDivisor(Choices& choices, Code& code, char type) {
  static constexpr int64_t kDivisors[] = {1,  2,  3,   4,   5,    6,    7,  8,    9,    10,    12,
                                          13, 16, 25,  64,  100,  641,  -2, -3,   -5,   -7,    -8,
                                          11, 60, 125, 255, 1000, 1024, -9, 3600, 1000, 65536, 2};
  const int64_t divisor = choices.Of(kDivisors);
  if (choices.OneIn(4)) {
    const int shift = static_cast<int>(choices.Below(type == 'i' ? 32 : 64));
    const auto power = static_cast<int64_t>(uint64_t{1} << shift);
    type == 'i' ? code.I32Const(static_cast<int32_t>(power)) : code.I64Const(power);
    return;
  }
  type == 'i' ? code.I32Const(static_cast<int32_t>(divisor)) : code.I64Const(divisor);
}

void AppendMakeOdd(Code& code, char type) {
  if (type == 'i') {
    code.I32Const(0xff).Op(Opcode::kI32And).I32Const(1).Op(Opcode::kI32Or);
  } else {
    code.I64Const(0xffffff).Op(Opcode::kI64And).I64Const(1).Op(Opcode::kI64Or);
  }
}

void AppendFold(Choices& choices, Code& code, char type) {
  static constexpr Opcode kFold[5][2] = {{Opcode::kI32Xor, Opcode::kI32Sub},
                                         {Opcode::kI64Xor, Opcode::kI64Sub},
                                         {Opcode::kF32Add, Opcode::kF32Sub},
                                         {Opcode::kF64Add, Opcode::kF64Sub},
                                         {Opcode::kI8x16Add, Opcode::kI64x2Sub}};
  code.Op(kFold[std::string_view("ilfdv").find(type)][choices.OneIn(2) ? 1 : 0]);
}

void AppendLanes(Choices& choices, Code& code, Opcode opcode) {
  if (opcode == Opcode::kI8x16Shuffle) {
    for (int i = 0; i < 16; ++i) code.Raw({static_cast<int>(choices.Below(32))});
  } else if (const uint32_t lanes = decode::LaneCount(opcode); lanes != 0) {
    code.Raw({static_cast<int>(choices.Below(lanes))});
  }
}

void AppendWithoutNanLanes(Code& code, uint32_t local, int bits) {
  code.Op(Opcode::kLocalTee, local).LocalGet(local).LocalGet(local);
  code.Op(bits == 32 ? Opcode::kF32x4Eq : Opcode::kF64x2Eq).Op(Opcode::kV128And);
  code.Op(Opcode::kLocalTee, local);  // others may read the local
}

void AppendMakeSmall(Code& code, char type) {
  if (type == 'f') {
    code.F32Const(0).Op(Opcode::kF32Max).F32Const(1000).Op(Opcode::kF32Min);
  } else {
    code.F64Const(0).Op(Opcode::kF64Max).F64Const(1000).Op(Opcode::kF64Min);
  }
}

}  // namespace wasmtier::test
