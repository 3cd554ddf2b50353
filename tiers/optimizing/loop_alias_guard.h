// The alias guard: of innermost loops in which nothing traps any more, accesses that go through memory with
// different steps are compared as whole ranges in front of the loop. Where none that is written
// touches another, a copy runs in which LLVM knows that, so that what does not change is loaded
// once (the a[i][k] of a matrix product), sums in memory are sums in registers, and loops over
// arrays of different elements become vector code: all memory is one object for LLVM, and of two
// places in one object that it knows it asks nothing at run time. Accesses with equal steps, as
// a[i] and a[i + k], are left to LLVM's own comparison, which needs their distance only.
#ifndef WASMTIER_TIERS_OPTIMIZING_LOOP_ALIAS_GUARD_H_
#define WASMTIER_TIERS_OPTIMIZING_LOOP_ALIAS_GUARD_H_

#include <llvm/IR/PassManager.h>

namespace llvm {
class Function;
}  // namespace llvm

namespace wasmtier::optimizing {

// Behind RangeGuardPass, in front of LICM and of LoopRerollPass.
class AliasGuardPass : public llvm::PassInfoMixin<AliasGuardPass> {
 public:
  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
};

}  // namespace wasmtier::optimizing

#endif  // WASMTIER_TIERS_OPTIMIZING_LOOP_ALIAS_GUARD_H_
