#include "tiers/optimizing/loop_reroll.h"

#include <llvm/ADT/SmallVector.h>
#include <llvm/Analysis/IVDescriptors.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/Analysis/ScalarEvolutionExpressions.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/Function.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/MDBuilder.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/ProfDataUtils.h>
#include <llvm/Transforms/Utils/LoopUtils.h>
#include <llvm/Transforms/Utils/ScalarEvolutionExpander.h>

#include <algorithm>
#include <cstdint>
#include <optional>

#include "tiers/optimizing/loop_copies.h"
#include "tiers/optimizing/loop_order.h"
#include "tiers/optimizing/loop_remarks.h"
#include "tiers/optimizing/loop_versions.h"
#include "tiers/optimizing/scev_expander.h"
#include "tiers/optimizing/trap_range_guard.h"

namespace wasmtier::optimizing {
namespace {

using llvm::SCEV;

// Parts that an iteration may have, the likeliest of many first: of a body with eight copies, two
// would be found as well.
constexpr unsigned kParts[] = {16, 8, 6, 5, 4, 3, 2};
// Of the largest body; unrolled ones are hundreds of instructions at most.
constexpr size_t kMaxInstructions = 600;

// One loop.
class Reroll {
 public:
  Reroll(llvm::Loop& loop, const LoopAnalyses& analyses, unsigned parts)
      : loop_(loop),
        analyses_(analyses),
        evolution_(analyses.evolution),
        copies_(loop, analyses.evolution, parts),
        expander_(MakeExpander(analyses.evolution, "reroll")) {}

  // Whether it can be done, and helps; changes nothing.
  bool Analyze();
  void Apply();

 private:
  bool CanBeVectorized(llvm::PHINode* recurrence, const llvm::Instruction* first);
  bool PlanOperands();
  bool PlanOperand(llvm::Value* operand);
  bool IsSum(const llvm::Value* value) const;
  bool PlanValuesAfterLoop();
  bool CanExpand(const SCEV* expression, const llvm::Instruction* at) {
    return expander_.isSafeToExpandAt(expression, at);
  }
  llvm::Value* Expand(const SCEV* expression) {
    return expander_.expandCodeFor(expression, expression->getType(),
                                   loop_.getLoopPreheader()->getTerminator()->getIterator());
  }
  void GuardOrder();
  void MakeCounter();
  llvm::Value* NewLeaf(llvm::Value* old);
  void MakeSums();
  void ReplaceValuesAfterLoop();
  void ScaleWeights();
  void RemoveOldBody();

  llvm::Loop& loop_;
  const LoopAnalyses& analyses_;
  llvm::ScalarEvolution& evolution_;
  LoopCopies copies_;
  llvm::SCEVExpander expander_;
  const SCEV* count_ = nullptr;        // of jumps back
  llvm::BranchInst* guard_ = nullptr;  // whose condition becomes stricter, if order matters
  llvm::SmallVector<Separation, 4> separations_;
  llvm::SmallVector<std::pair<llvm::PHINode*, llvm::Value*>> after_;  // phi of the exit, its value

