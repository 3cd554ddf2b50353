// FunctionBuilder: memory.copy and memory.fill of a few bytes without a call of the runtime.
#include <llvm/IR/Constants.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <vector>

#include "runtime/vm_context.h"
#include "tiers/optimizing/ir_function.h"

namespace wasmtier::optimizing {

using runtime::TrapCode;

namespace {

// Two registers of 32 bytes, or four of 16: what C compilers copy in place.
constexpr uint32_t kMaxInlineBytes = 64;

// The sizes of the accesses that a length is made of.
std::vector<uint32_t> Pieces(uint32_t bytes) {
  constexpr uint32_t kMaxPiece = 16;
  std::vector<uint32_t> pieces;
  while (bytes != 0) {
    pieces.push_back(std::min(kMaxPiece, std::bit_floor(bytes)));
    bytes -= pieces.back();
  }
  return pieces;
}

}  // namespace

// The length on top of the operands, if it is known and small.
std::optional<uint32_t> FunctionBuilder::SmallLength() const {
  const auto* const length = llvm::dyn_cast<llvm::ConstantInt>(operands_.back());
  if (length == nullptr || length->getZExtValue() > kMaxInlineBytes) return std::nullopt;
  return static_cast<uint32_t>(length->getZExtValue());
}

// The address of bytes that are all in memory; traps if they are not.
llvm::Value* FunctionBuilder::CheckedRange(uint32_t memory, llvm::Value* index, uint32_t bytes) {
  llvm::Value* const view = MemoryView(memory);
  llvm::Value* const size =
      LoadField(view, offsetof(runtime::MemoryView, byte_size), types_.i64(), "size");
  llvm::Value* const wide = ir_.CreateZExt(index, types_.i64());
  llvm::Value* const end = ir_.CreateAdd(wide, ir_.getInt64(bytes), "", true, true);
  TrapIf(ir_.CreateICmpUGT(end, size), TrapCode::kMemoryOutOfBounds);
  llvm::Value* const base =
      LoadField(view, offsetof(runtime::MemoryView, base), types_.pointer(), "memory");
  return ir_.CreatePtrAdd(base, wide);
}

void FunctionBuilder::StoreLinear(llvm::Value* value, llvm::Value* address) {
  types_.Classify(ir_.CreateAlignedStore(value, address, llvm::Align(1)), MemoryClass::kLinear);
}

bool FunctionBuilder::FillInline(uint32_t memory) {
  const std::optional<uint32_t> length = SmallLength();
  if (!length || module_.memories[memory].limits.is_64) return false;
  Here();
  Pop();
  llvm::Value* const byte = ir_.CreateTrunc(Pop(), types_.i8());
  llvm::Value* address = CheckedRange(memory, Pop(), *length);
  for (uint32_t piece : Pieces(*length)) {
    StoreLinear(ir_.CreateVectorSplat(piece, byte), address);
    address = At(address, piece);
  }
  return true;
}

// All is read before anything is written: the two may overlap.
bool FunctionBuilder::CopyInline(uint32_t destination, uint32_t source) {
  const std::optional<uint32_t> length = SmallLength();
  if (!length) return false;
  if (module_.memories[destination].limits.is_64 || module_.memories[source].limits.is_64) {
    return false;
  }
  Here();
  Pop();
  llvm::Value* const from_index = Pop();
  llvm::Value* to = CheckedRange(destination, Pop(), *length);
  llvm::Value* from = CheckedRange(source, from_index, *length);
  std::vector<llvm::Value*> values;
  for (uint32_t piece : Pieces(*length)) {
    llvm::LoadInst* const load =
        ir_.CreateAlignedLoad(llvm::FixedVectorType::get(types_.i8(), piece), from, llvm::Align(1));
    types_.Classify(load, MemoryClass::kLinear);
    values.push_back(load);
    from = At(from, piece);
  }
  for (llvm::Value* value : values) {
    StoreLinear(value, to);
    to = At(to, llvm::cast<llvm::FixedVectorType>(value->getType())->getNumElements());
  }
  return true;
}

}  // namespace wasmtier::optimizing
