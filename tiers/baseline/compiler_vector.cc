// Compiler: vector instructions.
#include <cstring>
#include <utility>

#include "tiers/baseline/compiler.h"

namespace wasmtier::baseline {

using decode::AccessBits;
using decode::Info;
using decode::LaneBytes;
using decode::Opcode;

namespace {

// Whether the operands of a vector instruction may change places. Not of floats: which NaN comes
// out is visible.
bool IsCommutative(Opcode opcode) {
  switch (opcode) {
    case Opcode::kV128And:
    case Opcode::kV128Or:
    case Opcode::kV128Xor:
    case Opcode::kI8x16Add:
    case Opcode::kI16x8Add:
    case Opcode::kI32x4Add:
    case Opcode::kI64x2Add:
    case Opcode::kI16x8Mul:
    case Opcode::kI32x4Mul:
    case Opcode::kI8x16Eq:
    case Opcode::kI16x8Eq:
    case Opcode::kI32x4Eq:
    case Opcode::kI64x2Eq:
      return true;
    default:
      return false;
  }
}

}  // namespace

void Compiler::EmitVectorUnary(Opcode opcode) {
  Begin();
  const Value a = values_.Pop();
  const Operand operand = values_.Read(a);
  const Register destination = Destination(BehindVectorOpcode(), Type::kV128, a);
  masm_.VectorUnary(opcode, destination, operand);
  values_.Release(a);
  PushVector(destination);
}

void Compiler::EmitVectorBinary(Opcode opcode) {
  Begin();
  Value b = values_.Pop();
  Value a = values_.Pop();
  if (opcode == Opcode::kI8x16Swizzle && b.IsConstant()) {
    const Register swizzled = values_.InRegister(a);
    const Register destination = Destination(BehindVectorOpcode(), Type::kV128, a);
    masm_.VectorSwizzle(destination, swizzled, masm_.VectorConstantBytes(b.bits));
    values_.Release(a);
    return PushVector(destination);
  }
  const bool is_better_swapped =
      a.IsConstant() || (b.kind == Value::Kind::kRegister && a.kind != Value::Kind::kRegister);
  if (is_better_swapped && IsCommutative(opcode)) std::swap(a, b);
  if (!Masm::TakesAnyVector(opcode)) {
    values_.InRegister(a);
    values_.InRegister(b);
  }
  const Operand left = values_.Read(a);
  const Operand right = values_.Read(b);
  const Register destination =
      Destination(BehindVectorOpcode(), Type::kV128, a.kind == Value::Kind::kRegister ? a : b);
  masm_.VectorBinary(opcode, destination, left, right);
  values_.Release(b);
  values_.Release(a);
  PushVector(destination);
}

void Compiler::EmitVectorTernary(Opcode opcode) {
  Begin();
  Value c = values_.Pop();
  Value b = values_.Pop();
  Value a = values_.Pop();
  const Register first = values_.InRegister(a);
  const Register second = values_.InRegister(b);
  const Register third = values_.InRegister(c);
  const Register destination = Destination(BehindVectorOpcode(), Type::kV128, a);
  masm_.VectorTernary(opcode, destination, first, second, third);
  values_.Release(c);
  values_.Release(b);
  values_.Release(a);
  PushVector(destination);
}

void Compiler::VectorShuffle(const uint8_t* lanes) {
  Begin();
  constexpr int kLaneBytes = 16;
  Value b = values_.Pop();
  Value a = values_.Pop();
  const Register first = values_.InRegister(a);
  const Register second = values_.InRegister(b);
  const Register destination = Destination(BehindVectorOpcode() + kLaneBytes, Type::kV128, a);
  masm_.VectorShuffle(destination, first, second, lanes);
  values_.Release(b);
  values_.Release(a);
  PushVector(destination);
}

void Compiler::EmitVectorShift(Opcode opcode) {
  Begin();
  const Value count = values_.Pop();
  Value a = values_.Pop();
  const Register shifted = values_.InRegister(a);
  const Operand by = values_.Read(count);
  const Register destination = Destination(BehindVectorOpcode(), Type::kV128, a);
  masm_.VectorShift(opcode, destination, shifted, by);
  values_.Release(count);
  values_.Release(a);
  PushVector(destination);
}

void Compiler::EmitVectorTest(Opcode opcode) {
  Begin();
  const uint8_t* next = BehindVectorOpcode();
  Value a = values_.Pop();
  const bool is_bitmask = opcode == Opcode::kI8x16Bitmask || opcode == Opcode::kI16x8Bitmask ||
                          opcode == Opcode::kI32x4Bitmask || opcode == Opcode::kI64x2Bitmask;
  if (is_bitmask) {
    const Register tested = values_.InRegister(a);
    const Register destination = Destination(next, Type::kI32, a);
    masm_.VectorBitmask(opcode, destination, tested);
    values_.Release(a);
    return Push(Type::kI32, destination);
  }
  const bool in_flags = ConsumesFlags(next);
  if (in_flags) PrepareFlagsConsumer(next);
  const Register tested = values_.InRegister(a);
  const Register destination = in_flags ? Register{} : Destination(next, Type::kI32, a);
  const Condition condition = masm_.VectorTest(opcode, tested);
  values_.Release(a);
  PushCondition(condition, in_flags, destination);
}

// The splat of a constant is a constant.
bool Compiler::FoldSplat(Opcode opcode) {
  if (!values_.Top().IsConstant()) return false;
  size_t bytes = 8;
  if (opcode == Opcode::kI8x16Splat) bytes = 1;
  if (opcode == Opcode::kI16x8Splat) bytes = 2;
  if (opcode == Opcode::kI32x4Splat || opcode == Opcode::kF32x4Splat) bytes = 4;
  const uint64_t bits = values_.Top().bits;
  uint8_t vector[16];
  for (size_t i = 0; i < sizeof vector; i += bytes) std::memcpy(vector + i, &bits, bytes);
  values_.DropTo(values_.height() - 1);
  VectorConst(vector);
  return true;
}

void Compiler::EmitVectorSplat(Opcode opcode) {
  if (FoldSplat(opcode)) return;
  Begin();
  const Value a = values_.Pop();
  const Operand operand = values_.Read(a);
  const Register destination = Destination(BehindVectorOpcode(), Type::kV128, a);
  masm_.VectorSplat(opcode, destination, operand);
  values_.Release(a);
  PushVector(destination);
}

void Compiler::EmitExtractLane(Opcode opcode, uint32_t lane) {
  Begin();
  Value a = values_.Pop();
  if (a.IsConstant()) values_.InRegister(a);
  const Type type = TypeOf(Info(opcode).signature.result);
  const Operand operand = values_.Read(a);
  const Register destination = Destination(BehindVectorOpcode() + 1, type, a);
  masm_.VectorExtractLane(opcode, destination, operand, lane);
  values_.Release(a);
  Push(type, destination);
}

void Compiler::EmitReplaceLane(Opcode opcode, uint32_t lane) {
  Begin();
  const Value scalar = values_.Pop();
  Value a = values_.Pop();
  if (a.IsConstant() && scalar.IsConstant()) {
    uint8_t vector[16];
    std::memcpy(vector, masm_.VectorConstantBytes(a.bits), sizeof vector);
    std::memcpy(vector + lane * LaneBytes(opcode), &scalar.bits, LaneBytes(opcode));
    return VectorConst(vector);
  }
  const Register vector = values_.InRegister(a);
  const Operand operand = values_.Read(scalar);
  const Register destination = Destination(BehindVectorOpcode() + 1, Type::kV128, a);
  masm_.VectorReplaceLane(opcode, destination, vector, operand, lane);
  values_.Release(scalar);
  values_.Release(a);
  PushVector(destination);
}

void Compiler::EmitLoadLane(Opcode opcode, const decode::MemoryArgument& argument, uint32_t lane) {
  Begin();
  Value a = values_.Pop();
  const Value address = values_.Pop();
  const Register vector = values_.InRegister(a);
  const Operand operand = values_.Read(address);
  const Masm::Place place = PlaceOf(argument, operand);
  const Register destination = Destination(BehindMemoryArgument() + 1, Type::kV128, a);
  masm_.LoadLane(opcode, destination, place, vector, lane);
  values_.Free(place.base);
  values_.Release(a);
  values_.Release(address);
  PushVector(destination);
}

void Compiler::EmitStoreLane(Opcode opcode, const decode::MemoryArgument& argument, uint32_t lane) {
  Begin();
  Value a = values_.Pop();
  const Value address = values_.Pop();
  const Register vector = values_.InRegister(a);
  const Operand operand = values_.Read(address);
  const Masm::Place place = PlaceOf(argument, operand);
  masm_.StoreLane(opcode, place, vector, lane);
  values_.Free(place.base);
  values_.Release(a);
  values_.Release(address);
}

}  // namespace wasmtier::baseline
