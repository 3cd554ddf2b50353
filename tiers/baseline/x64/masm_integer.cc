// Integer instructions but division.
#include <bit>
#include <utility>

#include "tiers/baseline/x64/assembler.h"

namespace wasmtier::baseline {
namespace {

// Puts the operand of a commutative instruction first that saves moves there: the destination, else
// a register, else memory.
void Arrange(Register destination, Operand* a, Operand* b) {
  if (a->Is(destination)) return;
  const bool better = b->Is(destination) || (b->IsRegister() && !a->IsRegister()) ||
                      (a->IsConstant() && !b->IsConstant());
  if (better) std::swap(*a, *b);
}

}  // namespace

void Masm::Assembler::Add(bool is_64, Register destination, Operand a, Operand b) {
  Arrange(destination, &a, &b);
  const x86::Gp to = R(is_64, destination);
  int32_t immediate = 0;
  const bool has_immediate = b.IsConstant() && FitsImmediate(is_64, b.bits, &immediate);
  if (a.Is(destination)) {
    if (has_immediate && immediate == 1) return Emit(Inst::kIdInc, to);
    if (has_immediate && immediate == -1) return Emit(Inst::kIdDec, to);
    if (has_immediate && immediate == 128) return Emit(Inst::kIdSub, to, asmjit::imm(-128));
    return Emit(Inst::kIdAdd, to, Source(is_64, b, kRax));
  }
  if (a.IsRegister() && b.IsRegister()) {
    return Emit(Inst::kIdLea, to, x86::ptr(R64(a.reg), R64(b.reg)));
  }
  if (a.IsRegister() && has_immediate) {
    return Emit(Inst::kIdLea, to, x86::ptr(R64(a.reg), immediate));
  }
  if (a.IsRegister()) {  // memory or a large constant first saves a move
    MoveInteger(is_64, destination, b);
    return Emit(Inst::kIdAdd, to, R(is_64, a.reg));
  }
  MoveInteger(is_64, destination, a);
  Emit(Inst::kIdAdd, to, Source(is_64, b, kRax));
}

void Masm::Assembler::Sub(bool is_64, Register destination, const Operand& a, const Operand& b) {
  const x86::Gp to = R(is_64, destination);
  int32_t immediate = 0;
  if (b.IsConstant() && FitsImmediate(is_64, b.bits, &immediate)) {
    if (immediate != INT32_MIN) {
      return Add(is_64, destination, a,
                 Operand::Constant(is_64 ? static_cast<uint64_t>(-int64_t{immediate})
                                         : static_cast<uint32_t>(-immediate)));
    }
  }
  if (a.IsConstant() && a.bits == 0) {
    MoveInteger(is_64, destination, b);
    return Emit(Inst::kIdNeg, to);
  }
  if (b.Is(destination) && !a.Is(destination)) {
    Emit(Inst::kIdNeg, to);
    return Emit(Inst::kIdAdd, to, Source(is_64, a, kRax));
  }
  if (!a.Is(destination)) MoveInteger(is_64, destination, a);
  Emit(Inst::kIdSub, to, Source(is_64, b, kRax));
}

bool Masm::Assembler::MulConstant(bool is_64, Register destination, const Operand& a,
                                  uint64_t factor) {
  const x86::Gp to = R(is_64, destination);
  if (factor == 0) {
    LoadConstant(destination, 0);
    return true;
  }
  if (factor == (is_64 ? UINT64_MAX : UINT32_MAX)) {
    MoveInteger(is_64, destination, a);
    Emit(Inst::kIdNeg, to);
    return true;
  }
  const int shift = std::countr_zero(factor);
  const uint64_t odd = factor >> shift;
  if (odd == 1) {
    ShiftConstant(Inst::kIdShl, is_64, destination, a, static_cast<uint32_t>(shift));
    return true;
  }
  if (odd != 3 && odd != 5 && odd != 9) return false;
  // At most two instructions of one cycle, against the three cycles of imul.
  if (shift != 0 && !a.IsRegister()) return false;
  Register from = InRegister(is_64, a, destination);
  Emit(Inst::kIdLea, to, x86::ptr(R64(from), R64(from), odd == 3 ? 1 : odd == 5 ? 2 : 3));
  if (shift != 0) Emit(Inst::kIdShl, to, asmjit::imm(shift));
  return true;
}

void Masm::Assembler::Mul(bool is_64, Register destination, Operand a, Operand b) {
  Arrange(destination, &a, &b);
  const x86::Gp to = R(is_64, destination);
  if (b.IsConstant()) {
    if (MulConstant(is_64, destination, a, b.bits)) return;
    int32_t immediate;
    if (FitsImmediate(is_64, b.bits, &immediate) && !a.IsConstant()) {
      return Emit(Inst::kIdImul, to, Source(is_64, a, kRax), asmjit::imm(immediate));
    }
  }
  if (!a.Is(destination)) MoveInteger(is_64, destination, a);
  Emit(Inst::kIdImul, to, SourceNotImmediate(is_64, b, kRax));
}

bool Masm::Assembler::BitwiseConstant(InstId instruction, bool is_64, Register destination,
                                      uint64_t value) {
  const uint64_t ones = is_64 ? UINT64_MAX : UINT32_MAX;
  if (instruction == Inst::kIdXor && value == ones) {
    Emit(Inst::kIdNot, R(is_64, destination));
    return true;
  }
  if (instruction != Inst::kIdAnd) return false;
  if (value == 0xff) {
    Emit(Inst::kIdMovzx, R32(destination), R8(destination));
  } else if (value == 0xffff) {
    Emit(Inst::kIdMovzx, R32(destination), R16(destination));
  } else if (value == UINT32_MAX) {
    Emit(Inst::kIdMov, R32(destination), R32(destination));
  } else if (is_64 && value <= INT32_MAX) {
    Emit(Inst::kIdAnd, R32(destination), asmjit::imm(value));
  } else {
    return false;
  }
  return true;
}

void Masm::Assembler::Bitwise(InstId instruction, bool is_64, Register destination, Operand a,
                              Operand b) {
  Arrange(destination, &a, &b);
  if (instruction == Inst::kIdAnd && b.IsConstant() && a.IsRegister() &&
      (b.bits == 0xff || b.bits == 0xffff || b.bits == UINT32_MAX)) {
    if (b.bits == 0xff) return Emit(Inst::kIdMovzx, R32(destination), R8(a.reg));
    if (b.bits == 0xffff) return Emit(Inst::kIdMovzx, R32(destination), R16(a.reg));
    return Emit(Inst::kIdMov, R32(destination), R32(a.reg));
  }
  if (!a.Is(destination)) MoveInteger(is_64, destination, a);
  if (b.IsConstant() && BitwiseConstant(instruction, is_64, destination, b.bits)) return;
  Emit(instruction, R(is_64, destination), Source(is_64, b, kRax));
}

void Masm::Assembler::ShiftConstant(InstId instruction, bool is_64, Register destination,
                                    const Operand& a, uint32_t count) {
  if (count == 0) return MoveInteger(is_64, destination, a);
  const x86::Gp to = R(is_64, destination);
  if (instruction == Inst::kIdShl && count == 1 && a.IsRegister()) {
    return Emit(Inst::kIdLea, to, x86::ptr(R64(a.reg), R64(a.reg)));
  }
  const bool rotates = instruction == Inst::kIdRol || instruction == Inst::kIdRor;
  if (rotates && cpu.bmi2 && !a.Is(destination) && !a.IsConstant()) {
    const uint32_t width = is_64 ? 64 : 32;
    return Emit(Inst::kIdRorx, to, Source(is_64, a, kRax),
                asmjit::imm(instruction == Inst::kIdRor ? count : width - count));
  }
  MoveInteger(is_64, destination, a);
  Emit(instruction, to, asmjit::imm(count));
}

void Masm::Assembler::Shift(Opcode opcode, bool is_64, Register destination, const Operand& a,
                            const Operand& b) {
  InstId instruction;
  InstId by_register = Inst::kIdNone;
  switch (opcode) {
    case Opcode::kI32Shl:
    case Opcode::kI64Shl:
      instruction = Inst::kIdShl;
      by_register = Inst::kIdShlx;
      break;
    case Opcode::kI32ShrS:
    case Opcode::kI64ShrS:
      instruction = Inst::kIdSar;
      by_register = Inst::kIdSarx;
      break;
    case Opcode::kI32ShrU:
    case Opcode::kI64ShrU:
      instruction = Inst::kIdShr;
      by_register = Inst::kIdShrx;
      break;
    case Opcode::kI32Rotl:
    case Opcode::kI64Rotl:
      instruction = Inst::kIdRol;
      break;
    default:
      instruction = Inst::kIdRor;
      break;
  }
  if (b.IsConstant()) {
    return ShiftConstant(instruction, is_64, destination, a, b.bits & (is_64 ? 63 : 31));
  }
  const x86::Gp to = R(is_64, destination);
  if (cpu.bmi2 && by_register != Inst::kIdNone) {
    Register count = InRegister(is_64, b, kRcx);
    asmjit::Operand from = SourceNotImmediate(is_64, a, kRax);
    return Emit(by_register, to, from, R(is_64, count));
  }
  MoveInteger(/*is_64=*/false, kRcx, b);
  if (!a.Is(destination)) MoveInteger(is_64, destination, a);
  Emit(instruction, to, x86::cl);
}

void Masm::Assembler::CountZeros(bool leading, bool is_64, Register destination, const Operand& a) {
  const x86::Gp to = R(is_64, destination);
  if (leading ? cpu.lzcnt : cpu.bmi1) {
    asmjit::Operand from = SourceNotImmediate(is_64, a, kRax);
    return Emit(leading ? Inst::kIdLzcnt : Inst::kIdTzcnt, to, from);
  }
  // bsr and bsf set ZF for 0 and leave the destination undefined. 31 - bsr is bsr ^ 31.
  const uint32_t width = is_64 ? 64 : 32;
  asmjit::Operand from = SourceNotImmediate(is_64, a, kRax);
  Emit(Inst::kIdMov, x86::ecx, asmjit::imm(leading ? 2 * width - 1 : width));
  Emit(leading ? Inst::kIdBsr : Inst::kIdBsf, R(is_64, kRax), from);
  Emit(Inst::kIdCmovz, R(is_64, kRax), R(is_64, kRcx));
  if (leading) Emit(Inst::kIdXor, x86::eax, asmjit::imm(width - 1));
  Emit(Inst::kIdMov, R(is_64, destination), R(is_64, kRax));
}

void Masm::Assembler::PopulationCount(bool is_64, Register destination, const Operand& a) {
  if (cpu.popcnt) {
    asmjit::Operand from = SourceNotImmediate(is_64, a, kRax);
    // Processors before Ice Lake wait for the old value of the destination.
    if (!a.Is(destination)) Emit(Inst::kIdXor, R32(destination), R32(destination));
    return Emit(Inst::kIdPopcnt, R(is_64, destination), from);
  }
  // Sums of neighbouring bits, pairs, and nibbles; a multiplication adds up the bytes (Hacker's
  // Delight 5-1).
  const x86::Gp x = R(is_64, kRax);
  const x86::Gp y = R(is_64, kRcx);
  auto constant = [&](uint64_t bits) -> asmjit::Operand {
    if (!is_64) return asmjit::imm(static_cast<uint32_t>(bits));
    return ConstantInPool(bits, 8);
  };
  MoveInteger(is_64, kRax, a);
  Emit(Inst::kIdMov, y, x);
  Emit(Inst::kIdShr, y, asmjit::imm(1));
  Emit(Inst::kIdAnd, y, constant(0x5555555555555555));
  Emit(Inst::kIdSub, x, y);
  Emit(Inst::kIdMov, y, x);
  Emit(Inst::kIdShr, y, asmjit::imm(2));
  Emit(Inst::kIdAnd, x, constant(0x3333333333333333));
  Emit(Inst::kIdAnd, y, constant(0x3333333333333333));
  Emit(Inst::kIdAdd, x, y);
  Emit(Inst::kIdMov, y, x);
  Emit(Inst::kIdShr, y, asmjit::imm(4));
  Emit(Inst::kIdAdd, x, y);
  Emit(Inst::kIdAnd, x, constant(0x0f0f0f0f0f0f0f0f));
  if (is_64) {
    Emit(Inst::kIdImul, x, ConstantInPool(0x0101010101010101, 8));
  } else {
    Emit(Inst::kIdImul, x, x, asmjit::imm(0x01010101));
  }
  Emit(Inst::kIdShr, x, asmjit::imm(is_64 ? 56 : 24));
  Emit(Inst::kIdMov, R(is_64, destination), x);
}

void Masm::ScaledAdd(Type type, Register destination, Register a, Register b, int shift) {
  Assembler& as = *assembler_;
  as.Emit(Inst::kIdLea, as.R(Is64(type), destination),
          x86::ptr(as.R64(a), as.R64(b), static_cast<uint32_t>(shift)));
}

}  // namespace wasmtier::baseline
