// Two copies of a loop, one for the case that something is known when it is entered.
#ifndef WASMTIER_TIERS_OPTIMIZING_LOOP_VERSIONS_H_
#define WASMTIER_TIERS_OPTIMIZING_LOOP_VERSIONS_H_

namespace llvm {
class BranchInst;
class DominatorTree;
class Loop;
class LoopInfo;
class ScalarEvolution;
class Value;
}  // namespace llvm

namespace wasmtier::optimizing {

// In loop-simplify and LCSSA form, which they keep.
struct LoopAnalyses {
  llvm::LoopInfo& loops;
  llvm::DominatorTree& dominators;
  llvm::ScalarEvolution& evolution;
};

// Enters `loop` if the condition holds, which must be computed at the end of its preheader, and a
// copy of it otherwise, on which LLVM spends no more time. Loops inside are copied with it. The
// caller changes `loop` and then has ScalarEvolution forget it.
void MakeVersions(llvm::Loop& loop, llvm::Value* condition, const LoopAnalyses& analyses);

// The branch that MakeVersions has made for this loop; or null. Its condition may be made stricter.
llvm::BranchInst* FindVersionBranch(const llvm::Loop& loop);

}  // namespace wasmtier::optimizing

#endif  // WASMTIER_TIERS_OPTIMIZING_LOOP_VERSIONS_H_
