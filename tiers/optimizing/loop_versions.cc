#include "tiers/optimizing/loop_versions.h"

#include <llvm/ADT/SmallVector.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/Function.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/MDBuilder.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>
#include <llvm/Transforms/Utils/Cloning.h>
#include <llvm/Transforms/Utils/LoopUtils.h>

namespace wasmtier::optimizing {
namespace {

constexpr char kVersionMetadata[] = "wasmtier.version";

// Where the loop leaves, its copy does, too.
void JoinExits(llvm::Loop& loop, llvm::ValueToValueMapTy& copies) {
  llvm::SmallVector<llvm::BasicBlock*> exits;
  loop.getUniqueExitBlocks(exits);
  for (llvm::BasicBlock* exit : exits) {
    for (llvm::PHINode& phi : exit->phis()) {
      const unsigned count = phi.getNumIncomingValues();
      for (unsigned i = 0; i < count; ++i) {
        llvm::BasicBlock* const from = phi.getIncomingBlock(i);
        if (!loop.contains(from)) continue;
        llvm::Value* value = phi.getIncomingValue(i);
        if (const auto found = copies.find(value); found != copies.end()) value = found->second;
        phi.addIncoming(value, llvm::cast<llvm::BasicBlock>(copies[from]));
      }
    }
  }
}

}  // namespace

void MakeVersions(llvm::Loop& loop, llvm::Value* condition, const LoopAnalyses& analyses) {
  auto& [loops, dominators, evolution] = analyses;
  llvm::BasicBlock* const check = loop.getLoopPreheader();
  llvm::BasicBlock* const fast =
      llvm::SplitBlock(check, check->getTerminator(), &dominators, &loops, nullptr, "fast");
  llvm::ValueToValueMapTy copies;
  llvm::SmallVector<llvm::BasicBlock*> blocks;
  llvm::Loop* const slow = llvm::cloneLoopWithPreheader(fast, check, &loop, copies, ".slow", &loops,
                                                        &dominators, blocks);
  llvm::remapInstructionsInBlocks(blocks, copies);
  llvm::Instruction* const jump = check->getTerminator();
  llvm::IRBuilder<> builder(jump);
  llvm::BranchInst* const branch =
      builder.CreateCondBr(condition, fast, slow->getLoopPreheader(),
                           llvm::MDBuilder(builder.getContext()).createLikelyBranchWeights());
  branch->setMetadata(kVersionMetadata, llvm::MDNode::get(builder.getContext(), {}));
  jump->eraseFromParent();
  JoinExits(loop, copies);
  dominators.recalculate(*check->getParent());
  llvm::formDedicatedExitBlocks(slow, &dominators, &loops, nullptr, /*PreserveLCSSA=*/true);
  llvm::formDedicatedExitBlocks(&loop, &dominators, &loops, nullptr, /*PreserveLCSSA=*/true);
  for (llvm::Loop* copy : slow->getLoopsInPreorder()) {
    llvm::addStringMetadataToLoop(copy, "llvm.loop.isvectorized", 1);
    llvm::addStringMetadataToLoop(copy, "llvm.loop.unroll.disable");
  }
}

llvm::BranchInst* FindVersionBranch(const llvm::Loop& loop) {
  const llvm::BasicBlock* block = loop.getLoopPreheader();
  while (block != nullptr) {
    llvm::BasicBlock* const before = const_cast<llvm::BasicBlock*>(block->getSinglePredecessor());
    if (before == nullptr) return nullptr;
    auto* const branch = llvm::dyn_cast<llvm::BranchInst>(before->getTerminator());
    if (branch == nullptr) return nullptr;
    if (branch->isConditional()) {
      return branch->hasMetadata(kVersionMetadata) && branch->getSuccessor(0) == block ? branch
                                                                                       : nullptr;
    }
    block = before;
  }
  return nullptr;
}

}  // namespace wasmtier::optimizing
