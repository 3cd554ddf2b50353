// Vectors of floats, conversions, and instructions of one and of three operands.
#include "tiers/baseline/x64/assembler.h"
#include "tiers/baseline/x64/vector_instructions.h"

namespace wasmtier::baseline {
namespace {

// roundps's immediates, without the precision exception.
constexpr int kRoundNearest = 8;
constexpr int kRoundDown = 9;
constexpr int kRoundUp = 10;
constexpr int kRoundToZero = 11;

// cmpps's.
constexpr int kEqual = 0;
constexpr int kLessEqual = 2;
constexpr int kUnordered = 3;

constexpr FloatInstruction kAndFloats = {Inst::kIdAndps, Inst::kIdVandps};
constexpr FloatInstruction kAndNotFloats = {Inst::kIdAndnps, Inst::kIdVandnps};
constexpr FloatInstruction kOrFloats = {Inst::kIdOrps, Inst::kIdVorps};
constexpr FloatInstruction kXorFloats = {Inst::kIdXorps, Inst::kIdVxorps};
constexpr FloatInstruction kMaxSingle = {Inst::kIdMaxps, Inst::kIdVmaxps};
constexpr FloatInstruction kMaxDouble = {Inst::kIdMaxpd, Inst::kIdVmaxpd};
constexpr FloatInstruction kMinDouble = {Inst::kIdMinpd, Inst::kIdVminpd};
constexpr FloatInstruction kAddSingle = {Inst::kIdAddps, Inst::kIdVaddps};
constexpr FloatInstruction kAddDouble = {Inst::kIdAddpd, Inst::kIdVaddpd};
constexpr FloatInstruction kSubtractSingle = {Inst::kIdSubps, Inst::kIdVsubps};
constexpr FloatInstruction kSubtractDouble = {Inst::kIdSubpd, Inst::kIdVsubpd};
constexpr FloatInstruction kCompareSingle = {Inst::kIdCmpps, Inst::kIdVcmpps};
constexpr FloatInstruction kCompareDouble = {Inst::kIdCmppd, Inst::kIdVcmppd};
constexpr FloatInstruction kTruncateSingle = {Inst::kIdCvttps2dq, Inst::kIdVcvttps2dq};
constexpr FloatInstruction kTruncateDouble = {Inst::kIdCvttpd2dq, Inst::kIdVcvttpd2dq};
constexpr FloatInstruction kRoundDouble = {Inst::kIdRoundpd, Inst::kIdVroundpd};
constexpr FloatInstruction kToSingle = {Inst::kIdCvtdq2ps, Inst::kIdVcvtdq2ps};
constexpr FloatInstruction kSubtract32 = {Inst::kIdPsubd, Inst::kIdVpsubd};

constexpr uint64_t kTwoTo31AsSingles = 0x4f0000004f000000;
constexpr uint64_t kTwoTo52AsDouble = 0x4330000000000000;
constexpr uint64_t kUpperHalvesOfTwoTo52 = 0x4330000043300000;
constexpr uint64_t kMaxI32AsDouble = 0x41dfffffffc00000;
constexpr uint64_t kMaxU32AsDouble = 0x41efffffffe00000;

// What is one instruction on one vector; else kIdNone.
FloatInstruction SingleUnary(Opcode opcode) {
  switch (opcode) {
    case Opcode::kI8x16Abs:
      return {Inst::kIdPabsb, Inst::kIdVpabsb};
    case Opcode::kI16x8Abs:
      return {Inst::kIdPabsw, Inst::kIdVpabsw};
    case Opcode::kI32x4Abs:
      return {Inst::kIdPabsd, Inst::kIdVpabsd};
    case Opcode::kF32x4Sqrt:
      return {Inst::kIdSqrtps, Inst::kIdVsqrtps};
    case Opcode::kF64x2Sqrt:
      return {Inst::kIdSqrtpd, Inst::kIdVsqrtpd};
    case Opcode::kF32x4DemoteF64x2Zero:
      return {Inst::kIdCvtpd2ps, Inst::kIdVcvtpd2ps};
    case Opcode::kF64x2PromoteLowF32x4:
      return {Inst::kIdCvtps2pd, Inst::kIdVcvtps2pd};
    case Opcode::kF32x4ConvertI32x4S:
      return kToSingle;
    case Opcode::kF64x2ConvertLowI32x4S:
      return {Inst::kIdCvtdq2pd, Inst::kIdVcvtdq2pd};
    default:
      return {Inst::kIdNone, Inst::kIdNone};
  }
}

}  // namespace

// minps and maxps return the second operand where the operands are zeros, or one is a NaN. So both
// orders are taken; min: the sign of zero comes out by or.
void Masm::Assembler::VectorFloatMinMax(bool is_64, bool is_max, Register destination, Register a,
                                        Register b) {
  FloatInstruction limit = is_max ? kMaxSingle : FloatInstruction{Inst::kIdMinps, Inst::kIdVminps};
  if (is_64) limit = is_max ? kMaxDouble : kMinDouble;
  Apply(limit, kXmm0, a, Operand::In(b));
  Apply(limit, kXmm1, b, Operand::In(a));
  if (is_max) {
    // Where they differ; +0 - -0 is +0, and NaNs become quiet.
    Apply(kXorFloats, kXmm1, kXmm1, Operand::In(kXmm0));
    Apply(kOrFloats, kXmm0, kXmm0, Operand::In(kXmm1));
    Apply(is_64 ? kSubtractDouble : kSubtractSingle, kXmm0, kXmm0, Operand::In(kXmm1));
  } else {
    Apply(kOrFloats, kXmm0, kXmm0, Operand::In(kXmm1));
  }
  // NaNs get a canonical payload: all ones above it, and what is below is cleared.
  constexpr int kUpperBits32 = 10;
  constexpr int kUpperBits64 = 13;
  Apply(is_64 ? kCompareDouble : kCompareSingle, kXmm1, is_max ? kXmm0 : kXmm1, Operand::In(kXmm0),
        kUnordered);
  if (!is_max) Apply(kOrFloats, kXmm0, kXmm0, Operand::In(kXmm1));
  if (is_64) {
    ApplyShift(kShiftRight64, kXmm1, kXmm1, kUpperBits64);
  } else {
    ApplyShift(kShiftRight32, kXmm1, kXmm1, kUpperBits32);
  }
  ApplyLast(kAndNotFloats, destination, kXmm1, Operand::In(kXmm0));
}

void Masm::Assembler::FloatVectorBinary(Opcode opcode, Register destination, Register a,
                                        Register b) {
  const bool is_fast = IsRelaxedFast();
  const auto limit = [&](FloatInstruction instruction, bool is_64, bool is_max) {
    if (!is_fast) return VectorFloatMinMax(is_64, is_max, destination, a, b);
    SingleVectorBinary(instruction, /*commutative=*/false, -1, destination, Operand::In(a),
                       Operand::In(b));
  };
  switch (opcode) {
    case Opcode::kF32x4Min:
      return VectorFloatMinMax(/*is_64=*/false, /*is_max=*/false, destination, a, b);
    case Opcode::kF32x4Max:
      return VectorFloatMinMax(/*is_64=*/false, /*is_max=*/true, destination, a, b);
    case Opcode::kF64x2Min:
      return VectorFloatMinMax(/*is_64=*/true, /*is_max=*/false, destination, a, b);
    case Opcode::kF64x2Max:
      return VectorFloatMinMax(/*is_64=*/true, /*is_max=*/true, destination, a, b);
    case Opcode::kF32x4RelaxedMin:
      return limit({Inst::kIdMinps, Inst::kIdVminps}, /*is_64=*/false, /*is_max=*/false);
    case Opcode::kF32x4RelaxedMax:
      return limit(kMaxSingle, /*is_64=*/false, /*is_max=*/true);
    case Opcode::kF64x2RelaxedMin:
      return limit(kMinDouble, /*is_64=*/true, /*is_max=*/false);
    case Opcode::kF64x2RelaxedMax:
      return limit(kMaxDouble, /*is_64=*/true, /*is_max=*/true);
    default:
      error = asmjit::kErrorInvalidInstruction;
  }
}

// cvttps2dq makes the least integer of what does not fit: right for what is too small.
void Masm::Assembler::TruncateToSigned(Register destination, Register a) {
  // NaN becomes 0.
  Apply(kCompareSingle, kXmm0, a, Operand::In(a), kEqual);
  Apply(kAndFloats, kXmm1, a, Operand::In(kXmm0));
  // The sign bit of what is not negative; and of it, what overflows.
  Apply(kXorFloats, kXmm0, kXmm0, Operand::In(kXmm1));
  ApplyUnary(kTruncateSingle, kXmm1, kXmm1);
  Apply(kAndFloats, kXmm0, kXmm0, Operand::In(kXmm1));
  ApplyShift({Inst::kIdPsrad, Inst::kIdVpsrad}, kXmm0, kXmm0, 31);
  ApplyLast(kXorFloats, destination, kXmm0, Operand::In(kXmm1));
}

void Masm::Assembler::TruncateToUnsigned(Register destination, Register a) {
  // NaN and what is negative become 0.
  ZeroFloat(kXmm0);
  if (cpu.avx512) {
    Apply(kMaxSingle, destination, a, Operand::In(kXmm0));
    return Emit(Inst::kIdVcvttps2udq, X(destination), X(destination));
  }
  Apply(kMaxSingle, destination, a, Operand::In(kXmm0));
  // xmm0 = what is above 2^31 as an integer; all ones of what overflows even so.
  const Operand two_to_31 = Repeated(kTwoTo31AsSingles);
  Apply(kSubtractSingle, kXmm0, destination, two_to_31);
  MoveVector(kXmm1, two_to_31);
  Apply(kCompareSingle, kXmm1, kXmm1, Operand::In(kXmm0), kLessEqual);
  ApplyUnary(kTruncateSingle, kXmm0, kXmm0);
  Apply(kXorFloats, kXmm0, kXmm0, Operand::In(kXmm1));
  ZeroFloat(kXmm1);
  Apply({Inst::kIdPmaxsd, Inst::kIdVpmaxsd}, kXmm0, kXmm0, Operand::In(kXmm1));
  // What is above 2^31 becomes 2^31 in the lower part.
  ApplyUnary(kTruncateSingle, destination, destination);
  Apply({Inst::kIdPaddd, Inst::kIdVpaddd}, destination, destination, Operand::In(kXmm0));
}

void Masm::Assembler::TruncateDoubles(bool is_signed, Register destination, Register a) {
  if (is_signed) {
    // NaN becomes 0, since minpd returns the second operand for it.
    Apply(kCompareDouble, kXmm0, a, Operand::In(a), kEqual);
    Apply(kAndFloats, kXmm0, kXmm0, Repeated(kMaxI32AsDouble));
    Apply(kMinDouble, kXmm1, a, Operand::In(kXmm0));
    return ApplyUnary(kTruncateDouble, destination, kXmm1);
  }
  // 2^52 + x has the integer x in its lower half.
  ZeroFloat(kXmm0);
  Apply(kMaxDouble, destination, a, Operand::In(kXmm0));
  Apply(kMinDouble, destination, destination, Repeated(kMaxU32AsDouble));
  ApplyUnary(kRoundDouble, destination, destination, kRoundToZero);
  Apply(kAddDouble, destination, destination, Repeated(kTwoTo52AsDouble));
  constexpr int kEvenOfBoth = 0x88;
  Apply({Inst::kIdShufps, Inst::kIdVshufps}, destination, destination, Operand::In(kXmm0),
        kEvenOfBoth);
}

void Masm::Assembler::ConvertUnsigned(bool to_64, Register destination, Register a) {
  if (to_64) {
    // With the upper half of 2^52, it is 2^52 + x.
    Apply({Inst::kIdUnpcklps, Inst::kIdVunpcklps}, destination, a, Repeated(kUpperHalvesOfTwoTo52));
    return Apply(kSubtractDouble, destination, destination, Repeated(kTwoTo52AsDouble));
  }
  if (cpu.avx512) return Emit(Inst::kIdVcvtudq2ps, X(destination), X(a));
  // The lower 16 bits and the upper ones, which are exact if halved and doubled again; the sum is
  // rounded once.
  constexpr int kEvenWords = 0x55;
  ZeroFloat(kXmm0);
  Apply({Inst::kIdPblendw, Inst::kIdVpblendw}, kXmm0, kXmm0, Operand::In(a), kEvenWords);
  Apply(kSubtract32, destination, a, Operand::In(kXmm0));
  ApplyUnary(kToSingle, kXmm0, kXmm0);
  ApplyShift(kShiftRight32, destination, destination, 1);
  ApplyUnary(kToSingle, destination, destination);
  Apply(kAddSingle, destination, destination, Operand::In(destination));
  Apply(kAddSingle, destination, destination, Operand::In(kXmm0));
}

void Masm::Assembler::NegateLanes(FloatInstruction subtract, Register destination, Register a) {
  ZeroFloat(kXmm0);
  ApplyLast(subtract, destination, kXmm0, Operand::In(a));
}

void Masm::Assembler::AbsoluteLanes64(Register destination, Register a) {
  if (cpu.avx512) return Emit(Inst::kIdVpabsq, X(destination), X(a));
  ZeroFloat(kXmm0);
  Apply({Inst::kIdPcmpgtq, Inst::kIdVpcmpgtq}, kXmm0, kXmm0, Operand::In(a));
  Apply(kXorFloats, destination, a, Operand::In(kXmm0));
  Apply({Inst::kIdPsubq, Inst::kIdVpsubq}, destination, destination, Operand::In(kXmm0));
}

bool Masm::Assembler::RoundLanes(Opcode opcode, Register destination, Register a) {
  constexpr FloatInstruction kSingle = {Inst::kIdRoundps, Inst::kIdVroundps};
  const auto round = [&](FloatInstruction instruction, int mode) {
    ApplyUnary(instruction, destination, a, mode);
    return true;
  };
  switch (opcode) {
    case Opcode::kF32x4Ceil:
      return round(kSingle, kRoundUp);
    case Opcode::kF32x4Floor:
      return round(kSingle, kRoundDown);
    case Opcode::kF32x4Trunc:
      return round(kSingle, kRoundToZero);
    case Opcode::kF32x4Nearest:
      return round(kSingle, kRoundNearest);
    case Opcode::kF64x2Ceil:
      return round(kRoundDouble, kRoundUp);
    case Opcode::kF64x2Floor:
      return round(kRoundDouble, kRoundDown);
    case Opcode::kF64x2Trunc:
      return round(kRoundDouble, kRoundToZero);
    case Opcode::kF64x2Nearest:
      return round(kRoundDouble, kRoundNearest);
    default:
      return false;
  }
}

bool Masm::Assembler::ExtendLanes(Opcode opcode, Register destination, Register a) {
  const auto extend = [&](Opcode first, int lane_exponent) {
    // In the order low_s, high_s, low_u, high_u.
    const int index = static_cast<int>(opcode) - static_cast<int>(first);
    if (index < 0 || index > 3) return false;
    Extend({lane_exponent, (index & 1) != 0, index < 2}, destination, a);
    return true;
  };
  return extend(Opcode::kI16x8ExtendLowI8x16S, 0) || extend(Opcode::kI32x4ExtendLowI16x8S, 1) ||
         extend(Opcode::kI64x2ExtendLowI32x4S, 2);
}

void Masm::Assembler::ConvertVector(Opcode opcode, Register destination, Register a) {
  const bool is_fast = IsRelaxedFast();
  switch (opcode) {
    case Opcode::kI32x4RelaxedTruncF32x4S:
      if (is_fast) return ApplyUnary(kTruncateSingle, destination, a);
      [[fallthrough]];
    case Opcode::kI32x4TruncSatF32x4S:
      return TruncateToSigned(destination, a);
    case Opcode::kI32x4TruncSatF32x4U:
    case Opcode::kI32x4RelaxedTruncF32x4U:
      return TruncateToUnsigned(destination, a);
    case Opcode::kI32x4RelaxedTruncF64x2SZero:
      if (is_fast) return ApplyUnary(kTruncateDouble, destination, a);
      [[fallthrough]];
    case Opcode::kI32x4TruncSatF64x2SZero:
      return TruncateDoubles(/*is_signed=*/true, destination, a);
    case Opcode::kI32x4TruncSatF64x2UZero:
    case Opcode::kI32x4RelaxedTruncF64x2UZero:
      return TruncateDoubles(/*is_signed=*/false, destination, a);
    case Opcode::kF32x4ConvertI32x4U:
      return ConvertUnsigned(/*to_64=*/false, destination, a);
    case Opcode::kF64x2ConvertLowI32x4U:
      return ConvertUnsigned(/*to_64=*/true, destination, a);
    default:
      error = asmjit::kErrorInvalidInstruction;
  }
}

void Masm::VectorUnary(Opcode opcode, Register destination, const Operand& operand) {
  Assembler& as = *assembler_;
  const Register a = as.InVectorRegister(operand, destination);
  const FloatInstruction single = SingleUnary(opcode);
  if (single.sse != Inst::kIdNone) return as.ApplyUnary(single, destination, a);
  if (as.RoundLanes(opcode, destination, a) || as.ExtendLanes(opcode, destination, a)) return;
  const auto sign = [&](bool is_64, bool is_negation) {
    as.FloatSign(is_64, is_negation ? kXorFloats : kAndFloats, /*sign_mask=*/is_negation,
                 destination, Operand::In(a));
  };
  switch (opcode) {
    case Opcode::kV128Not:
      as.FillWithOnes(kXmm0);
      return as.ApplyLast(kXorFloats, destination, kXmm0, Operand::In(a));
    case Opcode::kF32x4Abs:
      return sign(/*is_64=*/false, /*is_negation=*/false);
    case Opcode::kF32x4Neg:
      return sign(/*is_64=*/false, /*is_negation=*/true);
    case Opcode::kF64x2Abs:
      return sign(/*is_64=*/true, /*is_negation=*/false);
    case Opcode::kF64x2Neg:
      return sign(/*is_64=*/true, /*is_negation=*/true);
    case Opcode::kI8x16Neg:
      return as.NegateLanes({Inst::kIdPsubb, Inst::kIdVpsubb}, destination, a);
    case Opcode::kI16x8Neg:
      return as.NegateLanes({Inst::kIdPsubw, Inst::kIdVpsubw}, destination, a);
    case Opcode::kI32x4Neg:
      return as.NegateLanes(kSubtract32, destination, a);
    case Opcode::kI64x2Neg:
      return as.NegateLanes({Inst::kIdPsubq, Inst::kIdVpsubq}, destination, a);
    case Opcode::kI64x2Abs:
      return as.AbsoluteLanes64(destination, a);
    case Opcode::kI8x16Popcnt:
      return as.PopulationCountLanes(destination, a);
    case Opcode::kI16x8ExtaddPairwiseI8x16S:
    case Opcode::kI16x8ExtaddPairwiseI8x16U:
    case Opcode::kI32x4ExtaddPairwiseI16x8S:
    case Opcode::kI32x4ExtaddPairwiseI16x8U:
      return as.AddPairs(opcode, destination, a);
    default:
      return as.ConvertVector(opcode, destination, a);
  }
}

void Masm::Assembler::SelectBits(Register destination, Register a, Register b, Register mask) {
  constexpr FloatInstruction kIntegerXor = {Inst::kIdPxor, Inst::kIdVpxor};
  if (cpu.avx512) {
    constexpr int kFirstChooses = 0xca;  // second if the bit is set, else third
    const bool is_free = mask == destination || !(a == destination || b == destination);
    const Register to = is_free ? destination : kXmm0;
    MoveVector(to, Operand::In(mask));
    Emit(Inst::kIdVpternlogd, X(to), X(a), X(b), asmjit::imm(kFirstChooses));
    return MoveVector(destination, Operand::In(to));
  }
  Apply(kIntegerXor, kXmm0, a, Operand::In(b));
  Apply({Inst::kIdPand, Inst::kIdVpand}, kXmm0, kXmm0, Operand::In(mask));
  ApplyLast(kIntegerXor, destination, kXmm0, Operand::In(b));
}

// Selects by the highest bit of each lane. Without AVX the mask is in xmm0.
void Masm::Assembler::SelectLanes(FloatInstruction blend, Register destination, Register a,
                                  Register b, Register mask) {
  if (cpu.avx) return Emit(blend.avx, X(destination), X(b), X(a), X(mask));
  MoveVector(kXmm0, Operand::In(mask));
  MoveVector(kXmm1, Operand::In(b));
  Emit(blend.sse, X(kXmm1), X(a), X(kXmm0));
  MoveVector(destination, Operand::In(kXmm1));
}

// a * b + c or c - a * b, rounded twice unless fast.
void Masm::Assembler::MultiplyAdd(bool is_64, bool is_negated, Register destination, Register a,
                                  Register b, Register c) {
  if (relaxed == runtime::RelaxedSimd::kFastFused) {
    InstId instruction = is_negated ? Inst::kIdVfnmadd213ps : Inst::kIdVfmadd213ps;
    if (is_64) instruction = is_negated ? Inst::kIdVfnmadd213pd : Inst::kIdVfmadd213pd;
    MoveVector(kXmm0, Operand::In(a));
    Emit(instruction, X(kXmm0), X(b), X(c));
    return MoveVector(destination, Operand::In(kXmm0));
  }
  Apply(is_64 ? FloatInstruction{Inst::kIdMulpd, Inst::kIdVmulpd}
              : FloatInstruction{Inst::kIdMulps, Inst::kIdVmulps},
        kXmm0, a, Operand::In(b));
  if (!is_negated) {
    return ApplyLast(is_64 ? kAddDouble : kAddSingle, destination, kXmm0, Operand::In(c));
  }
  MoveVector(kXmm1, Operand::In(c));
  ApplyLast(is_64 ? kSubtractDouble : kSubtractSingle, destination, kXmm1, Operand::In(kXmm0));
}

void Masm::VectorTernary(Opcode opcode, Register destination, Register a, Register b, Register c) {
  Assembler& as = *assembler_;
  const bool is_fast = as.IsRelaxedFast();
  switch (opcode) {
    case Opcode::kF32x4RelaxedMadd:
      return as.MultiplyAdd(/*is_64=*/false, /*is_negated=*/false, destination, a, b, c);
    case Opcode::kF32x4RelaxedNmadd:
      return as.MultiplyAdd(/*is_64=*/false, /*is_negated=*/true, destination, a, b, c);
    case Opcode::kF64x2RelaxedMadd:
      return as.MultiplyAdd(/*is_64=*/true, /*is_negated=*/false, destination, a, b, c);
    case Opcode::kF64x2RelaxedNmadd:
      return as.MultiplyAdd(/*is_64=*/true, /*is_negated=*/true, destination, a, b, c);
    case Opcode::kI32x4RelaxedDotI8x16I7x16AddS:
      return as.RelaxedDotAdd(destination, a, b, c);
    case Opcode::kI8x16RelaxedLaneselect:
      if (!is_fast) break;
      return as.SelectLanes({Inst::kIdPblendvb, Inst::kIdVpblendvb}, destination, a, b, c);
    case Opcode::kI32x4RelaxedLaneselect:
      if (!is_fast) break;
      return as.SelectLanes({Inst::kIdBlendvps, Inst::kIdVblendvps}, destination, a, b, c);
    case Opcode::kI64x2RelaxedLaneselect:
      if (!is_fast) break;
      return as.SelectLanes({Inst::kIdBlendvpd, Inst::kIdVblendvpd}, destination, a, b, c);
    default:  // v128.bitselect; and of words, for which there is no instruction
      break;
  }
  as.SelectBits(destination, a, b, c);
}

}  // namespace wasmtier::baseline
