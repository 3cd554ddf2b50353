// FunctionBuilder: calls (runtime/call_convention.h).
#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "runtime/vm_context.h"
#include "tiers/optimizing/ir_function.h"
#include "tiers/optimizing/symbols.h"

namespace wasmtier::optimizing {

using runtime::ArgumentPlace;
using runtime::FunctionReference;
using runtime::FuncType;
using runtime::TrapCode;
using runtime::VMContext;

// The entry is read at each call: another tier may have been published meanwhile.
FunctionBuilder::Callee FunctionBuilder::ReferencedCallee(llvm::Value* reference) {
  llvm::Value* const slot =
      LoadInvariant(reference, offsetof(FunctionReference, entry), types_.pointer(), "slot");
  llvm::Value* const theirs =
      LoadInvariant(reference, offsetof(FunctionReference, context), types_.pointer(), "theirs");
  // Host functions get the caller's.
  llvm::Value* const context = ir_.CreateSelect(ir_.CreateIsNull(theirs), context_, theirs);
  return {.target = nullptr, .context = context, .slot = slot};
}

FunctionBuilder::Callee FunctionBuilder::ImportedCallee(uint32_t function) {
  llvm::Value* const functions =
      LoadContext(offsetof(VMContext, functions), types_.pointer(), "functions");
  return ReferencedCallee(
      LoadInvariant(functions, function * sizeof(void*), types_.pointer(), "import"));
}

// Code is made for one ModuleCode, whose entry table never moves.
llvm::Value* FunctionBuilder::EntrySlot(uint32_t function) {
  const auto* const entries = const_cast<runtime::ModuleCode&>(types_.code()).entries();
  return ir_.CreateIntToPtr(ir_.getInt64(reinterpret_cast<uint64_t>(entries + function)),
                            types_.pointer());
}

void FunctionBuilder::CallDirect(uint32_t function, bool is_tail) {
  Here();
  const FuncType& type = module_.function_type(function);
  if (module_.IsImported(function)) return EmitCall(type, ImportedCallee(function), is_tail);
  if (llvm::Function* const direct = types_.FindDirect(function)) {
    llvm::Value* const no_slot = llvm::PoisonValue::get(types_.pointer());
    return EmitCall(type, {.target = direct, .context = context_, .slot = no_slot}, is_tail);
  }
  EmitCall(type, {.target = nullptr, .context = context_, .slot = EntrySlot(function)}, is_tail);
}

void FunctionBuilder::Call(uint32_t function) { CallDirect(function, false); }

void FunctionBuilder::ReturnCall(uint32_t function) { CallDirect(function, true); }

// The reference of an indirect call, not null; the index is on top.
llvm::Value* FunctionBuilder::IndirectReference(uint32_t table) {
  llvm::Value* const element = TableElement(table, Pop(), TrapCode::kUndefinedElement);
  llvm::LoadInst* const reference =
      ir_.CreateAlignedLoad(types_.pointer(), element, llvm::Align(8), "reference");
  types_.Classify(reference, MemoryClass::kTable);
  TrapIf(ir_.CreateIsNull(reference), TrapCode::kUninitializedElement);
  return reference;
}

void FunctionBuilder::CheckType(llvm::Value* reference, uint32_t type) {
  llvm::Value* const id =
      LoadInvariant(reference, offsetof(FunctionReference, type_id), types_.i32(), "type");
  TrapIf(ir_.CreateICmpNE(id, ir_.getInt32(module_.canonical_types[type])),
         TrapCode::kIndirectCallTypeMismatch);
}

// Functions that most calls go to are called directly where the reference is to them, in this
// instance (code is shared by instances): then LLVM may inline them, and their type is known.
void FunctionBuilder::CallReference(llvm::Value* reference, uint32_t type, bool check_type,
                                    bool is_tail) {
  const FuncType& signature = module_.types[type].func;
  const LikelyCallees likely = NextLikelyCallees(type);
  if (likely.callees.empty()) {
    if (check_type) CheckType(reference, type);
    return EmitCall(signature, ReferencedCallee(reference), is_tail);
  }
  llvm::Value* const slot =
      LoadInvariant(reference, offsetof(FunctionReference, entry), types_.pointer(), "slot");
  llvm::Value* const context =
      LoadInvariant(reference, offsetof(FunctionReference, context), types_.pointer(), "theirs");
  llvm::Value* const is_ours = ir_.CreateICmpEQ(context, context_);
  const std::vector<llvm::Value*> operands = operands_;
  std::vector<std::pair<llvm::BasicBlock*, std::vector<llvm::Value*>>> ends;
  double left = likely.calls;
  for (const LikelyCallees::Callee& callee : likely.callees) {
    llvm::BasicBlock* const direct = NewBlock("likely");
    llvm::BasicBlock* const other = NewBlock("other");
    left -= callee.count;
    ir_.CreateCondBr(ir_.CreateAnd(ir_.CreateICmpEQ(slot, EntrySlot(callee.function)), is_ours),
                     direct, other, Weights(callee.count, std::max(left, callee.count / 1000)));
    ir_.SetInsertPoint(direct);
    CallDirect(callee.function, is_tail);
    ends.emplace_back(ir_.GetInsertBlock(), std::move(operands_));
    operands_ = operands;
    ir_.SetInsertPoint(other);
    Here();
  }
  if (check_type) CheckType(reference, type);
  EmitCall(signature, ReferencedCallee(reference), is_tail);
  if (is_tail) return;
  ends.emplace_back(ir_.GetInsertBlock(), operands_);
  llvm::BasicBlock* const next = NewBlock("next");
  for (const auto& [end, results] : ends) {
    ir_.SetInsertPoint(end);
    ir_.CreateBr(next);
  }
  ir_.SetInsertPoint(next);
  for (size_t i = operands_.size() - signature.results.size(); i < operands_.size(); ++i) {
    llvm::PHINode* const phi =
        ir_.CreatePHI(operands_[i]->getType(), static_cast<unsigned>(ends.size()));
    for (const auto& [end, results] : ends) phi->addIncoming(results[i], end);
    operands_[i] = phi;
  }
}

void FunctionBuilder::CallIndirect(uint32_t type, uint32_t table) {
  Here();
  CallReference(IndirectReference(table), type, /*check_type=*/true, /*is_tail=*/false);
}

void FunctionBuilder::ReturnCallIndirect(uint32_t type, uint32_t table) {
  Here();
  CallReference(IndirectReference(table), type, /*check_type=*/true, /*is_tail=*/true);
}

void FunctionBuilder::CallRef(uint32_t type) {
  Here();
  llvm::Value* const word = Pop();
  TrapIf(ir_.CreateIsNull(word), TrapCode::kNullFunctionReference);
  CallReference(ir_.CreateIntToPtr(word, types_.pointer()), type, /*check_type=*/false,
                /*is_tail=*/false);
}

void FunctionBuilder::ReturnCallRef(uint32_t type) {
  Here();
  llvm::Value* const word = Pop();
  TrapIf(ir_.CreateIsNull(word), TrapCode::kNullFunctionReference);
  CallReference(ir_.CreateIntToPtr(word, types_.pointer()), type, /*check_type=*/false,
                /*is_tail=*/true);
}

// The arguments that have registers; the others are stored into the call area.
std::vector<llvm::Value*> FunctionBuilder::PassArguments(const FuncType& type,
                                                         const Callee& callee) {
  const std::vector<ArgumentPlace> places = runtime::PlaceParameters(type.params);
  std::vector<llvm::Value*> arguments = {callee.context};
  llvm::Value* const* const values = operands_.data() + operands_.size() - type.params.size();
  for (size_t i = 0; i < places.size(); ++i) {
    if (places[i].kind != ArgumentPlace::Kind::kCallArea) {
      arguments.push_back(values[i]);
      continue;
    }
    llvm::StoreInst* const store = ir_.CreateAlignedStore(
        values[i], At(CallArea(), places[i].index * sizeof(uint64_t)), llvm::Align(8));
    types_.Classify(store, MemoryClass::kContext);
  }
  arguments.push_back(callee.slot);
  operands_.resize(operands_.size() - type.params.size());
  return arguments;
}

void FunctionBuilder::TakeResults(const FuncType& type, llvm::CallInst* call) {
  const std::vector<ArgumentPlace> places = runtime::PlaceResults(type.results);
  for (size_t i = 0; i < places.size(); ++i) {
    if (i == 0) {
      Push(call);
      continue;
    }
    llvm::LoadInst* const load =
        ir_.CreateAlignedLoad(types_.Of(type.results[i]),
                              At(CallArea(), places[i].index * sizeof(uint64_t)), llvm::Align(8));
    types_.Classify(load, MemoryClass::kContext);
    Push(load);
  }
}

// Tail calls are jumps, whatever the signatures, since no argument is on the stack. All others are
// never made jumps: that would turn runaway recursion into an endless loop.
void FunctionBuilder::EmitCall(const FuncType& type, const Callee& callee, bool is_tail) {
  llvm::FunctionType* const callee_type = types_.OfFunction(type);
  const std::vector<llvm::Value*> arguments = PassArguments(type, callee);
  llvm::Value* target = callee.target;
  if (target == nullptr) {
    llvm::LoadInst* const entry =
        ir_.CreateAlignedLoad(types_.pointer(), callee.slot, llvm::Align(8), "entry");
    entry->setAtomic(llvm::AtomicOrdering::Monotonic);
    types_.Classify(entry, MemoryClass::kContext);
    target = entry;
  }
  llvm::CallInst* const call = ir_.CreateCall(callee_type, target, arguments);
  call->addParamAttr(static_cast<unsigned>(arguments.size()) - 1, llvm::Attribute::Nest);
  call->addFnAttr(llvm::Attribute::NoMerge);
  call->addFnAttr(llvm::Attribute::NoUnwind);
  if (!is_tail) {
    call->setTailCallKind(llvm::CallInst::TCK_NoTail);
    return TakeResults(type, call);
  }
  call->setDebugLoc(llvm::DILocation::get(types_.context(), state_->offset(), kTailCallColumn,
                                          function_->getSubprogram()));
  const bool is_same = callee_type == function_->getFunctionType();
  call->setTailCallKind(is_same ? llvm::CallInst::TCK_MustTail : llvm::CallInst::TCK_Tail);
  if (type.results.empty()) {
    ir_.CreateRetVoid();
  } else {
    ir_.CreateRet(call);
  }
  EnterUnreachable();
}

}  // namespace wasmtier::optimizing
