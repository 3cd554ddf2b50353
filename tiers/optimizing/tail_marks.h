// Which calls may become jumps, after functions were inlined.
#ifndef WASMTIER_TIERS_OPTIMIZING_TAIL_MARKS_H_
#define WASMTIER_TIERS_OPTIMIZING_TAIL_MARKS_H_

#include <llvm/IR/PassManager.h>

namespace wasmtier::optimizing {

// A tail call of a function that was inlined, at a call that is none, loses its mark; LLVM would
// find that it can be a jump after all, and runaway recursion would become an endless loop. So such
// calls are marked as what they are. To run behind the inliner, before LLVM looks for tail calls.
class KeepTailMarksPass : public llvm::PassInfoMixin<KeepTailMarksPass> {
 public:
  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& manager);
  static bool isRequired() { return true; }
};

}  // namespace wasmtier::optimizing

#endif  // WASMTIER_TIERS_OPTIMIZING_TAIL_MARKS_H_
