// Vectors: shifts.
#include "tiers/baseline/x64/assembler.h"
#include "tiers/baseline/x64/vector_instructions.h"

namespace wasmtier::baseline {
namespace {

constexpr FloatInstruction kUnpackLowBytes = {Inst::kIdPunpcklbw, Inst::kIdVpunpcklbw};
constexpr FloatInstruction kUnpackHighBytes = {Inst::kIdPunpckhbw, Inst::kIdVpunpckhbw};

// The shift that is one instruction, if there is one.
FloatInstruction SingleShift(Opcode opcode) {
  switch (opcode) {
    case Opcode::kI16x8Shl:
      return kShiftLeft16;
    case Opcode::kI16x8ShrS:
      return kShiftRightSigned16;
    case Opcode::kI16x8ShrU:
      return kShiftRight16;
    case Opcode::kI32x4Shl:
      return {Inst::kIdPslld, Inst::kIdVpslld};
    case Opcode::kI32x4ShrS:
      return {Inst::kIdPsrad, Inst::kIdVpsrad};
    case Opcode::kI32x4ShrU:
      return {Inst::kIdPsrld, Inst::kIdVpsrld};
    case Opcode::kI64x2Shl:
      return {Inst::kIdPsllq, Inst::kIdVpsllq};
    case Opcode::kI64x2ShrU:
      return kShiftRight64;
    default:
      return {Inst::kIdNone, Inst::kIdNone};
  }
}

// Counts are taken modulo the bits of a lane.
uint32_t CountMask(Opcode opcode) {
  if (opcode <= Opcode::kI8x16ShrU) return 7;
  if (opcode <= Opcode::kI16x8ShrU) return 15;
  if (opcode <= Opcode::kI32x4ShrU) return 31;
  return 63;
}

}  // namespace

void Masm::VectorShift(Opcode opcode, Register destination, Register a, const Operand& count) {
  Assembler& as = *assembler_;
  const uint32_t mask = CountMask(opcode);
  FloatInstruction single = SingleShift(opcode);
  const bool is_signed_64 = opcode == Opcode::kI64x2ShrS;
  if (is_signed_64 && as.cpu.avx512) single = {Inst::kIdNone, Inst::kIdVpsraq};
  const bool is_single = single.avx != Inst::kIdNone;
  if (count.IsConstant()) {
    const int constant = static_cast<int>(count.bits & mask);
    if (constant == 0) return as.MoveVector(destination, Operand::In(a));
    if (is_single) return as.ApplyShift(single, destination, a, constant);
    if (is_signed_64) return as.ShiftSigned64(destination, a, constant);
    return as.ShiftBytes(opcode, destination, a, constant);
  }
  as.MoveInteger(/*is_64=*/false, kRax, count);
  as.Emit(Inst::kIdAnd, x86::eax, asmjit::imm(mask));
  if (is_single || is_signed_64) {
    as.Emit(as.Pick({Inst::kIdMovd, Inst::kIdVmovd}), as.X(kXmm1), x86::eax);
    if (is_signed_64 && !is_single) return as.ShiftSigned64(destination, a, Assembler::kInRegister);
    return as.Apply(single, destination, a, Operand::In(kXmm1));
  }
  as.ShiftBytes(opcode, destination, a, Assembler::kInRegister);
}

// By a constant, or by eax. There are no shifts of bytes.
void Masm::Assembler::ShiftBytes(Opcode opcode, Register destination, Register a, int count) {
  const bool is_constant = count != kInRegister;
  if (opcode == Opcode::kI8x16ShrS) return ShiftBytesSigned(destination, a, count);
  const bool is_left = opcode == Opcode::kI8x16Shl;
  const FloatInstruction shift = is_left ? kShiftLeft16 : kShiftRight16;
  if (is_constant) {
    const uint32_t kept = is_left ? 0xffu << count & 0xff : 0xffu >> count;
    ApplyShift(shift, destination, a, count);
    return Apply(kAnd, destination, destination, Repeated(kept * uint64_t{0x0101010101010101}));
  }
  // xmm0 = 0xff >> count in each byte: what is left of a byte shifted right, or what a byte shifted
  // left keeps, before it is.
  Emit(Pick({Inst::kIdMovd, Inst::kIdVmovd}), X(kXmm1), x86::eax);
  MoveVector(kXmm0, Repeated(0x00ff00ff00ff00ff));
  Apply(kShiftRight16, kXmm0, kXmm0, Operand::In(kXmm1));
  Apply({Inst::kIdPackuswb, Inst::kIdVpackuswb}, kXmm0, kXmm0, Operand::In(kXmm0));
  if (is_left) {
    Apply(kAnd, kXmm0, kXmm0, Operand::In(a));
    return ApplyLast(shift, destination, kXmm0, Operand::In(kXmm1));
  }
  Apply(shift, destination, a, Operand::In(kXmm1));
  Apply(kAnd, destination, destination, Operand::In(kXmm0));
}

// Each byte in the upper half of a word.
void Masm::Assembler::ShiftBytesSigned(Register destination, Register a, int count) {
  constexpr int kByte = 8;
  const bool is_constant = count != kInRegister;
  if (!is_constant) {
    Emit(Inst::kIdAdd, x86::eax, asmjit::imm(kByte));
    Emit(Pick({Inst::kIdMovd, Inst::kIdVmovd}), X(kXmm1), x86::eax);
  }
  const auto shift = [&](Register reg) {
    if (is_constant) return ApplyShift(kShiftRightSigned16, reg, reg, count + kByte);
    Apply(kShiftRightSigned16, reg, reg, Operand::In(kXmm1));
  };
  Apply(kUnpackHighBytes, kXmm0, a, Operand::In(a));
  Apply(kUnpackLowBytes, destination, a, Operand::In(a));
  shift(kXmm0);
  shift(destination);
  Apply({Inst::kIdPacksswb, Inst::kIdVpacksswb}, destination, destination, Operand::In(kXmm0));
}

// By a constant, or by xmm1. The sign comes back by (x ^ m) - m, where m is its shifted bit.
void Masm::Assembler::ShiftSigned64(Register destination, Register a, int count) {
  constexpr uint64_t kSign = 0x8000000000000000;
  if (count != kInRegister) {
    ApplyShift(kShiftRight64, destination, a, count);
    const Operand sign = Repeated(kSign >> count);
    Apply(kXor, destination, destination, sign);
    return Apply({Inst::kIdPsubq, Inst::kIdVpsubq}, destination, destination, sign);
  }
  MoveVector(kXmm0, Repeated(kSign));
  Apply(kShiftRight64, kXmm0, kXmm0, Operand::In(kXmm1));
  Apply(kShiftRight64, destination, a, Operand::In(kXmm1));
  Apply(kXor, destination, destination, Operand::In(kXmm0));
  Apply({Inst::kIdPsubq, Inst::kIdVpsubq}, destination, destination, Operand::In(kXmm0));
}

}  // namespace wasmtier::baseline
