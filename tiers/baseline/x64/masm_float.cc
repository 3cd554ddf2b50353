// Float instructions. VEX forms where there is AVX: their third operand saves moves, and they do
// not wait for the old value of the destination as sqrtss and the like do.
#include <utility>

#include "tiers/baseline/x64/assembler.h"

namespace wasmtier::baseline {

void Masm::Assembler::FloatBinary(FloatInstruction instruction, bool is_64, bool commutative,
                                  Register destination, Operand first, Operand second) {
  if (commutative && !first.Is(destination) && (second.Is(destination) || !first.IsRegister())) {
    std::swap(first, second);
  }
  if (cpu.avx) {
    Register left = InFloatRegister(is_64, first, kXmm0);
    asmjit::Operand right = FloatSource(is_64, second);
    return Emit(instruction.avx, X(destination), X(left), right);
  }
  if (second.Is(destination) && !first.Is(destination)) {
    MoveFloat(is_64, kXmm1, second);
    second = Operand::In(kXmm1);
  }
  MoveFloat(is_64, destination, first);
  asmjit::Operand right = FloatSource(is_64, second);
  Emit(instruction.sse, X(destination), right);
}

void Masm::Assembler::FloatInPlace(FloatInstruction instruction, Register destination,
                                   Register source, const asmjit::Operand_& other) {
  if (cpu.avx) return Emit(instruction.avx, X(destination), X(source), other);
  if (!(destination == source)) Emit(Inst::kIdMovaps, X(destination), X(source));
  Emit(instruction.sse, X(destination), other);
}

void Masm::Assembler::FloatMinMax(bool is_64, bool is_max, Register destination, Operand first,
                                  Operand second) {
  if (second.Is(destination) && !first.Is(destination)) std::swap(first, second);
  Register left = InFloatRegister(is_64, first, kXmm0);
  Register right = InFloatRegister(is_64, second, kXmm1);
  if (!cpu.avx && !(left == destination)) {
    Emit(Inst::kIdMovaps, X(destination), X(left));
    left = destination;
  }
  // minss returns its second operand when they are equal (zeros of both signs) or unordered; both
  // set ZF.
  CompareFloats(is_64, left, Operand::In(right));
  SlowPath& path = AddSlowPath(SlowPath::Kind::kMinMax);
  path.flag = is_max;
  path.is_64 = is_64;
  path.destination = destination;
  path.a = left;
  path.b = right;
  JumpIf(CondCode::kE, path.entry);
  FloatInstruction instruction;
  if (is_64) {
    instruction = is_max ? FloatInstruction{Inst::kIdMaxsd, Inst::kIdVmaxsd}
                         : FloatInstruction{Inst::kIdMinsd, Inst::kIdVminsd};
  } else {
    instruction = is_max ? FloatInstruction{Inst::kIdMaxss, Inst::kIdVmaxss}
                         : FloatInstruction{Inst::kIdMinss, Inst::kIdVminss};
  }
  FloatInPlace(instruction, destination, left, X(right));
  Bind(path.done);
}

void Masm::Assembler::EmitMinMaxSlowPath(const SlowPath& path) {
  Label unordered = NewLabel();
  JumpShort(CondCode::kP, unordered);
  // Equal: zeros differ in the sign alone.
  FloatInPlace(path.flag ? FloatInstruction{Inst::kIdAndps, Inst::kIdVandps}
                         : FloatInstruction{Inst::kIdOrps, Inst::kIdVorps},
               path.destination, path.a, X(path.b));
  Jump(path.done);
  Bind(unordered);
  FloatInPlace(path.is_64 ? FloatInstruction{Inst::kIdAddsd, Inst::kIdVaddsd}
                          : FloatInstruction{Inst::kIdAddss, Inst::kIdVaddss},
               path.destination, path.a, X(path.b));
  Jump(path.done);
}

void Masm::Assembler::FloatSign(bool is_64, FloatInstruction instruction, bool sign_mask,
                                Register destination, const Operand& source) {
  Register from = InFloatRegister(is_64, source, destination);
  if (!cpu.avx) MoveFloat(is_64, destination, Operand::In(from));
  x86::Mem mask = MaskInPool(is_64, sign_mask);
  if (cpu.avx) return Emit(instruction.avx, X(destination), X(from), mask);
  Emit(instruction.sse, X(destination), mask);
}

void Masm::Assembler::Copysign(bool is_64, Register destination, const Operand& magnitude,
                               const Operand& sign) {
  constexpr FloatInstruction kAnd = {Inst::kIdAndps, Inst::kIdVandps};
  if (sign.IsConstant()) {
    FloatSign(is_64, kAnd, /*sign_mask=*/false, destination, magnitude);
    if ((sign.bits >> (is_64 ? 63 : 31)) == 0) return;
    return FloatSign(is_64, {Inst::kIdOrps, Inst::kIdVorps}, /*sign_mask=*/true, destination,
                     Operand::In(destination));
  }
  FloatSign(is_64, kAnd, /*sign_mask=*/true, kXmm1, sign);
  FloatSign(is_64, kAnd, /*sign_mask=*/false, destination, magnitude);
  FloatInPlace({Inst::kIdOrps, Inst::kIdVorps}, destination, destination, X(kXmm1));
}

void Masm::Assembler::Round(bool is_64, int mode, Register destination, const Operand& source) {
  Register from = InFloatRegister(is_64, source, destination);
  if (cpu.avx) {
    return Emit(is_64 ? Inst::kIdVroundsd : Inst::kIdVroundss, X(destination), X(from), X(from),
                asmjit::imm(mode));
  }
  MoveFloat(is_64, destination, Operand::In(from));
  Emit(is_64 ? Inst::kIdRoundsd : Inst::kIdRoundss, X(destination), X(destination),
       asmjit::imm(mode));
}

void Masm::Assembler::SquareRoot(bool is_64, Register destination, const Operand& source) {
  Register from = InFloatRegister(is_64, source, destination);
  if (cpu.avx) {
    return Emit(is_64 ? Inst::kIdVsqrtsd : Inst::kIdVsqrtss, X(destination), X(from), X(from));
  }
  MoveFloat(is_64, destination, Operand::In(from));
  Emit(is_64 ? Inst::kIdSqrtsd : Inst::kIdSqrtss, X(destination), X(destination));
}

void Masm::Assembler::CompareFloats(bool is_64, Register left, const Operand& right) {
  const FloatInstruction compare = is_64 ? FloatInstruction{Inst::kIdUcomisd, Inst::kIdVucomisd}
                                         : FloatInstruction{Inst::kIdUcomiss, Inst::kIdVucomiss};
  asmjit::Operand from = FloatSource(is_64, right);
  Emit(Pick(compare), X(left), from);
}

}  // namespace wasmtier::baseline
