#include "tiers/optimizing/trap_range_guard.h"

#include <llvm/ADT/SmallVector.h>
#include <llvm/Analysis/AssumptionCache.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/Analysis/ScalarEvolutionExpressions.h>
#include <llvm/Analysis/TargetTransformInfo.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/Function.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/MDBuilder.h>
#include <llvm/IR/Module.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>
#include <llvm/Transforms/Utils/Cloning.h>
#include <llvm/Transforms/Utils/LoopSimplify.h>
#include <llvm/Transforms/Utils/LoopUtils.h>
#include <llvm/Transforms/Utils/ScalarEvolutionExpander.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "runtime/vm_context.h"
#include "tiers/optimizing/loop_remarks.h"
#include "tiers/optimizing/scev_expander.h"
#include "tiers/optimizing/trap_anchors.h"

namespace wasmtier::optimizing {
namespace {

using llvm::SCEV;

// Larger loops are not worth a second copy.
constexpr size_t kMaxLoopInstructions = 400;
// Of the expressions that the guard computes, in the cost model's units.
constexpr unsigned kExpansionBudget = 16;

// On the branch to the copy whose accesses cannot trap.
constexpr char kGuardMetadata[] = "wasmtier.range_guard";

constexpr char kNotAffine[] = "an address does not change by the same step in each iteration";

// Addresses of one form: start + invariant + step * (number of the iteration) + a constant.
struct Range {
  const SCEV* start32;    // i32, wraps in the program; or null
  const SCEV* invariant;  // i64, or null
  const SCEV* step;       // i64, or null: the same address in each iteration
  bool step_is_unsigned;  // needs a check of its own
  // Of all accesses, from start + invariant on.
  int64_t begin;
  int64_t end;
};

struct Access {
  llvm::CallInst* anchor;
  size_t range;
  int64_t distance;  // constant part of its address
};

// One loop.
class Guard {
 public:
  Guard(llvm::Loop* loop, llvm::LoopInfo& loops, llvm::DominatorTree& dominators,
        llvm::ScalarEvolution& evolution, llvm::TargetTransformInfo& target)
      : loop_(loop),
        loops_(loops),
        dominators_(dominators),
        evolution_(evolution),
        target_(target),
        expander_(MakeExpander(evolution, "range")) {}

  // Whether the loop is of the kind; changes nothing.
  bool Analyze();
  void Apply();

 private:
  // False, and says why.
  bool Refuse(const char* why, const llvm::Instruction* at = nullptr) {
    RemarkNotVersioned(*loop_, why, at);
    return false;
  }
  bool CollectAnchors();
  bool AddAccess(llvm::CallInst* anchor);
  bool AddTo(const SCEV* start32, const SCEV* invariant, const SCEV* step, bool step_is_unsigned,
             int64_t distance, llvm::CallInst* anchor);
  bool IsMemoryBase(const llvm::Value* base);
  bool IsUsableStep(const SCEV* step, bool* is_unsigned) const;
  void SplitConstant(const SCEV* sum, const SCEV** rest, int64_t* constant);
  bool CanExpand(const SCEV* expression);
  llvm::Value* Expand(const SCEV* expression, llvm::Type* type);
  llvm::Value* StartOf(const Range& range);
  llvm::Value* EmitCondition();
  void JoinExits(llvm::ValueToValueMapTy& slow_values);
  void RewriteFastLoop();

  llvm::Loop* const loop_;
  llvm::LoopInfo& loops_;
  llvm::DominatorTree& dominators_;
  llvm::ScalarEvolution& evolution_;
  llvm::TargetTransformInfo& target_;
  llvm::SCEVExpander expander_;

