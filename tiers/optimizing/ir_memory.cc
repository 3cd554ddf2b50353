// FunctionBuilder: linear memory, and what the runtime does with memories and tables.
#include <llvm/IR/Intrinsics.h>

#include <cstddef>

#include "runtime/memory.h"
#include "runtime/vm_context.h"
#include "tiers/decode/opcode.h"
#include "tiers/optimizing/ir_function.h"

namespace wasmtier::optimizing {

using decode::Info;
using decode::MemoryArgument;
using decode::Opcode;
using runtime::TrapCode;
using runtime::ValueType;
using runtime::VMContext;

namespace {

// Of loads into more bits than they read.
bool IsSigned(Opcode opcode) {
  switch (opcode) {
    case Opcode::kI32Load8S:
    case Opcode::kI32Load16S:
    case Opcode::kI64Load8S:
    case Opcode::kI64Load16S:
    case Opcode::kI64Load32S:
      return true;
    default:
      return false;
  }
}

}  // namespace

llvm::Value* FunctionBuilder::MemoryView(uint32_t memory) {
  if (memory == 0) return LoadContext(offsetof(VMContext, memory), types_.pointer(), "view");
  llvm::Value* const memories =
      LoadContext(offsetof(VMContext, memories), types_.pointer(), "memories");
  return LoadInvariant(memories, memory * sizeof(void*), types_.pointer(), "view");
}

// Compares with the memory's current size. Base and size may change with every call.
llvm::Value* FunctionBuilder::CheckedAddress(llvm::Value* index, const MemoryArgument& argument,
                                             uint32_t bytes) {
  llvm::Value* const view = MemoryView(argument.memory);
  llvm::Value* const size =
      LoadField(view, offsetof(runtime::MemoryView, byte_size), types_.i64(), "size");
  const bool is_64 = module_.memories[argument.memory].limits.is_64;
  llvm::Value* const wide = ir_.CreateZExt(index, types_.i64());
  const uint64_t end_offset = argument.offset + bytes;
  if (end_offset < bytes) {
    // The offset alone is beyond everything.
    TrapIf(ir_.getTrue(), TrapCode::kMemoryOutOfBounds);
  } else if (is_64) {
    llvm::Value* const sum = ir_.CreateBinaryIntrinsic(llvm::Intrinsic::uadd_with_overflow, wide,
                                                       ir_.getInt64(end_offset));
    llvm::Value* const end = ir_.CreateExtractValue(sum, 0);
    TrapIf(ir_.CreateOr(ir_.CreateExtractValue(sum, 1), ir_.CreateICmpUGT(end, size)),
           TrapCode::kMemoryOutOfBounds);
  } else {
    llvm::Value* const end = ir_.CreateAdd(wide, ir_.getInt64(end_offset), "", true, true);
    TrapIf(ir_.CreateICmpUGT(end, size), TrapCode::kMemoryOutOfBounds);
  }
  llvm::Value* const base =
      LoadField(view, offsetof(runtime::MemoryView, base), types_.pointer(), "memory");
  llvm::Value* const address = ir_.CreatePtrAdd(base, wide);
  return argument.offset == 0 ? address : ir_.CreatePtrAdd(address, ir_.getInt64(argument.offset));
}

llvm::Value* FunctionBuilder::Address(llvm::Value* index, const MemoryArgument& argument,
                                      uint32_t bytes) {
  const bool is_reserved = types_.code().strategy() == runtime::MemoryStrategy::kReserved &&
                           argument.memory == 0 && !module_.memories[0].limits.is_64;
  // The guard behind a reserved memory covers small offsets only.
  if (!is_reserved || argument.offset >= runtime::kGuardBytes) {
    return CheckedAddress(index, argument, bytes);
  }
  // Within the reservation, whatever the index.
  const llvm::GEPNoWrapFlags flags =
      llvm::GEPNoWrapFlags::inBounds() | llvm::GEPNoWrapFlags::noUnsignedWrap();
  llvm::Value* address =
      ir_.CreatePtrAdd(MemoryBase(), ir_.CreateZExt(index, types_.i64()), "", flags);
  if (argument.offset != 0) {
    address = ir_.CreatePtrAdd(address, ir_.getInt64(argument.offset), "", flags);
  }
  llvm::CallInst* const anchor = ir_.CreateCall(types_.anchor(), {address, ir_.getInt64(bytes)});
  if (!types_.precise_traps()) {
    anchor->setMetadata(llvm::LLVMContext::MD_noalias, types_.linear_scope());
  }
  return address;
}

void FunctionBuilder::EmitLoad(Opcode opcode, const MemoryArgument& argument) {
  Here();
  const ValueType type = Info(opcode).signature.result;
  const uint32_t bits = decode::AccessBits(opcode);
  llvm::Value* const address = Address(Pop(), argument, bits / 8);
  llvm::Type* const result = types_.Of(type);
  llvm::Type* const memory_type = result->isIntegerTy() ? ir_.getIntNTy(bits) : result;
  llvm::LoadInst* const load = ir_.CreateAlignedLoad(memory_type, address, llvm::Align(1));
  types_.Classify(load, MemoryClass::kLinear);
  if (memory_type == result) return Push(load);
  Push(IsSigned(opcode) ? ir_.CreateSExt(load, result) : ir_.CreateZExt(load, result));
}

void FunctionBuilder::EmitStore(Opcode opcode, const MemoryArgument& argument) {
  Here();
  const uint32_t bits = decode::AccessBits(opcode);
  llvm::Value* value = Pop();
  llvm::Value* const address = Address(Pop(), argument, bits / 8);
  if (value->getType()->isIntegerTy()) value = ir_.CreateTrunc(value, ir_.getIntNTy(bits));
  llvm::StoreInst* const store = ir_.CreateAlignedStore(value, address, llvm::Align(1));
  types_.Classify(store, MemoryClass::kLinear);
}

void FunctionBuilder::MemorySize(uint32_t memory) {
  Here();
  llvm::Value* const bytes =
      LoadField(MemoryView(memory), offsetof(runtime::MemoryView, byte_size), types_.i64(), "size");
  static_assert(runtime::kPageSize == 1 << 16);
  llvm::Value* const pages = ir_.CreateLShr(bytes, 16);
  Push(module_.memories[memory].limits.is_64 ? pages : ir_.CreateTrunc(pages, types_.i32()));
}

// Takes `operands` from the stack, each to a slot of 64 bits.
void FunctionBuilder::RuntimeCall(runtime::RuntimeCall call, uint32_t operands, uint32_t immediate,
                                  uint32_t immediate2, std::optional<ValueType> result) {
  Here();
  constexpr uint32_t kSlots = 3;
  if (slots_ == nullptr) {
    const llvm::IRBuilder<>::InsertPointGuard guard(ir_);
    ir_.SetInsertPoint(entry_, entry_->begin());
    slots_ = ir_.CreateAlloca(llvm::ArrayType::get(types_.i64(), kSlots), nullptr, "slots");
  }
  for (uint32_t i = operands; i-- > 0;) {
    llvm::Value* const value = ir_.CreateZExt(Pop(), types_.i64());
    types_.Classify(ir_.CreateAlignedStore(value, At(slots_, i * sizeof(uint64_t)), llvm::Align(8)),
                    MemoryClass::kContext);
  }
  llvm::CallInst* const instruction = ir_.CreateCall(
      types_.runtime_call(), {context_, slots_, ir_.getInt32(immediate), ir_.getInt32(immediate2),
                              ir_.getInt32(static_cast<uint32_t>(call))});
  instruction->setTailCallKind(llvm::CallInst::TCK_NoTail);
  instruction->addFnAttr(llvm::Attribute::NoMerge);
  if (!result) return;
  llvm::LoadInst* const load = ir_.CreateAlignedLoad(types_.Of(*result), slots_, llvm::Align(8));
  types_.Classify(load, MemoryClass::kContext);
  Push(load);
}

void FunctionBuilder::MemoryGrow(uint32_t memory) {
  const bool is_64 = module_.memories[memory].limits.is_64;
  RuntimeCall(runtime::RuntimeCall::kMemoryGrow, 1, memory, 0,
              is_64 ? runtime::kI64 : runtime::kI32);
}

void FunctionBuilder::MemoryFill(uint32_t memory) {
  if (FillInline(memory)) return;
  RuntimeCall(runtime::RuntimeCall::kMemoryFill, 3, memory, 0, {});
}

void FunctionBuilder::MemoryCopy(uint32_t destination, uint32_t source) {
  if (CopyInline(destination, source)) return;
  RuntimeCall(runtime::RuntimeCall::kMemoryCopy, 3, destination, source, {});
}

void FunctionBuilder::MemoryInit(uint32_t data, uint32_t memory) {
  RuntimeCall(runtime::RuntimeCall::kMemoryInit, 3, data, memory, {});
}

void FunctionBuilder::DataDrop(uint32_t data) {
  RuntimeCall(runtime::RuntimeCall::kDataDrop, 0, data, 0, {});
}

void FunctionBuilder::TableInit(uint32_t element, uint32_t table) {
  RuntimeCall(runtime::RuntimeCall::kTableInit, 3, element, table, {});
}

void FunctionBuilder::ElementDrop(uint32_t element) {
  RuntimeCall(runtime::RuntimeCall::kElementDrop, 0, element, 0, {});
}

void FunctionBuilder::TableCopy(uint32_t destination, uint32_t source) {
  RuntimeCall(runtime::RuntimeCall::kTableCopy, 3, destination, source, {});
}

void FunctionBuilder::TableGrow(uint32_t table) {
  const bool is_64 = module_.tables[table].type.limits.is_64;
  RuntimeCall(runtime::RuntimeCall::kTableGrow, 2, table, 0, is_64 ? runtime::kI64 : runtime::kI32);
}

void FunctionBuilder::TableFill(uint32_t table) {
  RuntimeCall(runtime::RuntimeCall::kTableFill, 3, table, 0, {});
}

}  // namespace wasmtier::optimizing
