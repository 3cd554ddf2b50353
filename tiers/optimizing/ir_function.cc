// FunctionBuilder: the function's beginning and end, and what all instructions need.
#include "tiers/optimizing/ir_function.h"

#include <llvm/IR/MDBuilder.h>
#include <llvm/Transforms/Utils/Local.h>

#include <algorithm>
#include <cstddef>

#include "absl/strings/str_format.h"
#include "runtime/interpreter_frame.h"
#include "runtime/vm_context.h"

namespace wasmtier::optimizing {

using decode::BodyState;
using runtime::ArgumentPlace;
using runtime::TrapCode;
using runtime::ValueType;
using runtime::VMContext;

FunctionBuilder::FunctionBuilder(IrTypes& types, llvm::Function* function,
                                 const WrittenLocals& written, std::optional<uint32_t> osr_loop,
                                 profiler::FunctionFeedback* feedback)
    : types_(types),
      module_(types.code().module()),
      function_(function),
      written_(written),
      osr_loop_(osr_loop),
      ir_(types.context()),
      feedback_(feedback) {}

void FunctionBuilder::Refuse(decode::Opcode opcode) {
  if (!error_.empty()) return;
  error_ = absl::StrFormat("needs feature %s: %s (at offset 0x%x in %s)",
                           runtime::ToString(decode::Info(opcode).feature), decode::Name(opcode),
                           state_->offset(), module_.DescribeFunction(state_->function()));
}

// What is emitted from now on is of the current instruction.
void FunctionBuilder::Here() {
  ir_.SetCurrentDebugLocation(
      llvm::DILocation::get(types_.context(), state_->offset(), 0, function_->getSubprogram()));
}

llvm::BasicBlock* FunctionBuilder::NewBlock(const char* name) {
  return llvm::BasicBlock::Create(types_.context(), name, function_);
}

void FunctionBuilder::BeginFunction(const BodyState& state) {
  state_ = &state;
  function_->setSubprogram(
      types_.Describe(state.function(), state.offset(), function_->getName().str()));
  context_ = function_->getArg(0);
  entry_ = NewBlock("entry");
  llvm::BasicBlock* const start = NewBlock("start");
  ir_.SetInsertPoint(entry_);
  Here();
  if (!osr_loop_) ir_.CreateBr(start);
  ir_.SetInsertPoint(start);
  locals_ = std::make_shared<std::vector<llvm::Value*>>();
  for (ValueType type : state.locals()) locals_->push_back(types_.Zero(type));
  if (!osr_loop_) LoadParameters();
  Label label{.kind = decode::ControlKind::kFunction, .height = 0, .first = 0};
  label.arity = static_cast<uint32_t>(state.type().results.size());
  labels_.push_back(std::move(label));
  if (feedback_ == nullptr) return;
  count_ = feedback_->calls();
  // Of a body that begins at a loop, nobody counts the entries.
  if (!osr_loop_) function_->setEntryCount(std::max(feedback_->calls(), 1U));
}

void FunctionBuilder::EndFunction() {
  for (llvm::BasicBlock& block : *function_) {
    if (block.getTerminator() == nullptr) new llvm::UnreachableInst(types_.context(), &block);
  }
  llvm::removeUnreachableBlocks(*function_);
}

void FunctionBuilder::LoadParameters() {
  const runtime::FuncType& type = state_->type();
  const std::vector<ArgumentPlace> places = runtime::PlaceParameters(type.params);
  unsigned argument = 1;
  for (size_t i = 0; i < places.size(); ++i) {
    if (places[i].kind != ArgumentPlace::Kind::kCallArea) {
      (*locals_)[i] = function_->getArg(argument++);
      continue;
    }
    llvm::LoadInst* const load =
        ir_.CreateAlignedLoad(types_.Of(type.params[i]),
                              At(CallArea(), places[i].index * sizeof(uint64_t)), llvm::Align(8));
    types_.Classify(load, MemoryClass::kContext);
    (*locals_)[i] = load;
  }
}

// The jump from the entry to the loop of an OSR body, with the values of the interpreter's frame.
void FunctionBuilder::LoadFrame(const Label& label, std::span<const ValueType> params) {
  const llvm::IRBuilder<>::InsertPointGuard guard(ir_);
  ir_.SetInsertPoint(entry_);
  uint32_t slot = 0;
  const auto load = [&](ValueType type) {
    llvm::LoadInst* const value =
        ir_.CreateAlignedLoad(types_.Of(type), At(function_->getArg(1), slot * sizeof(uint64_t)),
                              llvm::Align(type.slots() == 2 ? 1 : 8));
    types_.Classify(value, MemoryClass::kContext);
    slot += type.slots();
    return value;
  };
  for (size_t i = 0; i < label.local_phis.size(); ++i) {
    label.local_phis[i].second->addIncoming(load(state_->locals()[i]), entry_);
  }
  slot += runtime::kHeaderSlots;
  const size_t below = label.operand_phis.size() - params.size();
  for (size_t i = 0; i < label.operand_phis.size(); ++i) {
    const ValueType type =
        i < below ? state_->operand(static_cast<uint32_t>(i)) : params[i - below];
    label.operand_phis[i]->addIncoming(load(type), entry_);
  }
  ir_.CreateBr(label.target);
}

void FunctionBuilder::SetLocalValue(uint32_t local, llvm::Value* value) {
  if (locals_.use_count() != 1) locals_ = std::make_shared<std::vector<llvm::Value*>>(*locals_);
  (*locals_)[local] = value;
}

llvm::Value* FunctionBuilder::At(llvm::Value* base, uint64_t offset) {
  if (offset == 0) return base;
  return ir_.CreateInBoundsPtrAdd(base, ir_.getInt64(offset));
}

// A field that may change.
llvm::Value* FunctionBuilder::LoadField(llvm::Value* base, size_t offset, llvm::Type* type,
                                        const char* name) {
  llvm::LoadInst* const load = ir_.CreateAlignedLoad(
      type, At(base, offset), llvm::Align(type->isIntegerTy(32) ? 4 : 8), name);
  types_.Classify(load, MemoryClass::kContext);
  return load;
}

// A field that never changes, of an object that lives at least as long as the call.
llvm::Value* FunctionBuilder::LoadInvariant(llvm::Value* base, size_t offset, llvm::Type* type,
                                            const char* name) {
  auto* const load = llvm::cast<llvm::LoadInst>(LoadField(base, offset, type, name));
  load->setMetadata(llvm::LLVMContext::MD_invariant_load, types_.empty_node());
  return load;
}

llvm::Value* FunctionBuilder::LoadContext(size_t offset, llvm::Type* type, const char* name) {
  return LoadInvariant(context_, offset, type, name);
}

llvm::Value* FunctionBuilder::ToBool(llvm::Value* value) {
  // What FromBool made.
  if (auto* const extension = llvm::dyn_cast<llvm::ZExtInst>(value);
      extension != nullptr && extension->getSrcTy()->isIntegerTy(1)) {
    return extension->getOperand(0);
  }
  return ir_.CreateIsNotNull(value);
}

llvm::MDNode* FunctionBuilder::Unlikely() {
  return llvm::MDBuilder(types_.context()).createUnlikelyBranchWeights();
}

void FunctionBuilder::EmitTrap(llvm::Value* code) {
  llvm::CallInst* const call = ir_.CreateCall(types_.trap(), {context_, code});
  call->setTailCallKind(llvm::CallInst::TCK_NoTail);
  call->setDoesNotReturn();
  call->addFnAttr(llvm::Attribute::NoMerge);
  call->addFnAttr(llvm::Attribute::Cold);
  ir_.CreateUnreachable();
}

void FunctionBuilder::TrapIf(llvm::Value* condition, llvm::Value* code) {
  llvm::BasicBlock* const trap = NewBlock("trap");
  llvm::BasicBlock* const next = NewBlock("next");
  ir_.CreateCondBr(condition, trap, next, Unlikely());
  ir_.SetInsertPoint(trap);
  EmitTrap(code);
  ir_.SetInsertPoint(next);
}

void FunctionBuilder::TrapIf(llvm::Value* condition, TrapCode code) {
  TrapIf(condition, ir_.getInt32(static_cast<uint32_t>(code)));
}

llvm::Value* FunctionBuilder::CallArea() {
  if (call_area_ == nullptr) {
    const llvm::IRBuilder<>::InsertPointGuard guard(ir_);
    ir_.SetInsertPoint(entry_, entry_->begin());
    llvm::Value* const block =
        LoadContext(offsetof(VMContext, store_block), types_.pointer(), "store");
    call_area_ = At(block, offsetof(runtime::StoreBlock, call_area));
  }
  return call_area_;
}

// Loaded once, in front of everything: then it is the same value everywhere.
llvm::Value* FunctionBuilder::MemoryBase() {
  if (memory_base_ == nullptr) {
    const llvm::IRBuilder<>::InsertPointGuard guard(ir_);
    ir_.SetInsertPoint(entry_, entry_->begin());
    memory_base_ = LoadContext(offsetof(VMContext, memory_base), types_.pointer(), "memory");
  }
  return memory_base_;
}

}  // namespace wasmtier::optimizing
