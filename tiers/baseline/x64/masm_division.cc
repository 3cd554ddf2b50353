// Integer division and remainder.
//
// Division by constants multiplies by the reciprocal (Granlund and Montgomery, "Division by
// Invariant Integers using Multiplication", 1994).
#include <bit>
#include <cstdint>

#include "tiers/baseline/x64/assembler.h"

namespace wasmtier::baseline {

using runtime::TrapCode;
using uint128 = unsigned __int128;

void Masm::Assembler::Divide(Division division, Register destination, const Operand& a,
                             const Operand& b) {
  const bool is_64 = division.is_64;
  if (b.IsConstant()) return DivideBy(division, destination, a, b.bits);
  Register divisor = InRegister(is_64, b, kRcx);
  MoveInteger(is_64, kRax, a);
  if (division.is_signed) {
    // One comparison for both special divisors, 0 and -1.
    SlowPath* path = &AddSlowPath(SlowPath::Kind::kDivide);
    path->division = division;
    path->b = divisor;
    Emit(Inst::kIdLea, R(is_64, kRdx), x86::ptr(R64(divisor), 1));
    Emit(Inst::kIdCmp, R(is_64, kRdx), asmjit::imm(1));
    JumpIf(CondCode::kBE, path->entry);
    Emit(is_64 ? Inst::kIdCqo : Inst::kIdCdq);
    Emit(Inst::kIdIdiv, R(is_64, divisor));
    Bind(path->done);
  } else {
    Emit(Inst::kIdTest, R(is_64, divisor), R(is_64, divisor));
    TrapJump(CondCode::kE, TrapCode::kIntegerDivideByZero);
    Emit(Inst::kIdXor, x86::edx, x86::edx);
    Emit(Inst::kIdDiv, R(is_64, divisor));
  }
  const Register result = division.is_remainder ? kRdx : kRax;
  if (!(result == destination)) {
    Emit(Inst::kIdMov, R(is_64, destination), R(is_64, result));
  }
}

void Masm::Assembler::EmitDivideSlowPath(const SlowPath& path) {
  const bool is_64 = path.division.is_64;
  Emit(Inst::kIdTest, R(is_64, path.b), R(is_64, path.b));
  TrapJump(CondCode::kE, TrapCode::kIntegerDivideByZero);
  if (path.division.is_remainder) {
    Emit(Inst::kIdXor, x86::edx, x86::edx);
  } else {
    Emit(Inst::kIdNeg, R(is_64, kRax));
    TrapJump(CondCode::kO, TrapCode::kIntegerOverflow);
  }
  Jump(path.done);
}

void Masm::Assembler::DivideBy(Division division, Register destination, const Operand& a,
                               uint64_t divisor) {
  const bool is_64 = division.is_64;
  const x86::Gp to = R(is_64, destination);
  if (divisor == 0) return masm->Trap(TrapCode::kIntegerDivideByZero);
  if (divisor == 1) {
    if (division.is_remainder) return LoadConstant(destination, 0);
    return MoveInteger(is_64, destination, a);
  }
  if (!division.is_signed) {
    if (!std::has_single_bit(divisor)) {
      return DivideUnsignedMagic(division, destination, a, divisor);
    }
    if (division.is_remainder) {
      return Bitwise(Inst::kIdAnd, is_64, destination, a, Operand::Constant(divisor - 1));
    }
    return ShiftConstant(Inst::kIdShr, is_64, destination, a,
                         static_cast<uint32_t>(std::countr_zero(divisor)));
  }
  const int64_t value =
      is_64 ? static_cast<int64_t>(divisor) : int64_t{static_cast<int32_t>(divisor)};
  if (value == -1) {
    if (division.is_remainder) return LoadConstant(destination, 0);
    MoveInteger(is_64, destination, a);
    Emit(Inst::kIdNeg, to);
    return TrapJump(CondCode::kO, TrapCode::kIntegerOverflow);
  }
  const uint64_t magnitude =
      value < 0 ? -static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  if (std::has_single_bit(magnitude)) return DivideSignedPower(division, destination, a, value);
  DivideSignedMagic(division, destination, a, value);
}

void Masm::Assembler::RemainderOf(bool is_64, Register destination, const Operand& a,
                                  uint64_t divisor) {
  int32_t immediate;
  if (FitsImmediate(is_64, divisor, &immediate)) {
    Emit(Inst::kIdImul, R(is_64, kRdx), R(is_64, kRdx), asmjit::imm(immediate));
  } else {
    LoadConstant(kRax, divisor);
    Emit(Inst::kIdImul, R(is_64, kRdx), R(is_64, kRax));
  }
  Sub(is_64, destination, a, Operand::In(kRdx));
}

void Masm::Assembler::DivideUnsignedMagic(Division division, Register destination, const Operand& a,
                                          uint64_t divisor) {
  const bool is_64 = division.is_64;
  // The dividend in rcx if it would be lost in rdx, or is a constant. An i32 is multiplied with all
  // 64 bits, whose upper half is zero.
  Operand dividend = a;
  if (a.IsConstant() || a.Is(kRdx)) {
    MoveInteger(is_64, kRcx, a);
    dividend = Operand::In(kRcx);
  }
  if (!is_64) {
    // floor(2^64 / d) + 1 errs by less than 2^-32 in the quotient of a 32-bit dividend.
    LoadConstant(kRax, UINT64_MAX / divisor + 1);
    Emit(Inst::kIdMul, Source(/*is_64=*/true, dividend, kRax));
  } else {
    const int shift = 63 - std::countl_zero(divisor);  // floor(log2 d), d is no power of 2
    const uint128 power = uint128{1} << (64 + shift);
    const uint64_t low = static_cast<uint64_t>(power / divisor);  // below 2^64
    const uint64_t rest = static_cast<uint64_t>(power % divisor);
    if (divisor - rest <= (uint64_t{1} << shift)) {
      LoadConstant(kRax, low + 1);
      Emit(Inst::kIdMul, Source(/*is_64=*/true, dividend, kRax));
      if (shift != 0) Emit(Inst::kIdShr, x86::rdx, asmjit::imm(shift));
    } else {
      // A multiplier of 65 bits, 2^64 + m with m = floor(2^(65 + shift) / d) - 2^64 + 1:
      // q = (((n - h) >> 1) + h) >> shift, where h is the upper half of m * n.
      // (2 * rest < d here, or the first form would do.)
      LoadConstant(kRax, low * 2 + 1);
      Emit(Inst::kIdMul, Source(/*is_64=*/true, dividend, kRax));
      MoveInteger(/*is_64=*/true, kRax, dividend);
      Emit(Inst::kIdSub, x86::rax, x86::rdx);
      Emit(Inst::kIdShr, x86::rax, asmjit::imm(1));
      Emit(Inst::kIdAdd, x86::rdx, x86::rax);
      if (shift != 0) Emit(Inst::kIdShr, x86::rdx, asmjit::imm(shift));
    }
  }
  if (division.is_remainder) return RemainderOf(is_64, destination, dividend, divisor);
  if (!(destination == kRdx)) Emit(Inst::kIdMov, R(is_64, destination), R(is_64, kRdx));
}

void Masm::Assembler::DivideSignedMagic(Division division, Register destination, const Operand& a,
                                        int64_t divisor) {
  const bool is_64 = division.is_64;
  Operand dividend = a;
  if (a.IsConstant() || a.Is(kRdx)) {
    MoveInteger(is_64, kRcx, a);
    dividend = Operand::In(kRcx);
  }
  const uint64_t magnitude =
      divisor < 0 ? -static_cast<uint64_t>(divisor) : static_cast<uint64_t>(divisor);
  // ceil(log2 |d|); the multiplier has as many bits as the dividend.
  const int log = 64 - std::countl_zero(magnitude - 1);
  if (!is_64) {
    const uint64_t multiplier = (uint64_t{1} << (31 + log)) / magnitude + 1;
    // rdx = the product: below 2^63, since the multiplier is below 2^32.
    asmjit::Operand from = Source(/*is_64=*/false, dividend, kRax);
    Emit(Inst::kIdMovsxd, x86::rdx, from);
    LoadConstant(kRax, multiplier);
    Emit(Inst::kIdImul, x86::rdx, x86::rax);
    Emit(Inst::kIdMov, x86::rax, x86::rdx);
    Emit(Inst::kIdSar, x86::rdx, asmjit::imm(31 + log));
    Emit(Inst::kIdShr, x86::rax, asmjit::imm(63));
  } else {
    // floor(2^(63 + log) / d) + 1, which is above 2^63: as a signed number 2^64 less, so the
    // dividend is added to the product's upper half.
    const uint64_t multiplier = static_cast<uint64_t>((uint128{1} << (63 + log)) / magnitude) + 1;
    LoadConstant(kRax, multiplier);
    Emit(Inst::kIdImul, Source(/*is_64=*/true, dividend, kRax));
    Emit(Inst::kIdAdd, x86::rdx, Source(/*is_64=*/true, dividend, kRax));
    MoveInteger(/*is_64=*/true, kRax, dividend);
    Emit(Inst::kIdShr, x86::rax, asmjit::imm(63));
    Emit(Inst::kIdSar, x86::rdx, asmjit::imm(log - 1));
  }
  // Rounds towards zero.
  Emit(Inst::kIdAdd, R(is_64, kRdx), R(is_64, kRax));
  if (division.is_remainder) return RemainderOf(is_64, destination, dividend, magnitude);
  if (!(destination == kRdx)) Emit(Inst::kIdMov, R(is_64, destination), R(is_64, kRdx));
  if (divisor < 0) Emit(Inst::kIdNeg, R(is_64, destination));
}

void Masm::Assembler::DivideSignedPower(Division division, Register destination, const Operand& a,
                                        int64_t divisor) {
  const bool is_64 = division.is_64;
  const uint64_t magnitude =
      divisor < 0 ? -static_cast<uint64_t>(divisor) : static_cast<uint64_t>(divisor);
  const int shift = std::countr_zero(magnitude);
  // rcx = a negative dividend plus |d| - 1, so that the shift rounds towards zero.
  Register dividend = InRegister(is_64, a, kRax);
  if (magnitude - 1 <= INT32_MAX) {
    Emit(Inst::kIdLea, R(is_64, kRcx),
         x86::ptr(R64(dividend), static_cast<int32_t>(magnitude - 1)));
  } else {
    LoadConstant(kRcx, magnitude - 1);
    Emit(Inst::kIdAdd, x86::rcx, R64(dividend));
  }
  Emit(Inst::kIdTest, R(is_64, dividend), R(is_64, dividend));
  Emit(Inst::kIdCmovns, R(is_64, kRcx), R(is_64, dividend));
  if (division.is_remainder) {
    if (shift < 31) {
      Emit(Inst::kIdAnd, R(is_64, kRcx), asmjit::imm(-(int32_t{1} << shift)));
    } else {
      Emit(Inst::kIdShr, R(is_64, kRcx), asmjit::imm(shift));
      Emit(Inst::kIdShl, R(is_64, kRcx), asmjit::imm(shift));
    }
    return Sub(is_64, destination, Operand::In(dividend), Operand::In(kRcx));
  }
  Emit(Inst::kIdSar, R(is_64, kRcx), asmjit::imm(shift));
  if (divisor < 0) Emit(Inst::kIdNeg, R(is_64, kRcx));
  Emit(Inst::kIdMov, R(is_64, destination), R(is_64, kRcx));
}

}  // namespace wasmtier::baseline
