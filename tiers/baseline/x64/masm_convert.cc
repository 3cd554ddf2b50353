// Conversions between integers and floats, and between floats.
#include "tiers/baseline/x64/assembler.h"

namespace wasmtier::baseline {

using runtime::TrapCode;

namespace {

constexpr uint64_t kTwoTo63AsF32 = 0x5f000000;
constexpr uint64_t kTwoTo63AsF64 = 0x43e0000000000000;
// The numbers before the least i32 and the least i64 that the float type can represent, or these
// themselves if it cannot.
constexpr uint64_t kLeastI32AsF32 = 0xcf000000;
constexpr uint64_t kBeforeLeastI32AsF64 = 0xc1e0000000200000;
constexpr uint64_t kLeastI64AsF32 = 0xdf000000;
constexpr uint64_t kLeastI64AsF64 = 0xc3e0000000000000;

InstId TruncateInstruction(bool from_64, bool avx) {
  if (from_64) return avx ? Inst::kIdVcvttsd2si : Inst::kIdCvttsd2si;
  return avx ? Inst::kIdVcvttss2si : Inst::kIdCvttss2si;
}

}  // namespace

// cvttss2si returns the least integer for what does not fit. Signed results: that value (the only
// one from which 1 cannot be subtracted) sends them to the slow path. u32: truncated to 64 bits,
// the upper half must be zero. u64: truncated as signed, must not be negative.
void Masm::Assembler::Truncate(Truncation truncation, Register destination, const Operand& source) {
  Register from = InFloatRegister(truncation.from_64, source, kXmm0);
  const InstId truncate = TruncateInstruction(truncation.from_64, cpu.avx);
  SlowPath& path = AddSlowPath(SlowPath::Kind::kTruncate);
  path.truncation = truncation;
  path.destination = destination;
  path.a = from;
  if (truncation.is_signed) {
    Emit(truncate, R(truncation.to_64, destination), X(from));
    Emit(Inst::kIdCmp, R(truncation.to_64, destination), asmjit::imm(1));
    JumpIf(CondCode::kO, path.entry);
  } else if (truncation.to_64) {
    Emit(truncate, R64(destination), X(from));
    Emit(Inst::kIdTest, R64(destination), R64(destination));
    JumpIf(CondCode::kS, path.entry);
  } else {
    Emit(truncate, x86::rax, X(from));
    Emit(Inst::kIdMov, R32(destination), x86::eax);
    Emit(Inst::kIdCmp, R64(destination), x86::rax);
    JumpIf(CondCode::kNE, path.entry);
  }
  Bind(path.done);
}

void Masm::Assembler::EmitTruncateSlowPath(const SlowPath& path) {
  const Truncation& truncation = path.truncation;
  const bool from_64 = truncation.from_64;
  CompareFloats(from_64, path.a, Operand::In(path.a));
  TrapJump(CondCode::kP, TrapCode::kInvalidConversionToInteger);
  if (truncation.is_signed) {
    // The least integer is right for what is not below it; what is too large is positive.
    uint64_t least;
    if (truncation.to_64) {
      least = from_64 ? kLeastI64AsF64 : kLeastI64AsF32;
    } else {
      least = from_64 ? kBeforeLeastI32AsF64 : kLeastI32AsF32;
    }
    const bool excluded = from_64 && !truncation.to_64;
    CompareFloats(from_64, path.a, Operand::Constant(least));
    TrapJump(excluded ? CondCode::kBE : CondCode::kB, TrapCode::kIntegerOverflow);
    CompareFloats(from_64, path.a, Operand::Constant(0));
    TrapJump(CondCode::kA, TrapCode::kIntegerOverflow);
  } else if (truncation.to_64) {
    // Up to 2^64 what is above 2^63 fits.
    FloatBinary(from_64 ? FloatInstruction{Inst::kIdSubsd, Inst::kIdVsubsd}
                        : FloatInstruction{Inst::kIdSubss, Inst::kIdVsubss},
                from_64, /*commutative=*/false, kXmm1, Operand::In(path.a),
                Operand::Constant(from_64 ? kTwoTo63AsF64 : kTwoTo63AsF32));
    Emit(TruncateInstruction(from_64, cpu.avx), R64(path.destination), X(kXmm1));
    Emit(Inst::kIdTest, R64(path.destination), R64(path.destination));
    TrapJump(CondCode::kS, TrapCode::kIntegerOverflow);
    Emit(Inst::kIdBtc, R64(path.destination), asmjit::imm(63));
  } else {
    return masm->Trap(TrapCode::kIntegerOverflow);
  }
  Jump(path.done);
}

void Masm::Assembler::EmitSaturateSlowPath(const SlowPath& path) {
  const Truncation& truncation = path.truncation;
  const bool from_64 = truncation.from_64;
  const Register to = path.destination;
  if (truncation.is_signed) {
    Label not_a_number = NewLabel();
    CompareFloats(from_64, path.a, Operand::Constant(0));
    JumpShort(CondCode::kP, not_a_number);
    JumpIf(CondCode::kB, path.done);  // the least integer is there already
    LoadConstant(to, truncation.to_64 ? INT64_MAX : INT32_MAX);
    Jump(path.done);
    Bind(not_a_number);
    LoadConstant(to, 0);
    return Jump(path.done);
  }
  CompareFloats(from_64, path.a, Operand::Constant(0));
  LoadConstant(to, 0, /*keep_flags=*/true);
  JumpIf(CondCode::kBE, path.done);  // negative or unordered
  if (truncation.to_64) {
    Label too_large = NewLabel();
    FloatBinary(from_64 ? FloatInstruction{Inst::kIdSubsd, Inst::kIdVsubsd}
                        : FloatInstruction{Inst::kIdSubss, Inst::kIdVsubss},
                from_64, /*commutative=*/false, kXmm1, Operand::In(path.a),
                Operand::Constant(from_64 ? kTwoTo63AsF64 : kTwoTo63AsF32));
    Emit(TruncateInstruction(from_64, cpu.avx), R64(to), X(kXmm1));
    Emit(Inst::kIdTest, R64(to), R64(to));
    JumpShort(CondCode::kS, too_large);
    Emit(Inst::kIdBtc, R64(to), asmjit::imm(63));
    Jump(path.done);
    Bind(too_large);
    Emit(Inst::kIdMov, R64(to), asmjit::imm(-1));
  } else {
    LoadConstant(to, UINT32_MAX);
  }
  Jump(path.done);
}

void Masm::Assembler::IntToFloat(bool from_64, bool is_signed, bool to_64, Register destination,
                                 const Operand& source) {
  const FloatInstruction convert = to_64 ? FloatInstruction{Inst::kIdCvtsi2sd, Inst::kIdVcvtsi2sd}
                                         : FloatInstruction{Inst::kIdCvtsi2ss, Inst::kIdVcvtsi2ss};
  // A u32 has a zero upper half: as a number of 64 bits it is signed.
  const bool wide = from_64 || !is_signed;
  SlowPath* path = nullptr;
  asmjit::Operand from;
  if (from_64 && !is_signed) {
    Register value = InRegister(/*is_64=*/true, source, kRax);
    from = R64(value);
    path = &AddSlowPath(SlowPath::Kind::kConvertUnsigned);
    path->is_64 = to_64;
    path->destination = destination;
    path->a = value;
  } else {
    from = SourceNotImmediate(wide, source, kRax);
  }
  // Only a part of the destination is written otherwise.
  ZeroFloat(destination);
  if (path != nullptr) {
    Emit(Inst::kIdTest, from, from);
    JumpIf(CondCode::kS, path->entry);
  }
  FloatInPlace(convert, destination, destination, from);
  if (path != nullptr) Bind(path->done);
}

void Masm::Assembler::EmitConvertSlowPath(const SlowPath& path) {
  // Half of the number, rounded to odd so that rounding it again is right, twice.
  Emit(Inst::kIdMov, x86::rcx, R64(path.a));
  if (!(path.a == kRax)) Emit(Inst::kIdMov, x86::rax, R64(path.a));
  Emit(Inst::kIdShr, x86::rax, asmjit::imm(1));
  Emit(Inst::kIdAnd, x86::ecx, asmjit::imm(1));
  Emit(Inst::kIdOr, x86::rax, x86::rcx);
  FloatInPlace(path.is_64 ? FloatInstruction{Inst::kIdCvtsi2sd, Inst::kIdVcvtsi2sd}
                          : FloatInstruction{Inst::kIdCvtsi2ss, Inst::kIdVcvtsi2ss},
               path.destination, path.destination, x86::rax);
  FloatInPlace(path.is_64 ? FloatInstruction{Inst::kIdAddsd, Inst::kIdVaddsd}
                          : FloatInstruction{Inst::kIdAddss, Inst::kIdVaddss},
               path.destination, path.destination, X(path.destination));
  Jump(path.done);
}

void Masm::Assembler::Resize(bool to_64, Register destination, const Operand& source) {
  Register from = InFloatRegister(/*is_64=*/!to_64, source, destination);
  if (cpu.avx) {
    return Emit(to_64 ? Inst::kIdVcvtss2sd : Inst::kIdVcvtsd2ss, X(destination), X(from), X(from));
  }
  MoveFloat(to_64, destination, Operand::In(from));
  Emit(to_64 ? Inst::kIdCvtss2sd : Inst::kIdCvtsd2ss, X(destination), X(destination));
}

}  // namespace wasmtier::baseline
