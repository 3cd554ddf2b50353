#include "tiers/optimizing/dead_context.h"

#include <llvm/ADT/SmallVector.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/Function.h>
#include <llvm/IR/InstrTypes.h>

namespace wasmtier::optimizing {
namespace {

// What all functions of wasm have first.
constexpr unsigned kContext = 0;

bool IsContextOfOwnCall(const llvm::Use& use, const llvm::Function& function) {
  const auto* const call = llvm::dyn_cast<llvm::CallBase>(use.getUser());
  return call != nullptr && call->getFunction() == &function &&
         call->getCalledFunction() == &function && call->isArgOperand(&use) &&
         call->getArgOperandNo(&use) == kContext;
}

}  // namespace

llvm::PreservedAnalyses DeadContextPass::run(llvm::Function& function,
                                             llvm::FunctionAnalysisManager&) {
  if (function.arg_empty() || !function.getArg(kContext)->getType()->isPointerTy()) {
    return llvm::PreservedAnalyses::all();
  }
  llvm::Argument* const context = function.getArg(kContext);
  llvm::SmallVector<llvm::CallBase*> calls;
  for (const llvm::Use& use : context->uses()) {
    if (!IsContextOfOwnCall(use, function)) return llvm::PreservedAnalyses::all();
    calls.push_back(llvm::cast<llvm::CallBase>(use.getUser()));
  }
  if (calls.empty()) return llvm::PreservedAnalyses::all();
  // It is anything now.
  function.setAttributes(
      function.getAttributes().removeParamAttributes(function.getContext(), kContext));
  for (llvm::CallBase* call : calls) {
    call->setAttributes(call->getAttributes().removeParamAttributes(call->getContext(), kContext));
    call->setArgOperand(kContext, llvm::PoisonValue::get(context->getType()));
  }
  return llvm::PreservedAnalyses::none();
}

}  // namespace wasmtier::optimizing
