// Which instructions each numeric opcode is.
#include "tiers/baseline/x64/assembler.h"

namespace wasmtier::baseline {
namespace {

// roundss's immediates, without the precision exception.
constexpr int kRoundNearest = 8;
constexpr int kRoundDown = 9;
constexpr int kRoundUp = 10;
constexpr int kRoundToZero = 11;

}  // namespace

void Masm::Assembler::Convert(Opcode opcode, Register destination, const Operand& a) {
  const OpcodeTypes types = TypesOf(opcode);
  const bool is_64 = Is64(types.operand);
  auto truncate = [&](bool is_signed, bool saturates) {
    Truncate({is_64, Is64(types.result), is_signed, saturates}, destination, a);
  };
  switch (opcode) {
    case Opcode::kI32WrapI64:
    case Opcode::kI64ExtendI32U:
      return MoveInteger(/*is_64=*/false, destination,
                         a.IsConstant() ? Operand::Constant(static_cast<uint32_t>(a.bits)) : a);
    case Opcode::kI64ExtendI32S: {
      asmjit::Operand from = SourceNotImmediate(/*is_64=*/false, a, kRax);
      return Emit(Inst::kIdMovsxd, R64(destination), from);
    }
    case Opcode::kI32TruncF32S:
    case Opcode::kI32TruncF64S:
    case Opcode::kI64TruncF32S:
    case Opcode::kI64TruncF64S:
      return truncate(/*is_signed=*/true, /*saturates=*/false);
    case Opcode::kI32TruncF32U:
    case Opcode::kI32TruncF64U:
    case Opcode::kI64TruncF32U:
    case Opcode::kI64TruncF64U:
      return truncate(/*is_signed=*/false, /*saturates=*/false);
    case Opcode::kI32TruncSatF32S:
    case Opcode::kI32TruncSatF64S:
    case Opcode::kI64TruncSatF32S:
    case Opcode::kI64TruncSatF64S:
      return truncate(/*is_signed=*/true, /*saturates=*/true);
    case Opcode::kI32TruncSatF32U:
    case Opcode::kI32TruncSatF64U:
    case Opcode::kI64TruncSatF32U:
    case Opcode::kI64TruncSatF64U:
      return truncate(/*is_signed=*/false, /*saturates=*/true);
    case Opcode::kF32ConvertI32S:
    case Opcode::kF32ConvertI64S:
    case Opcode::kF64ConvertI32S:
    case Opcode::kF64ConvertI64S:
      return IntToFloat(is_64, /*is_signed=*/true, Is64(types.result), destination, a);
    case Opcode::kF32ConvertI32U:
    case Opcode::kF32ConvertI64U:
    case Opcode::kF64ConvertI32U:
    case Opcode::kF64ConvertI64U:
      return IntToFloat(is_64, /*is_signed=*/false, Is64(types.result), destination, a);
    case Opcode::kF32DemoteF64:
    case Opcode::kF64PromoteF32:
      return Resize(Is64(types.result), destination, a);
    case Opcode::kI32ReinterpretF32:
    case Opcode::kI64ReinterpretF64:
      if (!a.IsRegister()) return MoveInteger(is_64, destination, a);
      return Emit(
          is_64 ? Pick({Inst::kIdMovq, Inst::kIdVmovq}) : Pick({Inst::kIdMovd, Inst::kIdVmovd}),
          R(is_64, destination), X(a.reg));
    case Opcode::kF32ReinterpretI32:
    case Opcode::kF64ReinterpretI64:
      if (!a.IsRegister()) return MoveFloat(is_64, destination, a);
      return Emit(
          is_64 ? Pick({Inst::kIdMovq, Inst::kIdVmovq}) : Pick({Inst::kIdMovd, Inst::kIdVmovd}),
          X(destination), R(is_64, a.reg));
    default:
      error = asmjit::kErrorInvalidInstruction;
  }
}

void Masm::Unary(Opcode opcode, Register destination, const Operand& a) {
  Assembler& as = *assembler_;
  const bool is_64 = Is64(TypesOf(opcode).operand);
  auto extend = [&](uint32_t bytes) {
    const InstId instruction = bytes == 4 ? Inst::kIdMovsxd : Inst::kIdMovsx;
    if (a.kind == Operand::Kind::kFrame) {
      return as.Emit(instruction, as.R(is_64, destination), as.Frame(a.offset, bytes));
    }
    Register from = as.InRegister(is_64, a, kRax);
    const x86::Gp part = bytes == 1   ? static_cast<x86::Gp>(as.R8(from))
                         : bytes == 2 ? static_cast<x86::Gp>(as.R16(from))
                                      : as.R32(from);
    as.Emit(instruction, as.R(is_64, destination), part);
  };
  switch (opcode) {
    case Opcode::kI32Clz:
    case Opcode::kI64Clz:
      return as.CountZeros(/*leading=*/true, is_64, destination, a);
    case Opcode::kI32Ctz:
    case Opcode::kI64Ctz:
      return as.CountZeros(/*leading=*/false, is_64, destination, a);
    case Opcode::kI32Popcnt:
    case Opcode::kI64Popcnt:
      return as.PopulationCount(is_64, destination, a);
    case Opcode::kI32Extend8S:
    case Opcode::kI64Extend8S:
      return extend(1);
    case Opcode::kI32Extend16S:
    case Opcode::kI64Extend16S:
      return extend(2);
    case Opcode::kI64Extend32S:
      return extend(4);
    case Opcode::kF32Abs:
    case Opcode::kF64Abs:
      return as.FloatSign(is_64, {Inst::kIdAndps, Inst::kIdVandps}, /*sign_mask=*/false,
                          destination, a);
    case Opcode::kF32Neg:
    case Opcode::kF64Neg:
      return as.FloatSign(is_64, {Inst::kIdXorps, Inst::kIdVxorps}, /*sign_mask=*/true, destination,
                          a);
    case Opcode::kF32Ceil:
    case Opcode::kF64Ceil:
      return as.Round(is_64, kRoundUp, destination, a);
    case Opcode::kF32Floor:
    case Opcode::kF64Floor:
      return as.Round(is_64, kRoundDown, destination, a);
    case Opcode::kF32Trunc:
    case Opcode::kF64Trunc:
      return as.Round(is_64, kRoundToZero, destination, a);
    case Opcode::kF32Nearest:
    case Opcode::kF64Nearest:
      return as.Round(is_64, kRoundNearest, destination, a);
    case Opcode::kF32Sqrt:
    case Opcode::kF64Sqrt:
      return as.SquareRoot(is_64, destination, a);
    default:
      return as.Convert(opcode, destination, a);
  }
}

void Masm::Binary(Opcode opcode, Register destination, const Operand& a, const Operand& b) {
  Assembler& as = *assembler_;
  const bool is_64 = Is64(TypesOf(opcode).operand);
  auto arithmetic = [&](FloatInstruction single, FloatInstruction twice, bool commutative) {
    as.FloatBinary(is_64 ? twice : single, is_64, commutative, destination, a, b);
  };
  switch (opcode) {
    case Opcode::kI32Add:
    case Opcode::kI64Add:
      return as.Add(is_64, destination, a, b);
    case Opcode::kI32Sub:
    case Opcode::kI64Sub:
      return as.Sub(is_64, destination, a, b);
    case Opcode::kI32Mul:
    case Opcode::kI64Mul:
      return as.Mul(is_64, destination, a, b);
    case Opcode::kI32DivS:
    case Opcode::kI64DivS:
      return as.Divide({is_64, true, false}, destination, a, b);
    case Opcode::kI32DivU:
    case Opcode::kI64DivU:
      return as.Divide({is_64, false, false}, destination, a, b);
    case Opcode::kI32RemS:
    case Opcode::kI64RemS:
      return as.Divide({is_64, true, true}, destination, a, b);
    case Opcode::kI32RemU:
    case Opcode::kI64RemU:
      return as.Divide({is_64, false, true}, destination, a, b);
    case Opcode::kI32And:
    case Opcode::kI64And:
      return as.Bitwise(Inst::kIdAnd, is_64, destination, a, b);
    case Opcode::kI32Or:
    case Opcode::kI64Or:
      return as.Bitwise(Inst::kIdOr, is_64, destination, a, b);
    case Opcode::kI32Xor:
    case Opcode::kI64Xor:
      return as.Bitwise(Inst::kIdXor, is_64, destination, a, b);
    case Opcode::kI32Shl:
    case Opcode::kI64Shl:
    case Opcode::kI32ShrS:
    case Opcode::kI64ShrS:
    case Opcode::kI32ShrU:
    case Opcode::kI64ShrU:
    case Opcode::kI32Rotl:
    case Opcode::kI64Rotl:
    case Opcode::kI32Rotr:
    case Opcode::kI64Rotr:
      return as.Shift(opcode, is_64, destination, a, b);
    case Opcode::kF32Add:
    case Opcode::kF64Add:
      return arithmetic({Inst::kIdAddss, Inst::kIdVaddss}, {Inst::kIdAddsd, Inst::kIdVaddsd}, true);
    case Opcode::kF32Sub:
    case Opcode::kF64Sub:
      return arithmetic({Inst::kIdSubss, Inst::kIdVsubss}, {Inst::kIdSubsd, Inst::kIdVsubsd},
                        false);
    case Opcode::kF32Mul:
    case Opcode::kF64Mul:
      return arithmetic({Inst::kIdMulss, Inst::kIdVmulss}, {Inst::kIdMulsd, Inst::kIdVmulsd}, true);
    case Opcode::kF32Div:
    case Opcode::kF64Div:
      return arithmetic({Inst::kIdDivss, Inst::kIdVdivss}, {Inst::kIdDivsd, Inst::kIdVdivsd},
                        false);
    case Opcode::kF32Min:
    case Opcode::kF64Min:
      return as.FloatMinMax(is_64, /*is_max=*/false, destination, a, b);
    case Opcode::kF32Max:
    case Opcode::kF64Max:
      return as.FloatMinMax(is_64, /*is_max=*/true, destination, a, b);
    case Opcode::kF32Copysign:
    case Opcode::kF64Copysign:
      return as.Copysign(is_64, destination, a, b);
    default:
      as.error = asmjit::kErrorInvalidInstruction;
  }
}

}  // namespace wasmtier::baseline
