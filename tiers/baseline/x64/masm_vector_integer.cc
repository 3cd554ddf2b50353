// Vectors of integers: what takes several instructions.
#include "tiers/baseline/x64/assembler.h"
#include "tiers/baseline/x64/vector_instructions.h"

namespace wasmtier::baseline {
namespace {

constexpr FloatInstruction kAdd32 = {Inst::kIdPaddd, Inst::kIdVpaddd};
constexpr FloatInstruction kAdd64 = {Inst::kIdPaddq, Inst::kIdVpaddq};
constexpr FloatInstruction kMultiply16 = {Inst::kIdPmullw, Inst::kIdVpmullw};
constexpr FloatInstruction kMultiplyU32 = {Inst::kIdPmuludq, Inst::kIdVpmuludq};
constexpr FloatInstruction kMultiplyS32 = {Inst::kIdPmuldq, Inst::kIdVpmuldq};
constexpr FloatInstruction kShiftLeft64 = {Inst::kIdPsllq, Inst::kIdVpsllq};
constexpr FloatInstruction kBlend16 = {Inst::kIdPblendw, Inst::kIdVpblendw};
constexpr FloatInstruction kMultiplyAddPairs16 = {Inst::kIdPmaddwd, Inst::kIdVpmaddwd};
constexpr FloatInstruction kMultiplyAddPairs8 = {Inst::kIdPmaddubsw, Inst::kIdVpmaddubsw};

// By exponent of the lane's bytes.
constexpr FloatInstruction kEqual[] = {{Inst::kIdPcmpeqb, Inst::kIdVpcmpeqb},
                                       {Inst::kIdPcmpeqw, Inst::kIdVpcmpeqw},
                                       {Inst::kIdPcmpeqd, Inst::kIdVpcmpeqd},
                                       {Inst::kIdPcmpeqq, Inst::kIdVpcmpeqq}};
constexpr FloatInstruction kMinSigned[] = {{Inst::kIdPminsb, Inst::kIdVpminsb},
                                           {Inst::kIdPminsw, Inst::kIdVpminsw},
                                           {Inst::kIdPminsd, Inst::kIdVpminsd}};
constexpr FloatInstruction kMaxSigned[] = {{Inst::kIdPmaxsb, Inst::kIdVpmaxsb},
                                           {Inst::kIdPmaxsw, Inst::kIdVpmaxsw},
                                           {Inst::kIdPmaxsd, Inst::kIdVpmaxsd}};
constexpr FloatInstruction kMinUnsigned[] = {{Inst::kIdPminub, Inst::kIdVpminub},
                                             {Inst::kIdPminuw, Inst::kIdVpminuw},
                                             {Inst::kIdPminud, Inst::kIdVpminud}};
constexpr FloatInstruction kMaxUnsigned[] = {{Inst::kIdPmaxub, Inst::kIdVpmaxub},
                                             {Inst::kIdPmaxuw, Inst::kIdVpmaxuw},
                                             {Inst::kIdPmaxud, Inst::kIdVpmaxud}};
constexpr FloatInstruction kGreater64 = {Inst::kIdPcmpgtq, Inst::kIdVpcmpgtq};
constexpr FloatInstruction kExtendSigned[] = {{Inst::kIdPmovsxbw, Inst::kIdVpmovsxbw},
                                              {Inst::kIdPmovsxwd, Inst::kIdVpmovsxwd},
                                              {Inst::kIdPmovsxdq, Inst::kIdVpmovsxdq}};
constexpr FloatInstruction kExtendUnsigned[] = {{Inst::kIdPmovzxbw, Inst::kIdVpmovzxbw},
                                                {Inst::kIdPmovzxwd, Inst::kIdVpmovzxwd},
                                                {Inst::kIdPmovzxdq, Inst::kIdVpmovzxdq}};
constexpr FloatInstruction kUnpackHigh[] = {{Inst::kIdPunpckhbw, Inst::kIdVpunpckhbw},
                                            {Inst::kIdPunpckhwd, Inst::kIdVpunpckhwd},
                                            {Inst::kIdPunpckhdq, Inst::kIdVpunpckhdq}};
constexpr FloatInstruction kUnpackLowWords = {Inst::kIdPunpcklwd, Inst::kIdVpunpcklwd};

// pshufd: the upper half in both, and the lower and upper double words in the even lanes.
constexpr int kHighHalf = 0xee;
constexpr int kSpreadLow = 0x50;
constexpr int kSpreadHigh = 0xfa;

constexpr uint64_t kOnes8 = 0x0101010101010101;
constexpr uint64_t kOnes16 = 0x0001000100010001;

}  // namespace

// pcmpgt is all that there is of the kind: x <= y if min(x, y) = x.
void Masm::Assembler::CompareLanes(Comparison comparison, int lane_exponent, Register destination,
                                   Register a, Register b) {
  const FloatInstruction equal = kEqual[lane_exponent];
  const auto is_limit = [&](const FloatInstruction* limits) {
    Apply(limits[lane_exponent], kXmm0, a, Operand::In(b));
    ApplyLast(equal, destination, kXmm0, Operand::In(a));
  };
  const auto is_not_limit = [&](const FloatInstruction* limits) {
    Apply(limits[lane_exponent], kXmm0, a, Operand::In(b));
    Apply(equal, kXmm0, kXmm0, Operand::In(a));
    VectorNot(destination, kXmm0);
  };
  constexpr int kQuadWords = 3;
  const bool is_64 = lane_exponent == kQuadWords;
  switch (comparison) {
    case Comparison::kNe:
      Apply(equal, kXmm0, a, Operand::In(b));
      return VectorNot(destination, kXmm0);
    case Comparison::kLeS:
      if (!is_64) return is_limit(kMinSigned);
      Apply(kGreater64, kXmm0, a, Operand::In(b));
      return VectorNot(destination, kXmm0);
    case Comparison::kGeS:
      if (!is_64) return is_limit(kMaxSigned);
      Apply(kGreater64, kXmm0, b, Operand::In(a));
      return VectorNot(destination, kXmm0);
    case Comparison::kLeU:
      return is_limit(kMinUnsigned);
    case Comparison::kGeU:
      return is_limit(kMaxUnsigned);
    case Comparison::kLtU:
      return is_not_limit(kMaxUnsigned);
    case Comparison::kGtU:
      return is_not_limit(kMinUnsigned);
    default:  // one instruction
      error = asmjit::kErrorInvalidInstruction;
  }
}

void Masm::Assembler::MultiplyLanes64(Register destination, Register a, Register b) {
  if (cpu.avx512) return Emit(Inst::kIdVpmullq, X(destination), X(a), X(b));
  // The products of the halves of different weight, then of the lower ones.
  constexpr int kHalf = 32;
  ApplyShift(kShiftRight64, kXmm0, a, kHalf);
  Apply(kMultiplyU32, kXmm0, kXmm0, Operand::In(b));
  ApplyShift(kShiftRight64, kXmm1, b, kHalf);
  Apply(kMultiplyU32, kXmm1, kXmm1, Operand::In(a));
  Apply(kAdd64, kXmm0, kXmm0, Operand::In(kXmm1));
  ApplyShift(kShiftLeft64, kXmm0, kXmm0, kHalf);
  Apply(kMultiplyU32, kXmm1, a, Operand::In(b));
  ApplyLast(kAdd64, destination, kXmm1, Operand::In(kXmm0));
}

// destination = the lanes of one half, twice as wide. The source may be the destination.
void Masm::Assembler::Extend(Extension extension, Register destination, Register source) {
  const int lane = extension.lane_exponent;
  const FloatInstruction extend = extension.is_signed ? kExtendSigned[lane] : kExtendUnsigned[lane];
  if (!extension.is_high) return ApplyUnary(extend, destination, source);
  if (extension.is_signed) {
    ApplyUnary(kShuffle32, destination, source, kHighHalf);
    return ApplyUnary(extend, destination, destination);
  }
  // With a zero above each lane. One of the scratch registers is not the destination.
  const Register zero = destination == kXmm1 ? kXmm0 : kXmm1;
  ZeroFloat(zero);
  Apply(kUnpackHigh[lane], destination, source, Operand::In(zero));
}

void Masm::Assembler::ExtendedMultiply(Extension extension, Register destination, Register a,
                                       Register b) {
  if (extension.lane_exponent == 0) {
    // Not Extend, which may need the other scratch register.
    const FloatInstruction extend = extension.is_signed ? kExtendSigned[0] : kExtendUnsigned[0];
    const auto half = [&](Register to, Register from) {
      if (extension.is_high) ApplyUnary(kShuffle32, to, from, kHighHalf);
      ApplyUnary(extend, to, extension.is_high ? to : from);
    };
    half(kXmm0, a);
    half(kXmm1, b);
    return ApplyLast(kMultiply16, destination, kXmm0, Operand::In(kXmm1));
  }
  if (extension.lane_exponent == 1) {
    // The lower and upper halves of all products.
    const FloatInstruction upper = extension.is_signed
                                       ? FloatInstruction{Inst::kIdPmulhw, Inst::kIdVpmulhw}
                                       : FloatInstruction{Inst::kIdPmulhuw, Inst::kIdVpmulhuw};
    Apply(kMultiply16, kXmm0, a, Operand::In(b));
    Apply(upper, kXmm1, a, Operand::In(b));
    return ApplyLast(extension.is_high ? kUnpackHigh[1] : kUnpackLowWords, destination, kXmm0,
                     Operand::In(kXmm1));
  }
  const int spread = extension.is_high ? kSpreadHigh : kSpreadLow;
  ApplyUnary(kShuffle32, kXmm0, a, spread);
  ApplyUnary(kShuffle32, kXmm1, b, spread);
  ApplyLast(extension.is_signed ? kMultiplyS32 : kMultiplyU32, destination, kXmm0,
            Operand::In(kXmm1));
}

// pmulhrsw, but the square of -1 is not -1.
void Masm::Assembler::RoundingMultiply(Register destination, Register a, Register b) {
  Apply({Inst::kIdPmulhrsw, Inst::kIdVpmulhrsw}, kXmm0, a, Operand::In(b));
  constexpr uint64_t kMinusOne = 0x8000800080008000;
  Apply(kEqual[1], kXmm1, kXmm0, Repeated(kMinusOne));
  ApplyLast(kXor, destination, kXmm0, Operand::In(kXmm1));
}

// Sums of two products of signed bytes, saturated.
void Masm::Assembler::RelaxedDot(Register destination, Register a, Register b) {
  constexpr int kByte = 8;
  if (IsRelaxedFast()) {
    // The first operand's bytes are unsigned.
    return SingleVectorBinary(kMultiplyAddPairs8, /*commutative=*/false, -1, destination,
                              Operand::In(b), Operand::In(a));
  }
  const auto even = [&](Register to, Register from) {
    ApplyShift(kShiftLeft16, to, from, kByte);
    ApplyShift(kShiftRightSigned16, to, to, kByte);
  };
  even(kXmm0, a);
  even(kXmm1, b);
  Apply(kMultiply16, kXmm0, kXmm0, Operand::In(kXmm1));
  ApplyShift(kShiftRightSigned16, kXmm1, b, kByte);
  ApplyShift(kShiftRightSigned16, destination, a, kByte);
  Apply(kMultiply16, destination, destination, Operand::In(kXmm1));
  Apply({Inst::kIdPaddsw, Inst::kIdVpaddsw}, destination, destination, Operand::In(kXmm0));
}

void Masm::Assembler::RelaxedDotAdd(Register destination, Register a, Register b, Register c) {
  constexpr FloatInstruction kMoveLower = {Inst::kIdMovq, Inst::kIdVmovq};
  const bool is_in_the_way = c == destination;
  if (is_in_the_way) {
    Emit(Pick(kMoveLower), x86::rax, X(c));
    Emit(Pick({Inst::kIdPextrq, Inst::kIdVpextrq}), x86::rcx, X(c), asmjit::imm(1));
  }
  RelaxedDot(destination, a, b);
  Apply(kMultiplyAddPairs16, destination, destination, Repeated(kOnes16));
  if (is_in_the_way) {
    c = kXmm1;
    Emit(Pick(kMoveLower), X(c), x86::rax);
    InsertLane(8, c, c, x86::rcx, 1);
  }
  Apply(kAdd32, destination, destination, Operand::In(c));
}

void Masm::Assembler::PopulationCountLanes(Register destination, Register a) {
  if (cpu.bitalg) return Emit(Inst::kIdVpopcntb, X(destination), X(a));
  constexpr uint64_t kHalfBytes = 0x0f0f0f0f0f0f0f0f;
  constexpr int kHalf = 4;
  // Of the numbers 0 to 15.
  const Operand counts =
      Operand::Constant(VectorConstantOf(0x0302020102010100, 0x0403030203020201));
  const Operand half_bytes = Repeated(kHalfBytes);
  Apply(kAnd, kXmm0, a, half_bytes);
  MoveVector(kXmm1, counts);
  Apply(kShuffle8, kXmm1, kXmm1, Operand::In(kXmm0));
  ApplyShift(kShiftRight16, kXmm0, a, kHalf);
  Apply(kAnd, kXmm0, kXmm0, half_bytes);
  MoveVector(destination, counts);
  Apply(kShuffle8, destination, destination, Operand::In(kXmm0));
  Apply({Inst::kIdPaddb, Inst::kIdVpaddb}, destination, destination, Operand::In(kXmm1));
}

void Masm::Assembler::AddPairs(Opcode opcode, Register destination, Register a) {
  switch (opcode) {
    case Opcode::kI16x8ExtaddPairwiseI8x16S:
      MoveVector(kXmm0, Repeated(kOnes8));
      return ApplyLast(kMultiplyAddPairs8, destination, kXmm0, Operand::In(a));
    case Opcode::kI16x8ExtaddPairwiseI8x16U:
      return Apply(kMultiplyAddPairs8, destination, a, Repeated(kOnes8));
    case Opcode::kI32x4ExtaddPairwiseI16x8S:
      return Apply(kMultiplyAddPairs16, destination, a, Repeated(kOnes16));
    default: {
      constexpr int kEvenWords = 0x55;
      constexpr int kWord = 16;
      ZeroFloat(kXmm0);
      Apply(kBlend16, kXmm0, kXmm0, Operand::In(a), kEvenWords);
      ApplyShift(kShiftRight32, kXmm1, a, kWord);
      return ApplyLast(kAdd32, destination, kXmm0, Operand::In(kXmm1));
    }
  }
}

void Masm::Assembler::ComplexVectorBinary(Opcode opcode, Register destination, Register a,
                                          Register b) {
  constexpr int kComparisons = 10;
  if (opcode >= Opcode::kI8x16Eq && opcode <= Opcode::kI32x4GeU) {
    const int index = static_cast<int>(opcode) - static_cast<int>(Opcode::kI8x16Eq);
    return CompareLanes(static_cast<Comparison>(index % kComparisons), index / kComparisons,
                        destination, a, b);
  }
  switch (opcode) {
    case Opcode::kI64x2Ne:
      return CompareLanes(Comparison::kNe, 3, destination, a, b);
    case Opcode::kI64x2LeS:
      return CompareLanes(Comparison::kLeS, 3, destination, a, b);
    case Opcode::kI64x2GeS:
      return CompareLanes(Comparison::kGeS, 3, destination, a, b);
    case Opcode::kI64x2Mul:
      return MultiplyLanes64(destination, a, b);
    case Opcode::kI16x8ExtmulLowI8x16S:
      return ExtendedMultiply({0, false, true}, destination, a, b);
    case Opcode::kI16x8ExtmulHighI8x16S:
      return ExtendedMultiply({0, true, true}, destination, a, b);
    case Opcode::kI16x8ExtmulLowI8x16U:
      return ExtendedMultiply({0, false, false}, destination, a, b);
    case Opcode::kI16x8ExtmulHighI8x16U:
      return ExtendedMultiply({0, true, false}, destination, a, b);
    case Opcode::kI32x4ExtmulLowI16x8S:
      return ExtendedMultiply({1, false, true}, destination, a, b);
    case Opcode::kI32x4ExtmulHighI16x8S:
      return ExtendedMultiply({1, true, true}, destination, a, b);
    case Opcode::kI32x4ExtmulLowI16x8U:
      return ExtendedMultiply({1, false, false}, destination, a, b);
    case Opcode::kI32x4ExtmulHighI16x8U:
      return ExtendedMultiply({1, true, false}, destination, a, b);
    case Opcode::kI64x2ExtmulLowI32x4S:
      return ExtendedMultiply({2, false, true}, destination, a, b);
    case Opcode::kI64x2ExtmulHighI32x4S:
      return ExtendedMultiply({2, true, true}, destination, a, b);
    case Opcode::kI64x2ExtmulLowI32x4U:
      return ExtendedMultiply({2, false, false}, destination, a, b);
    case Opcode::kI64x2ExtmulHighI32x4U:
      return ExtendedMultiply({2, true, false}, destination, a, b);
    case Opcode::kI16x8RelaxedQ15mulrS:
      if (IsRelaxedFast()) {
        return SingleVectorBinary({Inst::kIdPmulhrsw, Inst::kIdVpmulhrsw}, /*commutative=*/true, -1,
                                  destination, Operand::In(a), Operand::In(b));
      }
      [[fallthrough]];
    case Opcode::kI16x8Q15mulrSatS:
      return RoundingMultiply(destination, a, b);
    case Opcode::kI16x8RelaxedDotI8x16I7x16S:
      return RelaxedDot(destination, a, b);
    case Opcode::kI8x16RelaxedSwizzle:
      if (IsRelaxedFast()) {
        return SingleVectorBinary(kShuffle8, /*commutative=*/false, -1, destination, Operand::In(a),
                                  Operand::In(b));
      }
      [[fallthrough]];
    case Opcode::kI8x16Swizzle:
      return Swizzle(destination, a, b);
    default:
      return FloatVectorBinary(opcode, destination, a, b);
  }
}

}  // namespace wasmtier::baseline
