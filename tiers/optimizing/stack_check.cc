#include "tiers/optimizing/stack_check.h"

#include <llvm/IR/DebugInfoMetadata.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/MDBuilder.h>
#include <llvm/IR/Module.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>

#include <cstddef>

#include "runtime/stack.h"
#include "runtime/trap.h"
#include "runtime/vm_context.h"
#include "tiers/optimizing/symbols.h"

namespace wasmtier::optimizing {
namespace {

// Two frames, with what is pushed for calls, and the reserve is still enough for the largest of
// what takes the stack without asking.
static_assert(2 * kMaxCheckedFrameBytes + 4096 <= runtime::kNativeReserve);

// Thunks take none of the stack, tail calls give theirs back.
bool TakesStack(const llvm::Instruction& instruction) {
  const auto* const call = llvm::dyn_cast<llvm::CallInst>(&instruction);
  if (call == nullptr || llvm::isa<llvm::IntrinsicInst>(call)) return false;
  const llvm::Function* const callee = call->getCalledFunction();
  if (callee != nullptr &&
      (callee->getName() == kTrapSymbol || callee->getName() == kRuntimeCallSymbol)) {
    return false;
  }
  return !(call->isTailCall() && llvm::isa_and_nonnull<llvm::ReturnInst>(call->getNextNode()));
}

bool TakesStack(const llvm::Function& function) {
  for (const llvm::BasicBlock& block : function) {
    for (const llvm::Instruction& instruction : block) {
      if (TakesStack(instruction)) return true;
    }
  }
  return false;
}

void AddStackCheck(llvm::Function& function, llvm::Function* trap) {
  llvm::LLVMContext& context = function.getContext();
  llvm::BasicBlock& entry = function.getEntryBlock();
  llvm::IRBuilder<> ir(&entry, entry.getFirstNonPHIOrDbgOrAlloca());
  if (llvm::DISubprogram* const subprogram = function.getSubprogram()) {
    ir.SetCurrentDebugLocation(
        llvm::DILocation::get(context, subprogram->getLine(), 0, subprogram));
  }
  llvm::Value* const vm_context = function.getArg(0);
  const auto load = [&](llvm::Value* base, uint64_t offset) {
    return ir.CreateAlignedLoad(ir.getPtrTy(), ir.CreateInBoundsPtrAdd(base, ir.getInt64(offset)),
                                llvm::Align(8));
  };
  llvm::Value* const block = load(vm_context, offsetof(runtime::VMContext, store_block));
  llvm::Value* const limit = load(block, offsetof(runtime::StoreBlock, native_limit));
  llvm::Value* const frame =
      ir.CreateIntrinsic(llvm::Intrinsic::frameaddress, {ir.getPtrTy()}, {ir.getInt32(0)});
  llvm::Value* const is_exhausted = ir.CreateICmpULT(frame, limit);
  llvm::Instruction* const unreachable =
      llvm::SplitBlockAndInsertIfThen(is_exhausted, ir.GetInsertPoint(), /*Unreachable=*/true,
                                      llvm::MDBuilder(context).createUnlikelyBranchWeights());
  ir.SetInsertPoint(unreachable);
  llvm::CallInst* const call = ir.CreateCall(
      trap,
      {vm_context, ir.getInt32(static_cast<uint32_t>(runtime::TrapCode::kCallStackExhausted))});
  call->setTailCallKind(llvm::CallInst::TCK_NoTail);
  call->setDoesNotReturn();
}

}  // namespace

// A definition that another one may stand in for, as LLVM has to assume, keeps all its parameters,
// and callers pass them; it is inlined, and removed if nothing calls it, as before.
void KeepContexts(llvm::Module& module) {
  for (llvm::Function& function : module) {
    if (function.isDeclaration()) continue;
    function.setLinkage(function.hasLocalLinkage() ? llvm::GlobalValue::LinkOnceODRLinkage
                                                   : llvm::GlobalValue::WeakODRLinkage);
  }
}

void AddStackChecks(llvm::Module& module) {
  llvm::Function* const trap = llvm::cast<llvm::Function>(
      module
          .getOrInsertFunction(kTrapSymbol, llvm::Type::getVoidTy(module.getContext()),
                               llvm::PointerType::getUnqual(module.getContext()),
                               llvm::Type::getInt32Ty(module.getContext()))
          .getCallee());
  trap->addFnAttr(llvm::Attribute::NoReturn);
  trap->addFnAttr(llvm::Attribute::Cold);
  trap->addFnAttr(llvm::Attribute::NoUnwind);
  for (llvm::Function& function : module) {
    if (function.isDeclaration()) continue;
    if (TakesStack(function)) AddStackCheck(function, trap);
    function.setLinkage(function.hasLinkOnceLinkage() ? llvm::GlobalValue::InternalLinkage
                                                      : llvm::GlobalValue::ExternalLinkage);
  }
}

}  // namespace wasmtier::optimizing
