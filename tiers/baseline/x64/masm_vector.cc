// Vectors: operands and constants, and the instructions that are one of the processor's.
//
// Where there is AVX its forms are used, which have a destination of their own and take memory that
// is not aligned; otherwise SSE, up to SSE4.2. Longer sequences have two scratch registers, xmm0
// and xmm1, which never hold an operand, and write the destination last, since it may be an
// operand's.
#include <array>
#include <cstring>
#include <utility>

#include "tiers/baseline/x64/assembler.h"

namespace wasmtier::baseline {
namespace {

// An opcode of two operands that is one instruction.
struct SingleBinary {
  FloatInstruction instruction{Inst::kIdNone, Inst::kIdNone};
  bool is_commutative = false;
  bool is_swapped = false;  // the wasm operands, in the instruction
  int8_t immediate = -1;    // of a comparison of floats
};

#define INTEGER(Name) \
  FloatInstruction { Inst::kIdP##Name, Inst::kIdVp##Name }

using SingleBinaries = std::array<SingleBinary, decode::kOpcodeCount>;

constexpr void AddArithmetic(SingleBinaries& table) {
  const auto add = [&table](Opcode opcode, FloatInstruction instruction, bool is_commutative) {
    table[static_cast<size_t>(opcode)] = {instruction, is_commutative, false, -1};
  };
  add(Opcode::kV128And, INTEGER(and), true);
  add(Opcode::kV128Or, INTEGER(or), true);
  add(Opcode::kV128Xor, INTEGER(xor), true);
  add(Opcode::kI8x16Add, INTEGER(addb), true);
  add(Opcode::kI8x16AddSatS, INTEGER(addsb), true);
  add(Opcode::kI8x16AddSatU, INTEGER(addusb), true);
  add(Opcode::kI8x16Sub, INTEGER(subb), false);
  add(Opcode::kI8x16SubSatS, INTEGER(subsb), false);
  add(Opcode::kI8x16SubSatU, INTEGER(subusb), false);
  add(Opcode::kI8x16MinS, INTEGER(minsb), true);
  add(Opcode::kI8x16MinU, INTEGER(minub), true);
  add(Opcode::kI8x16MaxS, INTEGER(maxsb), true);
  add(Opcode::kI8x16MaxU, INTEGER(maxub), true);
  add(Opcode::kI8x16AvgrU, INTEGER(avgb), true);
  add(Opcode::kI16x8Add, INTEGER(addw), true);
  add(Opcode::kI16x8AddSatS, INTEGER(addsw), true);
  add(Opcode::kI16x8AddSatU, INTEGER(addusw), true);
  add(Opcode::kI16x8Sub, INTEGER(subw), false);
  add(Opcode::kI16x8SubSatS, INTEGER(subsw), false);
  add(Opcode::kI16x8SubSatU, INTEGER(subusw), false);
  add(Opcode::kI16x8Mul, INTEGER(mullw), true);
  add(Opcode::kI16x8MinS, INTEGER(minsw), true);
  add(Opcode::kI16x8MinU, INTEGER(minuw), true);
  add(Opcode::kI16x8MaxS, INTEGER(maxsw), true);
  add(Opcode::kI16x8MaxU, INTEGER(maxuw), true);
  add(Opcode::kI16x8AvgrU, INTEGER(avgw), true);
  add(Opcode::kI32x4Add, INTEGER(addd), true);
  add(Opcode::kI32x4Sub, INTEGER(subd), false);
  add(Opcode::kI32x4Mul, INTEGER(mulld), true);
  add(Opcode::kI32x4MinS, INTEGER(minsd), true);
  add(Opcode::kI32x4MinU, INTEGER(minud), true);
  add(Opcode::kI32x4MaxS, INTEGER(maxsd), true);
  add(Opcode::kI32x4MaxU, INTEGER(maxud), true);
  add(Opcode::kI32x4DotI16x8S, INTEGER(maddwd), true);
  add(Opcode::kI64x2Add, INTEGER(addq), true);
  add(Opcode::kI64x2Sub, INTEGER(subq), false);
  add(Opcode::kI8x16NarrowI16x8S, {Inst::kIdPacksswb, Inst::kIdVpacksswb}, false);
  add(Opcode::kI8x16NarrowI16x8U, {Inst::kIdPackuswb, Inst::kIdVpackuswb}, false);
  add(Opcode::kI16x8NarrowI32x4S, {Inst::kIdPackssdw, Inst::kIdVpackssdw}, false);
  add(Opcode::kI16x8NarrowI32x4U, {Inst::kIdPackusdw, Inst::kIdVpackusdw}, false);
  add(Opcode::kF32x4Add, {Inst::kIdAddps, Inst::kIdVaddps}, false);
  add(Opcode::kF32x4Sub, {Inst::kIdSubps, Inst::kIdVsubps}, false);
  add(Opcode::kF32x4Mul, {Inst::kIdMulps, Inst::kIdVmulps}, false);
  add(Opcode::kF32x4Div, {Inst::kIdDivps, Inst::kIdVdivps}, false);
  add(Opcode::kF64x2Add, {Inst::kIdAddpd, Inst::kIdVaddpd}, false);
  add(Opcode::kF64x2Sub, {Inst::kIdSubpd, Inst::kIdVsubpd}, false);
  add(Opcode::kF64x2Mul, {Inst::kIdMulpd, Inst::kIdVmulpd}, false);
  add(Opcode::kF64x2Div, {Inst::kIdDivpd, Inst::kIdVdivpd}, false);
}

constexpr void AddComparisons(SingleBinaries& table) {
  const auto add = [&table](Opcode opcode, FloatInstruction instruction, bool is_swapped) {
    table[static_cast<size_t>(opcode)] = {instruction, false, is_swapped, -1};
  };
  add(Opcode::kI8x16Eq, INTEGER(cmpeqb), false);
  add(Opcode::kI16x8Eq, INTEGER(cmpeqw), false);
  add(Opcode::kI32x4Eq, INTEGER(cmpeqd), false);
  add(Opcode::kI64x2Eq, INTEGER(cmpeqq), false);
  add(Opcode::kI8x16GtS, INTEGER(cmpgtb), false);
  add(Opcode::kI16x8GtS, INTEGER(cmpgtw), false);
  add(Opcode::kI32x4GtS, INTEGER(cmpgtd), false);
  add(Opcode::kI64x2GtS, INTEGER(cmpgtq), false);
  add(Opcode::kI8x16LtS, INTEGER(cmpgtb), true);
  add(Opcode::kI16x8LtS, INTEGER(cmpgtw), true);
  add(Opcode::kI32x4LtS, INTEGER(cmpgtd), true);
  add(Opcode::kI64x2LtS, INTEGER(cmpgtq), true);
  // ~first & second.
  add(Opcode::kV128Andnot, INTEGER(andn), true);
  // minps: first < second ? first : second.
  add(Opcode::kF32x4Pmin, {Inst::kIdMinps, Inst::kIdVminps}, true);
  add(Opcode::kF32x4Pmax, {Inst::kIdMaxps, Inst::kIdVmaxps}, true);
  add(Opcode::kF64x2Pmin, {Inst::kIdMinpd, Inst::kIdVminpd}, true);
  add(Opcode::kF64x2Pmax, {Inst::kIdMaxpd, Inst::kIdVmaxpd}, true);
  const auto compare = [&table](Opcode opcode, bool is_64, bool is_swapped, int8_t immediate) {
    const FloatInstruction instruction = is_64 ? FloatInstruction{Inst::kIdCmppd, Inst::kIdVcmppd}
                                               : FloatInstruction{Inst::kIdCmpps, Inst::kIdVcmpps};
    table[static_cast<size_t>(opcode)] = {instruction, false, is_swapped, immediate};
  };
  constexpr int8_t kEqual = 0;
  constexpr int8_t kLess = 1;
  constexpr int8_t kLessEqual = 2;
  constexpr int8_t kNotEqual = 4;  // or unordered
  compare(Opcode::kF32x4Eq, false, false, kEqual);
  compare(Opcode::kF32x4Ne, false, false, kNotEqual);
  compare(Opcode::kF32x4Lt, false, false, kLess);
  compare(Opcode::kF32x4Gt, false, true, kLess);
  compare(Opcode::kF32x4Le, false, false, kLessEqual);
  compare(Opcode::kF32x4Ge, false, true, kLessEqual);
  compare(Opcode::kF64x2Eq, true, false, kEqual);
  compare(Opcode::kF64x2Ne, true, false, kNotEqual);
  compare(Opcode::kF64x2Lt, true, false, kLess);
  compare(Opcode::kF64x2Gt, true, true, kLess);
  compare(Opcode::kF64x2Le, true, false, kLessEqual);
  compare(Opcode::kF64x2Ge, true, true, kLessEqual);
}

#undef INTEGER

constexpr SingleBinaries kSingleBinaries = [] {
  SingleBinaries table{};
  AddArithmetic(table);
  AddComparisons(table);
  return table;
}();

const SingleBinary& SingleBinaryOf(Opcode opcode) {
  return kSingleBinaries[static_cast<size_t>(opcode)];
}

}  // namespace

uint64_t Masm::VectorConstant(const uint8_t* bytes) {
  uint64_t words[2];
  std::memcpy(words, bytes, sizeof words);
  return assembler_->VectorConstantOf(words[0], words[1]);
}

const uint8_t* Masm::VectorConstantBytes(uint64_t number) const {
  return reinterpret_cast<const uint8_t*>(&assembler_->vectors[number]);
}

void Masm::set_relaxed_simd(runtime::RelaxedSimd relaxed) { assembler_->relaxed = relaxed; }

uint64_t Masm::Assembler::VectorConstantOf(uint64_t low, uint64_t high) {
  const Vector vector = {low, high};
  if (vector == vectors[0]) return 0;
  // Only the latest are compared, so that the time stays linear.
  constexpr size_t kCompared = 16;
  const size_t first = vectors.size() > kCompared ? vectors.size() - kCompared : 0;
  for (size_t i = first; i < vectors.size(); ++i) {
    if (vectors[i] == vector) return i;
  }
  vectors.push_back(vector);
  return vectors.size() - 1;
}

asmjit::Operand Masm::Assembler::VectorSource(const Operand& operand) {
  switch (operand.kind) {
    case Operand::Kind::kRegister:
      return X(operand.reg);
    case Operand::Kind::kFrame:
      return Frame(operand.offset, 16);
    case Operand::Kind::kConstant:
      break;
  }
  uses_vectors = true;
  pending = {Target::Kind::kVector, 0, 0, operand.bits};
  return x86::ptr(x86::rip, 0, 16);
}

void Masm::Assembler::MoveVector(Register destination, const Operand& source) {
  if (source.IsRegister()) return MoveFloat(/*is_64=*/true, destination, source);
  if (source.IsConstant() && source.bits == 0) return ZeroFloat(destination);
  const FloatInstruction load = source.IsConstant()
                                    ? FloatInstruction{Inst::kIdMovaps, Inst::kIdVmovaps}
                                    : FloatInstruction{Inst::kIdMovups, Inst::kIdVmovups};
  const asmjit::Operand memory = VectorSource(source);
  Emit(Pick(load), X(destination), memory);
}

// Memory is copied in one piece: a later load of all of it can then be forwarded from the store.
void Masm::Assembler::StoreVector(Address to, const Operand& source) {
  if (source.IsConstant()) {
    const Vector constant = vectors[source.bits];
    masm->StoreWord(Type::kI64, to, Operand::Constant(constant.low));
    to.displacement += 8;
    return masm->StoreWord(Type::kI64, to, Operand::Constant(constant.high));
  }
  const Register from = InVectorRegister(source, kXmm1);
  Emit(Pick({Inst::kIdMovups, Inst::kIdVmovups}), At(to, 16), X(from));
}

Register Masm::Assembler::InVectorRegister(const Operand& operand, Register scratch) {
  if (operand.IsRegister()) return operand.reg;
  MoveVector(scratch, operand);
  return scratch;
}

void Masm::Assembler::Apply(FloatInstruction instruction, Register destination, Register a,
                            const Operand& b) {
  if (!cpu.avx) MoveVector(destination, Operand::In(a));
  const asmjit::Operand source = VectorSource(b);
  if (cpu.avx) return Emit(instruction.avx, X(destination), X(a), source);
  Emit(instruction.sse, X(destination), source);
}

void Masm::Assembler::Apply(FloatInstruction instruction, Register destination, Register a,
                            const Operand& b, int immediate) {
  if (!cpu.avx) MoveVector(destination, Operand::In(a));
  const asmjit::Operand source = VectorSource(b);
  if (cpu.avx) {
    return Emit(instruction.avx, X(destination), X(a), source, asmjit::imm(immediate));
  }
  Emit(instruction.sse, X(destination), source, asmjit::imm(immediate));
}

void Masm::Assembler::ApplyLast(FloatInstruction instruction, Register destination, Register a,
                                const Operand& b) {
  if (cpu.avx) return Apply(instruction, destination, a, b);
  Apply(instruction, a, a, b);
  MoveVector(destination, Operand::In(a));
}

void Masm::Assembler::ApplyUnary(FloatInstruction instruction, Register destination,
                                 Register source) {
  Emit(Pick(instruction), X(destination), X(source));
}

void Masm::Assembler::ApplyUnary(FloatInstruction instruction, Register destination,
                                 Register source, int immediate) {
  Emit(Pick(instruction), X(destination), X(source), asmjit::imm(immediate));
}

void Masm::Assembler::ApplyShift(FloatInstruction instruction, Register destination,
                                 Register source, int count) {
  if (cpu.avx) return Emit(instruction.avx, X(destination), X(source), asmjit::imm(count));
  MoveVector(destination, Operand::In(source));
  Emit(instruction.sse, X(destination), asmjit::imm(count));
}

void Masm::Assembler::FillWithOnes(Register destination) {
  if (cpu.avx) return Emit(Inst::kIdVpcmpeqd, X(destination), X(destination), X(destination));
  Emit(Inst::kIdPcmpeqd, X(destination), X(destination));
}

void Masm::Assembler::VectorNot(Register destination, Register source) {
  const Register ones = source == kXmm1 ? kXmm0 : kXmm1;
  FillWithOnes(ones);
  ApplyLast({Inst::kIdPxor, Inst::kIdVpxor}, destination, source, Operand::In(ones));
}

// Of operands in any place.
void Masm::Assembler::SingleVectorBinary(FloatInstruction instruction, bool commutative,
                                         int immediate, Register destination, Operand a,
                                         Operand b) {
  if (commutative && (b.Is(destination) || !a.IsRegister()) && b.IsRegister() &&
      !a.Is(destination)) {
    std::swap(a, b);
  }
  Register left = destination;
  if (cpu.avx) {
    left = InVectorRegister(a, kXmm0);
  } else {
    if (b.Is(destination) && !a.Is(destination)) {
      MoveVector(kXmm1, b);
      b = Operand::In(kXmm1);
    }
    MoveVector(destination, a);
  }
  if (!cpu.avx && b.kind == Operand::Kind::kFrame) {
    b = Operand::In(InVectorRegister(b, kXmm1));
  }
  if (immediate < 0) return Apply(instruction, destination, left, b);
  Apply(instruction, destination, left, b, immediate);
}

bool Masm::TakesAnyVector(Opcode opcode) {
  return SingleBinaryOf(opcode).instruction.sse != Inst::kIdNone;
}

void Masm::VectorBinary(Opcode opcode, Register destination, const Operand& a, const Operand& b) {
  const SingleBinary& single = SingleBinaryOf(opcode);
  if (single.instruction.sse == Inst::kIdNone) {
    return assembler_->ComplexVectorBinary(opcode, destination, a.reg, b.reg);
  }
  const Operand& first = single.is_swapped ? b : a;
  const Operand& second = single.is_swapped ? a : b;
  assembler_->SingleVectorBinary(single.instruction, single.is_commutative, single.immediate,
                                 destination, first, second);
}

}  // namespace wasmtier::baseline
