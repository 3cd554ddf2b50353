// FunctionBuilder: vector instructions. Those without immediates are in ir_vector.h; here are lanes
// and memory.
#include <llvm/IR/Constants.h>

#include <array>
#include <bit>
#include <cstring>
#include <string_view>
#include <vector>

#include "tiers/decode/opcode.h"
#include "tiers/optimizing/ir_function.h"
#include "tiers/optimizing/ir_vector.h"

namespace wasmtier::optimizing {

using decode::Info;
using decode::MemoryArgument;
using decode::Opcode;

namespace {

enum class LoadKind : uint8_t {
  kWhole,   // 128 bits
  kSigned,  // eight bytes of lanes, to be widened
  kUnsigned,
  kSplat,  // one lane, to all
  kZero,   // to the lowest one
};

struct VectorLoadInfo {
  LoadKind kind;
  Lanes lanes;  // in memory
};

VectorLoadInfo LoadInfo(Opcode opcode) {
  using enum LoadKind;
  switch (opcode) {
    case Opcode::kV128Load8x8S:
      return {kSigned, {8}};
    case Opcode::kV128Load8x8U:
      return {kUnsigned, {8}};
    case Opcode::kV128Load16x4S:
      return {kSigned, {16}};
    case Opcode::kV128Load16x4U:
      return {kUnsigned, {16}};
    case Opcode::kV128Load32x2S:
      return {kSigned, {32}};
    case Opcode::kV128Load32x2U:
      return {kUnsigned, {32}};
    case Opcode::kV128Load32Zero:
    case Opcode::kV128Load64Zero:
      return {kZero, {decode::AccessBits(opcode)}};
    case Opcode::kV128Load:
      return {kWhole, {}};
    default:
      return {kSplat, {decode::AccessBits(opcode)}};
  }
}

}  // namespace

void FunctionBuilder::PushVector(llvm::Value* value) {
  Push(CastVector(ir_, value, types_.Of(runtime::kV128)));
}

llvm::Value* FunctionBuilder::PopVector(const Lanes& lanes) {
  return CastVector(ir_, Pop(), lanes.Type(types_.context()));
}

void FunctionBuilder::EmitVector(Opcode opcode) {
  Here();
  const size_t count = Info(opcode).signature.param_count;
  const std::vector<llvm::Value*> operands(operands_.end() - static_cast<ptrdiff_t>(count),
                                           operands_.end());
  operands_.resize(operands_.size() - count);
  llvm::Value* result = LowerVector(ir_, types_.vector_target(), opcode, operands);
  if (result == nullptr) {
    Refuse(opcode);
    result = types_.Zero(Info(opcode).signature.result);
  }
  Push(result);
}

void FunctionBuilder::VectorConst(const uint8_t* bytes) {
  static_assert(std::endian::native == std::endian::little);
  std::array<uint64_t, 2> halves;
  std::memcpy(halves.data(), bytes, sizeof(halves));
  Push(llvm::ConstantDataVector::get(types_.context(), halves));
}

void FunctionBuilder::VectorShuffle(const uint8_t* lanes) {
  Here();
  const Lanes bytes{.bits = 8};
  llvm::Value* const b = PopVector(bytes);
  llvm::Value* const a = PopVector(bytes);
  PushVector(ir_.CreateShuffleVector(a, b, std::vector<int>(lanes, lanes + 16)));
}

void FunctionBuilder::EmitExtractLane(Opcode opcode, uint32_t lane) {
  Here();
  const VectorName name(decode::Name(opcode));
  llvm::Value* const value = ir_.CreateExtractElement(PopVector(name.lanes), lane);
  llvm::Type* const type = types_.Of(Info(opcode).signature.result);
  if (value->getType() == type) return Push(value);
  Push(name.is_signed ? ir_.CreateSExt(value, type) : ir_.CreateZExt(value, type));
}

void FunctionBuilder::EmitReplaceLane(Opcode opcode, uint32_t lane) {
  Here();
  const Lanes lanes = VectorName(decode::Name(opcode)).lanes;
  llvm::Value* value = Pop();
  if (!lanes.is_float) value = ir_.CreateZExtOrTrunc(value, ir_.getIntNTy(lanes.bits));
  PushVector(ir_.CreateInsertElement(PopVector(lanes), value, lane));
}

llvm::Value* FunctionBuilder::LoadAt(llvm::Value* address, llvm::Type* type) {
  llvm::LoadInst* const load = ir_.CreateAlignedLoad(type, address, llvm::Align(1));
  types_.Classify(load, MemoryClass::kLinear);
  return load;
}

void FunctionBuilder::StoreAt(llvm::Value* address, llvm::Value* value) {
  types_.Classify(ir_.CreateAlignedStore(value, address, llvm::Align(1)), MemoryClass::kLinear);
}

void FunctionBuilder::EmitVectorLoad(Opcode opcode, const MemoryArgument& argument) {
  Here();
  const auto [kind, lanes] = LoadInfo(opcode);
  const uint32_t bits = decode::AccessBits(opcode);
  llvm::Value* const address = Address(Pop(), argument, bits / 8);
  llvm::FixedVectorType* const type = lanes.Type(types_.context());
  switch (kind) {
    case LoadKind::kWhole:
      return Push(LoadAt(address, type));
    case LoadKind::kSigned:
    case LoadKind::kUnsigned: {
      llvm::Value* const half = LoadAt(address, lanes.Type(types_.context(), bits / lanes.bits));
      llvm::Type* const wide = Lanes{lanes.bits * 2}.Type(types_.context());
      return PushVector(kind == LoadKind::kSigned ? ir_.CreateSExt(half, wide)
                                                  : ir_.CreateZExt(half, wide));
    }
    case LoadKind::kSplat:
      return PushVector(
          ir_.CreateVectorSplat(lanes.count(), LoadAt(address, type->getElementType())));
    case LoadKind::kZero:
      return PushVector(ir_.CreateInsertElement(llvm::Constant::getNullValue(type),
                                                LoadAt(address, type->getElementType()),
                                                uint64_t{0}));
  }
}

void FunctionBuilder::EmitVectorStore(Opcode opcode, const MemoryArgument& argument) {
  Here();
  llvm::Value* const value = Pop();
  StoreAt(Address(Pop(), argument, decode::AccessBits(opcode) / 8), value);
}

void FunctionBuilder::EmitLoadLane(Opcode opcode, const MemoryArgument& argument, uint32_t lane) {
  Here();
  const Lanes lanes{decode::AccessBits(opcode)};
  llvm::Value* const vector = PopVector(lanes);
  llvm::Value* const address = Address(Pop(), argument, lanes.bits / 8);
  llvm::Value* const value = LoadAt(address, ir_.getIntNTy(lanes.bits));
  PushVector(ir_.CreateInsertElement(vector, value, lane));
}

void FunctionBuilder::EmitStoreLane(Opcode opcode, const MemoryArgument& argument, uint32_t lane) {
  Here();
  const Lanes lanes{decode::AccessBits(opcode)};
  llvm::Value* const value = ir_.CreateExtractElement(PopVector(lanes), lane);
  StoreAt(Address(Pop(), argument, lanes.bits / 8), value);
}

}  // namespace wasmtier::optimizing
