#include "tiers/optimizing/tail_marks.h"

#include <llvm/IR/Function.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>

namespace wasmtier::optimizing {

// Every call of wasm code is made with a mark: those without one have lost it.
llvm::PreservedAnalyses KeepTailMarksPass::run(llvm::Function& function,
                                               llvm::FunctionAnalysisManager&) {
  for (llvm::BasicBlock& block : function) {
    for (llvm::Instruction& instruction : block) {
      auto* const call = llvm::dyn_cast<llvm::CallInst>(&instruction);
      if (call == nullptr || llvm::isa<llvm::IntrinsicInst>(call)) continue;
      if (call->getTailCallKind() == llvm::CallInst::TCK_None) {
        call->setTailCallKind(llvm::CallInst::TCK_NoTail);
      }
    }
  }
  return llvm::PreservedAnalyses::all();
}

}  // namespace wasmtier::optimizing