  llvm::Value* base_ = nullptr;     // of linear memory
  llvm::Value* context_ = nullptr;  // VMContext
  const SCEV* count_ = nullptr;     // of jumps back, at most
  llvm::SmallVector<llvm::CallInst*> anchors_;
  llvm::SmallVector<Range, 4> ranges_;
  llvm::SmallVector<Access> accesses_;
};

bool Guard::CollectAnchors() {
  size_t instructions = 0;
  for (llvm::BasicBlock* block : loop_->blocks()) {
    for (llvm::Instruction& instruction : *block) {
      if (++instructions > kMaxLoopInstructions) return Refuse("the loop is too large");
      if (llvm::CallInst* const anchor = AsAnchor(&instruction)) {
        anchors_.push_back(anchor);
        continue;
      }
      const auto* const call = llvm::dyn_cast<llvm::CallBase>(&instruction);
      if (call != nullptr && call->mayHaveSideEffects()) return Refuse("a call", call);
    }
  }
  return !anchors_.empty() || Refuse("nothing in it accesses a memory with guard pages");
}

// The load of VMContext::memory_base.
bool Guard::IsMemoryBase(const llvm::Value* base) {
  const auto* const load = llvm::dyn_cast<llvm::LoadInst>(base);
  if (load == nullptr || !load->hasMetadata(llvm::LLVMContext::MD_invariant_load)) return false;
  llvm::APInt offset(64, 0);
  const llvm::Value* const context = load->getPointerOperand()->stripAndAccumulateConstantOffsets(
      load->getModule()->getDataLayout(), offset, /*AllowNonInbounds=*/true);
  if (offset != offsetof(runtime::VMContext, memory_base)) return false;
  if (!llvm::isa<llvm::Argument>(context)) return false;
  context_ = const_cast<llvm::Value*>(context);
  return true;
}

// So small that step * count_ fits 63 bits.
bool Guard::IsUsableStep(const SCEV* step, bool* is_unsigned) const {
  *is_unsigned = false;
  if (const auto* const constant = llvm::dyn_cast<llvm::SCEVConstant>(step)) {
    const llvm::APInt& value = constant->getAPInt();
    return value.sge(-(int64_t{1} << 31)) && value.slt(int64_t{1} << 31);
  }
  if (!evolution_.isLoopInvariant(step, loop_)) return false;
  if (llvm::isa<llvm::SCEVSignExtendExpr>(step)) return true;
  *is_unsigned = true;
  return true;
}

void Guard::SplitConstant(const SCEV* sum, const SCEV** rest, int64_t* constant) {
  *constant = 0;
  *rest = sum;
  const SCEV* first = sum;
  if (const auto* const add = llvm::dyn_cast<llvm::SCEVAddExpr>(sum)) first = add->getOperand(0);
  const auto* const number = llvm::dyn_cast<llvm::SCEVConstant>(first);
  if (number == nullptr) return;
  *constant = number->getAPInt().getSExtValue();
  *rest = evolution_.getMinusSCEV(sum, number);
  if ((*rest)->isZero()) *rest = nullptr;
}

bool Guard::AddTo(const SCEV* start32, const SCEV* invariant, const SCEV* step,
                  bool step_is_unsigned, int64_t distance, llvm::CallInst* anchor) {
  constexpr int64_t kMaxDistance = int64_t{1} << 33;
  if (!llvm::isa<llvm::ConstantInt>(anchor->getArgOperand(1))) {
    return Refuse("an access of unknown size", anchor);
  }
  const auto bytes =
      static_cast<int64_t>(llvm::cast<llvm::ConstantInt>(anchor->getArgOperand(1))->getZExtValue());
  for (size_t i = 0; i < ranges_.size(); ++i) {
    Range& range = ranges_[i];
    if (range.step != step || range.invariant != invariant) continue;
    int64_t between = 0;
    if ((range.start32 == nullptr) != (start32 == nullptr)) continue;
    if (start32 != nullptr) {
      const auto* const difference =
          llvm::dyn_cast<llvm::SCEVConstant>(evolution_.getMinusSCEV(start32, range.start32));
      if (difference == nullptr) continue;
      between = difference->getAPInt().getSExtValue();
    }
    // Below zero the 32-bit address wraps, whatever is added to it later.
    range.begin = std::min(range.begin, start32 != nullptr ? between : distance);
    range.end = std::max(range.end, between + distance + bytes);
    accesses_.push_back({anchor, i, between + distance});
    return true;
  }
  if (distance < -kMaxDistance || distance > kMaxDistance) {
    return Refuse("a constant in an address is too large", anchor);
  }
  ranges_.push_back({start32, invariant, step, step_is_unsigned, start32 != nullptr ? 0 : distance,
                     distance + bytes});
  accesses_.push_back({anchor, ranges_.size() - 1, distance});
  return true;
}

bool Guard::AddAccess(llvm::CallInst* anchor) {
  const SCEV* const pointer = evolution_.getSCEV(anchor->getArgOperand(0));
  const auto* const unknown = llvm::dyn_cast<llvm::SCEVUnknown>(evolution_.getPointerBase(pointer));
  if (unknown == nullptr || !loop_->isLoopInvariant(unknown->getValue())) {
    return Refuse("the base of the memory is not known", anchor);
  }
  if (base_ == nullptr && IsMemoryBase(unknown->getValue())) base_ = unknown->getValue();
  if (unknown->getValue() != base_) return Refuse("the base of the memory is not known", anchor);
  const SCEV* const address = evolution_.getMinusSCEV(pointer, unknown);
  if (llvm::isa<llvm::SCEVCouldNotCompute>(address)) return Refuse(kNotAffine, anchor);

  // The terms: at most one changes from iteration to iteration.
  const SCEV* variant = nullptr;
  llvm::SmallVector<const SCEV*, 4> invariants;
  const auto sort = [&](const SCEV* term) {
    if (evolution_.isLoopInvariant(term, loop_)) {
      invariants.push_back(term);
      return true;
    }
    if (variant != nullptr) return false;
    variant = term;
    return true;
  };
  if (const auto* const sum = llvm::dyn_cast<llvm::SCEVAddExpr>(address)) {
    for (const SCEV* term : sum->operands()) {
      if (!sort(term)) return Refuse(kNotAffine, anchor);
    }
  } else if (!sort(address)) {
    return Refuse(kNotAffine, anchor);
  }

  const SCEV* invariant = nullptr;
  const SCEV* step = nullptr;
  const SCEV* start32 = nullptr;
  bool step_is_unsigned = false;
  int64_t distance = 0;
  const auto* const extension = llvm::dyn_cast_or_null<llvm::SCEVZeroExtendExpr>(variant);
  if (extension != nullptr) {
    const auto* const induction = llvm::dyn_cast<llvm::SCEVAddRecExpr>(extension->getOperand());
    if (induction == nullptr || induction->getLoop() != loop_ || !induction->isAffine() ||
        !induction->getType()->isIntegerTy(32)) {
      return Refuse(kNotAffine, anchor);
    }
    start32 = induction->getStart();
    step =
        evolution_.getSignExtendExpr(induction->getStepRecurrence(evolution_), address->getType());
  } else if (variant != nullptr) {
    const auto* const induction = llvm::dyn_cast<llvm::SCEVAddRecExpr>(variant);
    if (induction == nullptr || induction->getLoop() != loop_ || !induction->isAffine()) {
      return Refuse(kNotAffine, anchor);
    }
    invariants.push_back(induction->getStart());
    step = induction->getStepRecurrence(evolution_);
  }
  if (step != nullptr && !IsUsableStep(step, &step_is_unsigned)) {
    return Refuse("the step of an address changes or is too large", anchor);
  }
  if (!invariants.empty()) {
    SplitConstant(evolution_.getAddExpr(invariants), &invariant, &distance);
  }
  // The address of 32 bits must be known by itself, to see that it does not wrap.
  if (start32 != nullptr && (invariant != nullptr || distance < 0)) {
    return Refuse("something is added to an address that may wrap", anchor);
  }
  for (const SCEV* part : {start32, invariant, step}) {
    if (part != nullptr && !CanExpand(part)) {
      return Refuse("an address costs too much to compute in front of the loop", anchor);
    }
  }
  return AddTo(start32, invariant, step, step_is_unsigned, distance, anchor);
}

bool Guard::CanExpand(const SCEV* expression) {
  const llvm::Instruction* const at = loop_->getLoopPreheader()->getTerminator();
  return expander_.isSafeToExpandAt(expression, at) &&
         !expander_.isHighCostExpansion({expression}, loop_, kExpansionBudget, &target_, at);
}

bool Guard::Analyze() {
  if (loop_->getLoopPreheader() == nullptr || loop_->getLoopLatch() == nullptr ||
      !loop_->isLCSSAForm(dominators_)) {
    return Refuse("more than one way into the loop");
  }
  if (!CollectAnchors()) return false;
  count_ = evolution_.getSymbolicMaxBackedgeTakenCount(loop_);
  if (llvm::isa<llvm::SCEVCouldNotCompute>(count_) ||
      evolution_.getTypeSizeInBits(count_->getType()) > 64) {
    return Refuse("the number of iterations is not known");
  }
  if (!CanExpand(count_)) return Refuse("the number of iterations costs too much to compute");
  for (llvm::CallInst* anchor : anchors_) {
    if (!AddAccess(anchor)) return false;
  }
  return true;
}

llvm::Value* Guard::Expand(const SCEV* expression, llvm::Type* type) {
  return expander_.expandCodeFor(expression, type,
                                 loop_->getLoopPreheader()->getTerminator()->getIterator());
}

// In 64 bits.
llvm::Value* Guard::StartOf(const Range& range) {
  llvm::Type* const type = llvm::Type::getInt64Ty(context_->getContext());
  const SCEV* sum = evolution_.getZero(type);
  if (range.start32 != nullptr) sum = evolution_.getZeroExtendExpr(range.start32, type);
  if (range.invariant != nullptr) sum = evolution_.getAddExpr(sum, range.invariant);
  return Expand(sum, type);
}

// Whether all addresses are inside; at the end of the preheader.
llvm::Value* Guard::EmitCondition() {
  llvm::IRBuilder<> builder(loop_->getLoopPreheader()->getTerminator());
  llvm::LLVMContext& context = builder.getContext();
  builder.SetCurrentDebugLocation(anchors_[0]->getDebugLoc());
  llvm::LoadInst* const view = builder.CreateAlignedLoad(
      builder.getPtrTy(),
      builder.CreateInBoundsPtrAdd(context_,
                                   builder.getInt64(offsetof(runtime::VMContext, memory))),
      llvm::Align(8), "view");
  view->setMetadata(llvm::LLVMContext::MD_invariant_load, llvm::MDNode::get(context, {}));
  llvm::Value* const length = builder.CreateAlignedLoad(
      builder.getInt64Ty(),
      builder.CreateInBoundsPtrAdd(view,
                                   builder.getInt64(offsetof(runtime::MemoryView, byte_size))),
      llvm::Align(8), "length");
  llvm::Value* condition = builder.getTrue();
  const auto require = [&](llvm::Value* part) { condition = builder.CreateAnd(condition, part); };

  constexpr int64_t kMaxCount = UINT32_MAX;
  llvm::Value* count = Expand(count_, count_->getType());
  if (!evolution_.getUnsignedRangeMax(count_).ule(kMaxCount)) {
    require(builder.CreateICmpULE(count, llvm::ConstantInt::get(count->getType(), kMaxCount)));
  }
  count = builder.CreateZExtOrTrunc(count, builder.getInt64Ty(), "count");
  for (const Range& range : ranges_) {
    // Addresses below zero are very large ones here.
    const int64_t span = range.end - range.begin;
    llvm::Value* const last_begin = builder.CreateSub(length, builder.getInt64(span));
    require(builder.CreateICmpUGE(length, builder.getInt64(span)));
    llvm::Value* const first =
        builder.CreateAdd(StartOf(range), builder.getInt64(range.begin), "first");
    require(builder.CreateICmpULE(first, last_begin));
    if (range.step == nullptr) continue;
    llvm::Value* const step = Expand(range.step, builder.getInt64Ty());
    if (range.step_is_unsigned) {
      require(builder.CreateICmpULE(step, builder.getInt64(INT32_MAX)));
    }
    llvm::Value* const last = builder.CreateAdd(first, builder.CreateMul(step, count), "last");
    require(builder.CreateICmpULE(last, last_begin));
  }
  return condition;
}

// Where the fast loop leaves, the slow one does, too.
void Guard::JoinExits(llvm::ValueToValueMapTy& slow_values) {
  llvm::SmallVector<llvm::BasicBlock*> exits;
  loop_->getUniqueExitBlocks(exits);
  for (llvm::BasicBlock* exit : exits) {
    for (llvm::PHINode& phi : exit->phis()) {
      const unsigned count = phi.getNumIncomingValues();
      for (unsigned i = 0; i < count; ++i) {
        llvm::BasicBlock* const from = phi.getIncomingBlock(i);
        if (!loop_->contains(from)) continue;
        llvm::Value* value = phi.getIncomingValue(i);
        if (const auto found = slow_values.find(value); found != slow_values.end()) {
          value = found->second;
        }
        phi.addIncoming(value, llvm::cast<llvm::BasicBlock>(slow_values[from]));
      }
    }
  }
}

void Guard::RewriteFastLoop() {
  llvm::BasicBlock* const header = loop_->getHeader();
  llvm::Type* const type = llvm::Type::getInt64Ty(context_->getContext());
  llvm::SmallVector<llvm::Value*, 4> bases(ranges_.size(), nullptr);
  for (size_t i = 0; i < ranges_.size(); ++i) {
    const Range& range = ranges_[i];
    if (range.start32 == nullptr) continue;
    llvm::IRBuilder<> outside(loop_->getLoopPreheader()->getTerminator());
    llvm::Value* const start = outside.CreateInBoundsPtrAdd(base_, StartOf(range), "start");
    const SCEV* const induction =
        evolution_.getAddRecExpr(evolution_.getZero(type), range.step, loop_, llvm::SCEV::FlagNSW);
    llvm::Value* const offset =
        expander_.expandCodeFor(induction, type, header->getFirstInsertionPt());
    llvm::IRBuilder<> inside(header, header->getFirstInsertionPt());
    if (auto* const instruction = llvm::dyn_cast<llvm::Instruction>(offset);
        instruction != nullptr && instruction->getParent() == header &&
        !llvm::isa<llvm::PHINode>(instruction)) {
      inside.SetInsertPoint(instruction->getNextNode());
    }
    bases[i] = inside.CreateInBoundsPtrAdd(start, offset, "fast");
  }
  for (const Access& access : accesses_) {
    auto* const pointer = llvm::dyn_cast<llvm::Instruction>(access.anchor->getArgOperand(0));
    llvm::Value* const base = bases[access.range];
    access.anchor->eraseFromParent();
    if (base == nullptr || pointer == nullptr || !loop_->contains(pointer)) continue;
    llvm::IRBuilder<> builder(pointer->getParent(),
                              llvm::isa<llvm::PHINode>(pointer)
                                  ? pointer->getParent()->getFirstInsertionPt()
                                  : pointer->getIterator());
    llvm::Value* const replacement =
        builder.CreateInBoundsPtrAdd(base, builder.getInt64(access.distance));
    pointer->replaceAllUsesWith(replacement);
  }
}

void Guard::Apply() {
  llvm::Value* const condition = EmitCondition();
  llvm::BasicBlock* const check = loop_->getLoopPreheader();
  llvm::BasicBlock* const fast =
      llvm::SplitBlock(check, check->getTerminator(), &dominators_, &loops_, nullptr, "fast");
  llvm::ValueToValueMapTy slow_values;
  llvm::SmallVector<llvm::BasicBlock*> slow_blocks;
  llvm::Loop* const slow = llvm::cloneLoopWithPreheader(fast, check, loop_, slow_values, ".slow",
                                                        &loops_, &dominators_, slow_blocks);
  llvm::remapInstructionsInBlocks(slow_blocks, slow_values);
  llvm::Instruction* const jump = check->getTerminator();
  llvm::IRBuilder<> builder(jump);
  llvm::BranchInst* const branch =
      builder.CreateCondBr(condition, fast, slow->getLoopPreheader(),
                           llvm::MDBuilder(builder.getContext()).createLikelyBranchWeights());
  branch->setMetadata(kGuardMetadata, llvm::MDNode::get(builder.getContext(), {}));
  jump->eraseFromParent();
  JoinExits(slow_values);
  RewriteFastLoop();
  evolution_.forgetTopmostLoop(loop_);
  dominators_.recalculate(*check->getParent());
  llvm::formDedicatedExitBlocks(slow, &dominators_, &loops_, nullptr, /*PreserveLCSSA=*/true);
  llvm::formDedicatedExitBlocks(loop_, &dominators_, &loops_, nullptr, /*PreserveLCSSA=*/true);
  // The slow copy is not worth LLVM's time.
  llvm::addStringMetadataToLoop(slow, "llvm.loop.isvectorized", 1);
  llvm::addStringMetadataToLoop(slow, "llvm.loop.unroll.disable");
}

}  // namespace

llvm::BranchInst* FindRangeGuard(const llvm::Loop& loop) {
  const llvm::BasicBlock* block = loop.getLoopPreheader();
  while (block != nullptr) {
    llvm::BasicBlock* const before =
        const_cast<llvm::BasicBlock*>(block->getSinglePredecessor());
    if (before == nullptr) return nullptr;
    auto* const branch = llvm::dyn_cast<llvm::BranchInst>(before->getTerminator());
    if (branch == nullptr) return nullptr;
    if (branch->isConditional()) {
      return branch->hasMetadata(kGuardMetadata) && branch->getSuccessor(0) == block ? branch
                                                                                     : nullptr;
    }
    block = before;
  }
  return nullptr;
}

llvm::PreservedAnalyses RangeGuardPass::run(llvm::Function& function,
                                            llvm::FunctionAnalysisManager& analyses) {
  auto& loops = analyses.getResult<llvm::LoopAnalysis>(function);
  if (loops.empty()) return llvm::PreservedAnalyses::all();
  auto& dominators = analyses.getResult<llvm::DominatorTreeAnalysis>(function);
  auto& evolution = analyses.getResult<llvm::ScalarEvolutionAnalysis>(function);
  auto& assumptions = analyses.getResult<llvm::AssumptionAnalysis>(function);
  auto& target = analyses.getResult<llvm::TargetIRAnalysis>(function);
  bool changed = false;
  for (llvm::Loop* loop : loops.getLoopsInPreorder()) {
    if (!loop->isInnermost()) continue;
    changed |= llvm::simplifyLoop(loop, &dominators, &loops, &evolution, &assumptions, nullptr,
                                  /*PreserveLCSSA=*/false);
    changed |= llvm::formLCSSA(*loop, dominators, &loops, &evolution);
    Guard guard(loop, loops, dominators, evolution, target);
    if (!guard.Analyze()) continue;
    RemarkVersioned(*loop);
    guard.Apply();
    changed = true;
  }
  return changed ? llvm::PreservedAnalyses::none() : llvm::PreservedAnalyses::all();
}

}  // namespace wasmtier::optimizing
