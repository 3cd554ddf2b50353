// A function that needs no VMContext except to call itself needs none.
#ifndef WASMTIER_TIERS_OPTIMIZING_DEAD_CONTEXT_H_
#define WASMTIER_TIERS_OPTIMIZING_DEAD_CONTEXT_H_

#include <llvm/IR/PassManager.h>

namespace wasmtier::optimizing {

// Recursion without memory, globals and other calls would keep the context in a register that each
// call has to save (fib: 2026-11-28, one of five). LLVM drops such arguments of internal functions
// only. To run when all else is done.
class DeadContextPass : public llvm::PassInfoMixin<DeadContextPass> {
 public:
  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
};

}  // namespace wasmtier::optimizing

#endif  // WASMTIER_TIERS_OPTIMIZING_DEAD_CONTEXT_H_
