#include "test/differential/constants.h"

#include <bit>
#include <cstdint>

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

void AppendMakeSmall(Code& code, char type) {
  if (type == 'f') {
    code.F32Const(0).Op(Opcode::kF32Max).F32Const(1000).Op(Opcode::kF32Min);
  } else {
    code.F64Const(0).Op(Opcode::kF64Max).F64Const(1000).Op(Opcode::kF64Min);
  }
}

}  // namespace wasmtier::test
