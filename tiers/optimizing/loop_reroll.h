// Rerolling (design §9, lowering choices, item 2): a loop whose body the producer unrolled becomes the plain loop
// again, so that the vectorizer sees one access behind the other and chooses the width itself.
// clang unrolls by two, four or eight for wasm, where native code would have been vectorized.
#ifndef WASMTIER_TIERS_OPTIMIZING_LOOP_REROLL_H_
#define WASMTIER_TIERS_OPTIMIZING_LOOP_REROLL_H_

#include <llvm/IR/PassManager.h>

namespace llvm {
class Function;
}  // namespace llvm

namespace wasmtier::optimizing {

// Of loops in which nothing can trap, behind RangeGuardPass. Where the parts of the body may touch
// the same bytes, and must then keep their order, the range guard's condition is made stricter.
class LoopRerollPass : public llvm::PassInfoMixin<LoopRerollPass> {
 public:
  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
};

}  // namespace wasmtier::optimizing

#endif  // WASMTIER_TIERS_OPTIMIZING_LOOP_REROLL_H_