  // While it is applied.
  llvm::PHINode* counter_ = nullptr;
  llvm::Instruction* next_ = nullptr;
  llvm::SmallPtrSet<llvm::Instruction*, 32> kept_;
  struct Leaf {
    const llvm::SCEVAddRecExpr* old;
    llvm::Value* value;
  };
  llvm::SmallVector<Leaf> leaves_;
  llvm::DenseMap<llvm::Value*, llvm::Value*> new_sums_;  // by what was handed on
};

// Otherwise the loop is better as the producer made it. `first`: what the first part hands on.
bool Reroll::CanBeVectorized(llvm::PHINode* recurrence, const llvm::Instruction* first) {
  // Something loaded that the next part needs, too: the neighbour in a stencil.
  if (first != nullptr && llvm::isa<llvm::LoadInst>(first)) return true;
  llvm::RecurrenceDescriptor descriptor;
  // Sums of floats keep their order.
  return llvm::RecurrenceDescriptor::isReductionPHI(recurrence, &loop_, descriptor) &&
         !descriptor.hasExactFPMath();
}

// Every operand of what is kept must be there in the plain loop.
bool Reroll::PlanOperands() {
  for (const auto& [first, copies] : copies_.copies()) {
    for (llvm::Value* operand : first->operands()) {
      if (!PlanOperand(operand)) return false;
    }
  }
  for (const LoopCopies::Sum& sum : copies_.sums()) {
    for (const auto& term : sum.terms) {
      if (!PlanOperand(term.value)) return false;
    }
  }
  return true;
}

bool Reroll::PlanOperand(llvm::Value* operand) {
  if (loop_.isLoopInvariant(operand)) return true;
  if (const llvm::SCEVAddRecExpr* const leaf = copies_.LeafOf(operand)) {
    return copies_.PartStep(leaf) &&
           CanExpand(leaf->getStart(), loop_.getLoopPreheader()->getTerminator());
  }
  if (auto* const phi = llvm::dyn_cast<llvm::PHINode>(operand)) {
    return copies_.recurrences().contains(phi);
  }
  return copies_.copies().contains(llvm::cast<llvm::Instruction>(operand));
}

// Whether it is what a sum hands on.
bool Reroll::IsSum(const llvm::Value* value) const {
  return std::any_of(copies_.sums().begin(), copies_.sums().end(), [&](const auto& sum) {
    return sum.phi->getIncomingValueForBlock(loop_.getLoopLatch()) == value;
  });
}

bool Reroll::PlanValuesAfterLoop() {
  llvm::BasicBlock* const exit = loop_.getExitBlock();
  for (llvm::Instruction& instruction : *loop_.getHeader()) {
    for (const llvm::Use& use : instruction.uses()) {
      auto* const user = llvm::cast<llvm::Instruction>(use.getUser());
      if (loop_.contains(user)) continue;
      auto* const phi = llvm::dyn_cast<llvm::PHINode>(user);
      if (phi == nullptr || phi->getParent() != exit) return false;
      if (llvm::Instruction* const first = copies_.FirstOfLast(&instruction)) {
        after_.push_back({phi, first});
        continue;
      }
      if (IsSum(&instruction)) {
        after_.push_back({phi, &instruction});
        continue;
      }
      const llvm::SCEVAddRecExpr* const leaf = copies_.LeafOf(&instruction);
      if (leaf == nullptr) return false;
      const SCEV* const last = leaf->evaluateAtIteration(count_, evolution_);
      if (!CanExpand(last, loop_.getLoopPreheader()->getTerminator())) return false;
      after_.push_back({phi, &instruction});
    }
  }
  return true;
}

bool Reroll::Analyze() {
  count_ = evolution_.getBackedgeTakenCount(&loop_);
  // So that the number of parts is no more than 64 bits have.
  if (llvm::isa<llvm::SCEVCouldNotCompute>(count_) ||
      evolution_.getTypeSizeInBits(count_->getType()) > 64 ||
      !evolution_.getUnsignedRangeMax(count_).ule(uint64_t{1} << 48)) {
    return false;
  }
  const llvm::Instruction* const before = loop_.getLoopPreheader()->getTerminator();
  if (!CanExpand(count_, before) || !copies_.Find()) return false;
  for (const auto& [phi, first] : copies_.recurrences()) {
    if (!CanBeVectorized(phi, first)) return false;
  }
  for (const auto& sum : copies_.sums()) {
    if (!CanBeVectorized(sum.phi, nullptr)) return false;
  }
  if (!PlanOperands() || !PlanValuesAfterLoop()) return false;
  auto separations = SeparationsFor(loop_, copies_, evolution_);
  if (!separations) return false;
  separations_ = *std::move(separations);
  if (separations_.empty()) return true;
  const auto can_expand = [&](const llvm::Instruction* at) {
    return std::all_of(separations_.begin(), separations_.end(), [&](const Separation& separation) {
      return CanExpand(separation.difference, at);
    });
  };
  guard_ = FindVersionBranch(loop_);
  if (guard_ != nullptr && !can_expand(guard_)) guard_ = nullptr;
  return guard_ != nullptr || can_expand(before);
}

// Where bytes may be the same, the loop runs as it was.
void Reroll::GuardOrder() {
  llvm::Instruction* const at =
      guard_ != nullptr ? guard_ : loop_.getLoopPreheader()->getTerminator();
  llvm::IRBuilder<> builder(at);
  llvm::Value* condition = guard_ != nullptr ? guard_->getCondition() : builder.getTrue();
  for (const Separation& separation : separations_) {
    llvm::Value* const difference =
        expander_.expandCodeFor(separation.difference, builder.getInt64Ty(), at->getIterator());
    llvm::Value* const is_behind =
        builder.CreateICmpSGE(difference, builder.getInt64(separation.b_end - separation.a_begin));
    llvm::Value* const is_before =
        builder.CreateICmpSLE(difference, builder.getInt64(separation.b_begin - separation.a_end));
    condition = builder.CreateAnd(condition, builder.CreateOr(is_behind, is_before));
  }
  if (guard_ != nullptr) {
    guard_->setCondition(condition);
  } else {
    MakeVersions(loop_, condition, analyses_);
    // It may leave through other blocks now.
    after_.clear();
    PlanValuesAfterLoop();
  }
}

// Counts parts.
void Reroll::MakeCounter() {
  llvm::BasicBlock* const header = loop_.getHeader();
  llvm::BasicBlock* const preheader = loop_.getLoopPreheader();
  llvm::IRBuilder<> outside(preheader->getTerminator());
  llvm::Type* const type = outside.getInt64Ty();
  const SCEV* const iterations = evolution_.getAddExpr(
      evolution_.getZeroExtendExpr(count_, type), evolution_.getOne(type), llvm::SCEV::FlagNUW);
  llvm::Value* const total = Expand(evolution_.getMulExpr(
      iterations, evolution_.getConstant(type, copies_.parts()), llvm::SCEV::FlagNUW));
  llvm::IRBuilder<> inside(header, header->begin());
  counter_ = inside.CreatePHI(type, 2, "part");
  llvm::Instruction* const jump = header->getTerminator();
  inside.SetInsertPoint(jump);
  next_ = llvm::cast<llvm::Instruction>(inside.CreateAdd(counter_, inside.getInt64(1), "part.next",
                                                         /*HasNUW=*/true, /*HasNSW=*/true));
  counter_->addIncoming(inside.getInt64(0), preheader);
  counter_->addIncoming(next_, header);
  auto* const branch = llvm::cast<llvm::BranchInst>(jump);
  const bool continues_if_true = branch->getSuccessor(0) == header;
  branch->setCondition(continues_if_true ? inside.CreateICmpNE(next_, total)
                                         : inside.CreateICmpEQ(next_, total));
}

// What follows the induction is made anew from the counter: what computed it may rely on the old
// steps ("or" for an addition, flags).
llvm::Value* Reroll::NewLeaf(llvm::Value* old) {
  const llvm::SCEVAddRecExpr* const leaf = copies_.LeafOf(old);
  const int64_t step = *copies_.PartStep(leaf);
  llvm::IRBuilder<> builder(loop_.getHeader(), loop_.getHeader()->getFirstInsertionPt());
  llvm::Type* const type = old->getType();
  for (const Leaf& known : leaves_) {
    if (known.old == leaf && known.value->getType() == type) return known.value;
    if (!type->isPointerTy() || !known.value->getType()->isPointerTy() ||
        copies_.PartStep(known.old) != step) {
      continue;
    }
    const auto* const distance = llvm::dyn_cast<llvm::SCEVConstant>(
        evolution_.getMinusSCEV(leaf->getStart(), known.old->getStart()));
    if (distance == nullptr) continue;
    builder.SetInsertPoint(llvm::cast<llvm::Instruction>(known.value)->getNextNode());
    return builder.CreateInBoundsPtrAdd(known.value,
                                        builder.getInt64(distance->getAPInt().getSExtValue()));
  }
  llvm::Value* const start = Expand(leaf->getStart());
  llvm::Value* value = nullptr;
  if (type->isPointerTy()) {
    llvm::Value* const distance =
        builder.CreateMul(counter_, builder.getInt64(static_cast<uint64_t>(step)), "",
                          /*HasNUW=*/step > 0, /*HasNSW=*/true);
    value = builder.CreateInBoundsPtrAdd(start, distance);
  } else {
    llvm::Value* const number = builder.CreateTrunc(counter_, type);
    value = builder.CreateAdd(start,
                              builder.CreateMul(number, llvm::ConstantInt::getSigned(type, step)));
  }
  leaves_.push_back({leaf, value});
  return value;
}

void Reroll::MakeSums() {
  llvm::IRBuilder<> builder(next_);
  for (const LoopCopies::Sum& sum : copies_.sums()) {
    llvm::Value* value = sum.phi;
    for (const auto& [term, is_negative] : sum.terms) {
      llvm::Value* const operand =
          !loop_.isLoopInvariant(term) && copies_.LeafOf(term) != nullptr ? NewLeaf(term) : term;
      value =
          builder.CreateBinOp(is_negative ? llvm::Instruction::Sub
                                          : static_cast<llvm::Instruction::BinaryOps>(sum.opcode),
                              value, operand);
    }
    llvm::BasicBlock* const latch = loop_.getLoopLatch();
    new_sums_[sum.phi->getIncomingValueForBlock(latch)] = value;
    sum.phi->setIncomingValueForBlock(latch, value);
    kept_.insert(sum.phi);
  }
}

void Reroll::ReplaceValuesAfterLoop() {
  for (const auto& [phi, value] : after_) {
    llvm::Value* replacement = value;
    const auto* const instruction = llvm::cast<llvm::Instruction>(value);
    if (const auto sum = new_sums_.find(value); sum != new_sums_.end()) {
      replacement = sum->second;
    } else if (kept_.count(instruction) == 0) {
      replacement = Expand(copies_.LeafOf(value)->evaluateAtIteration(count_, evolution_));
    }
    phi->setIncomingValueForBlock(loop_.getHeader(), replacement);
  }
}

// The loop turns as many times more as there were parts.
void Reroll::ScaleWeights() {
  auto* const branch = llvm::cast<llvm::BranchInst>(loop_.getLoopLatch()->getTerminator());
  uint64_t taken = 0;
  uint64_t not_taken = 0;
  if (!llvm::extractBranchWeights(*branch, taken, not_taken)) return;
  uint64_t& back = branch->getSuccessor(0) == loop_.getHeader() ? taken : not_taken;
  back = std::min<uint64_t>(back * copies_.parts(), UINT32_MAX);
  branch->setMetadata(
      llvm::LLVMContext::MD_prof,
      llvm::MDBuilder(branch->getContext())
          .createBranchWeights(static_cast<uint32_t>(taken), static_cast<uint32_t>(not_taken)));
}

void Reroll::RemoveOldBody() {
  llvm::SmallVector<llvm::Instruction*> old;
  for (llvm::Instruction& instruction : *loop_.getHeader()) {
    if (!instruction.isTerminator() && kept_.count(&instruction) == 0) old.push_back(&instruction);
  }
  for (llvm::Instruction* instruction : old) instruction->dropAllReferences();
  for (llvm::Instruction* instruction : old) instruction->eraseFromParent();
}

void Reroll::Apply() {
  if (!separations_.empty()) GuardOrder();
  llvm::SmallPtrSet<llvm::Instruction*, 32> old;
  for (llvm::Instruction& instruction : *loop_.getHeader()) old.insert(&instruction);
  MakeCounter();
  for (const auto& [first, copies] : copies_.copies()) {
    kept_.insert(first);
    for (llvm::Use& operand : first->operands()) {
      llvm::Value* const value = operand.get();
      if (!loop_.isLoopInvariant(value) && copies_.LeafOf(value) != nullptr) {
        operand.set(NewLeaf(value));
      }
    }
    for (const llvm::Instruction* copy : copies) first->andIRFlags(copy);
    first->dropUnknownNonDebugMetadata(
        {llvm::LLVMContext::MD_alias_scope, llvm::LLVMContext::MD_noalias});
  }
  for (const auto& [phi, first] : copies_.recurrences()) {
    kept_.insert(phi);
    phi->setIncomingValueForBlock(loop_.getLoopLatch(), first);
  }
  MakeSums();
  ReplaceValuesAfterLoop();
  ScaleWeights();
  // What was made here stays.
  for (llvm::Instruction& instruction : *loop_.getHeader()) {
    if (!old.contains(&instruction)) kept_.insert(&instruction);
  }
  evolution_.forgetLoop(&loop_);
  RemoveOldBody();
}

// A loop of one block, in which nothing but loads and stores has to do with the world.
bool IsCandidate(const llvm::Loop& loop, const llvm::DominatorTree& dominators) {
  if (!loop.isInnermost() || loop.getNumBlocks() != 1 || loop.getLoopPreheader() == nullptr ||
      loop.getExitBlock() == nullptr || loop.getHeader()->size() > kMaxInstructions ||
      !llvm::isa<llvm::BranchInst>(loop.getHeader()->getTerminator()) ||
      !loop.isLCSSAForm(dominators) || !CannotTrap(loop) ||
      llvm::getBooleanLoopAttribute(&loop, "llvm.loop.isvectorized")) {
    return false;
  }
  for (const llvm::Instruction& instruction : *loop.getHeader()) {
    if (llvm::isa<llvm::LoadInst, llvm::StoreInst>(instruction)) {
      if (instruction.isVolatile() || instruction.isAtomic()) return false;
    } else if (instruction.mayHaveSideEffects() || instruction.mayReadFromMemory()) {
      return false;
    }
  }
  return true;
}

}  // namespace

llvm::PreservedAnalyses LoopRerollPass::run(llvm::Function& function,
                                            llvm::FunctionAnalysisManager& analyses) {
  auto& loops = analyses.getResult<llvm::LoopAnalysis>(function);
  if (loops.empty()) return llvm::PreservedAnalyses::all();
  const LoopAnalyses own{loops, analyses.getResult<llvm::DominatorTreeAnalysis>(function),
                         analyses.getResult<llvm::ScalarEvolutionAnalysis>(function)};
  bool changed = false;
  for (llvm::Loop* loop : loops.getLoopsInPreorder()) {
    if (!IsCandidate(*loop, own.dominators)) continue;
    for (const unsigned parts : kParts) {
      Reroll reroll(*loop, own, parts);
      if (!reroll.Analyze()) continue;
      RemarkRerolled(*loop, parts);
      reroll.Apply();
      changed = true;
      break;
    }
  }
  return changed ? llvm::PreservedAnalyses::none() : llvm::PreservedAnalyses::all();
}

}  // namespace wasmtier::optimizing
