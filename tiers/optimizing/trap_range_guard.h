// The range guard (design §9): an innermost loop whose accesses to linear memory lie at addresses
// that follow its induction is made twice. Before it, the least and the greatest address of all
// iterations are compared with the memory's current length (memories never shrink). If they are
// inside, a copy runs in which no access can trap: it has no anchors, and its addresses are
// computed in 64 bits, so that LLVM sees which of them follow each other, and vectorizes. Otherwise
// the loop runs as it was.
#ifndef WASMTIER_TIERS_OPTIMIZING_TRAP_RANGE_GUARD_H_
#define WASMTIER_TIERS_OPTIMIZING_TRAP_RANGE_GUARD_H_

#include <llvm/IR/PassManager.h>

namespace llvm {
class Function;
class Loop;
}  // namespace llvm

namespace wasmtier::optimizing {

class RangeGuardPass : public llvm::PassInfoMixin<RangeGuardPass> {
 public:
  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
};

// Whether it is a copy in which no access can trap, conditional ones included, whatever the
// number of iterations that LLVM thinks possible.
bool CannotTrap(const llvm::Loop& loop);

}  // namespace wasmtier::optimizing

#endif  // WASMTIER_TIERS_OPTIMIZING_TRAP_RANGE_GUARD_H_
