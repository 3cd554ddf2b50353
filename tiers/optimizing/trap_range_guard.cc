#include "tiers/optimizing/trap_range_guard.h"

#include <llvm/ADT/MapVector.h>
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
#include <llvm/IR/Module.h>
#include <llvm/Transforms/Utils/LoopSimplify.h>
#include <llvm/Transforms/Utils/LoopUtils.h>
#include <llvm/Transforms/Utils/ScalarEvolutionExpander.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>

#include "runtime/vm_context.h"
#include "tiers/optimizing/address_form.h"
#include "tiers/optimizing/loop_remarks.h"
#include "tiers/optimizing/loop_versions.h"
#include "tiers/optimizing/scev_expander.h"
#include "tiers/optimizing/trap_anchors.h"

namespace wasmtier::optimizing {
namespace {

using llvm::SCEV;

// Larger loops are not worth a second copy.
constexpr size_t kMaxLoopInstructions = 400;
// Of the expressions that the guard computes, in the cost model's units.
constexpr unsigned kExpansionBudget = 16;
// What a guard compares: more cost more than they may gain.
constexpr size_t kMaxCorners = 48;
// Deeper nests are guarded from a loop further in. Sums of more than three products of 62 bits
// might come round to a valid address.
constexpr unsigned kMaxDepth = 3;

// On loops of the copy that cannot trap.
constexpr char kGuardedMetadata[] = "wasmtier.guarded";

// Addresses that differ by constants.
struct Range {
  AddressForm form;  // of the first
  // Of all accesses, from form.wide on.
  int64_t begin;
  int64_t end;
  llvm::SmallVector<const SCEV*, 2> corners;  // of form.wide: among them the least and the greatest
};

struct Access {
  llvm::CallInst* anchor;
  size_t range;
  int64_t distance;  // of its address from form.wide
};

// One loop nest.
class Guard {
 public:
  Guard(llvm::Loop* root, const LoopAnalyses& analyses, llvm::TargetTransformInfo& target)
      : root_(root),
        analyses_(analyses),
        evolution_(analyses.evolution),
        target_(target),
        forms_(*root, analyses.evolution),
        expander_(MakeExpander(analyses.evolution, "range")) {}

  // Whether the nest is of the kind; changes nothing.
  bool Analyze();
  void Apply();

 private:
  // False, and says why, of innermost loops only: those around them are asked first.
  bool Refuse(llvm::StringRef why, const llvm::Instruction* at = nullptr) {
    if (root_->isInnermost()) RemarkNotVersioned(*root_, why, at);
    return false;
  }
  bool CollectAnchors();
  bool AddAccess(llvm::CallInst* anchor);
  bool AddToRange(const AddressForm& form, llvm::CallInst* anchor);
  bool IsMemoryBase(const llvm::Value* base);
  const CountForm* CountOf(const llvm::Loop* loop);
  bool FindCorners(const SCEV* wide, llvm::SmallVectorImpl<const SCEV*>* corners);
  bool FindAllCorners();
  bool CanExpand(const SCEV* expression);
  const SCEV* Remainder(const ExactDivision& division) {
    return evolution_.getURemExpr(division.distance, division.divisor);
  }
  llvm::Value* Expand(const SCEV* expression) {
    return expander_.expandCodeFor(expression, expression->getType(),
                                   root_->getLoopPreheader()->getTerminator()->getIterator());
  }
  llvm::Value* LoadLength();
  llvm::Value* EmitCondition();
  llvm::Value* FastBase(const Range& range, llvm::Loop* loop);
  void RewriteLimits();
  void RewriteFastLoop();

  llvm::Loop* const root_;
  const LoopAnalyses& analyses_;
  llvm::ScalarEvolution& evolution_;
  llvm::TargetTransformInfo& target_;
  AddressForms forms_;
  llvm::SCEVExpander expander_;

  llvm::Value* base_ = nullptr;     // of linear memory
  llvm::Value* context_ = nullptr;  // VMContext
  llvm::SmallVector<llvm::CallInst*> anchors_;
  llvm::SmallVector<Range, 4> ranges_;
  llvm::SmallVector<Access> accesses_;
  struct Count {
    CountForm form;
    llvm::SmallVector<const SCEV*, 2> corners;
  };
  llvm::MapVector<const llvm::Loop*, Count> counts_;
  size_t corner_count_ = 0;
};

bool Guard::CollectAnchors() {
  size_t instructions = 0;
  for (llvm::BasicBlock* block : root_->blocks()) {
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

bool Guard::AddToRange(const AddressForm& form, llvm::CallInst* anchor) {
  if (!llvm::isa<llvm::ConstantInt>(anchor->getArgOperand(1))) {
    return Refuse("an access of unknown size", anchor);
  }
  const auto bytes =
      static_cast<int64_t>(llvm::cast<llvm::ConstantInt>(anchor->getArgOperand(1))->getZExtValue());
  for (size_t i = 0; i < ranges_.size(); ++i) {
    Range& range = ranges_[i];
    const bool is_narrow = form.narrow != nullptr;
    if (is_narrow != (range.form.narrow != nullptr)) continue;
    const auto* const difference = llvm::dyn_cast<llvm::SCEVConstant>(
        is_narrow ? evolution_.getMinusSCEV(form.narrow, range.form.narrow)
                  : evolution_.getMinusSCEV(form.wide, range.form.wide));
    if (difference == nullptr) continue;
    const int64_t between = difference->getAPInt().getSExtValue();
    // Below zero the 32-bit address wraps, whatever is added to it later.
    range.begin = std::min(range.begin, between);
    range.end = std::max(range.end, between + form.distance + bytes);
    accesses_.push_back({anchor, i, between + form.distance});
    return true;
  }
  ranges_.push_back({form, 0, form.distance + bytes, {}});
  accesses_.push_back({anchor, ranges_.size() - 1, form.distance});
  return true;
}

bool Guard::AddAccess(llvm::CallInst* anchor) {
  llvm::Value* const pointer = anchor->getArgOperand(0);
  const auto* const unknown =
      llvm::dyn_cast<llvm::SCEVUnknown>(evolution_.getPointerBase(evolution_.getSCEV(pointer)));
  if (unknown == nullptr || !root_->isLoopInvariant(unknown->getValue())) {
    return Refuse("the base of the memory is not known", anchor);
  }
  if (base_ == nullptr && IsMemoryBase(unknown->getValue())) base_ = unknown->getValue();
  if (unknown->getValue() != base_) return Refuse("the base of the memory is not known", anchor);
  const std::optional<AddressForm> form = forms_.Of(pointer, base_);
  if (!form) return Refuse(forms_.why(), anchor);
  return AddToRange(*form, anchor);
}

bool Guard::CanExpand(const SCEV* expression) {
  const llvm::Instruction* const at = root_->getLoopPreheader()->getTerminator();
  return expander_.isSafeToExpandAt(expression, at) &&
         !expander_.isHighCostExpansion({expression}, root_, kExpansionBudget, &target_, at);
}

const CountForm* Guard::CountOf(const llvm::Loop* loop) {
  const auto known = counts_.find(loop);
  if (known != counts_.end()) return &known->second.form;
  const std::optional<CountForm> form = forms_.CountOf(*loop);
  if (!form) return nullptr;
  return &counts_.insert({loop, {*form, {}}}).first->second.form;
}

// The values of an affine function in the first and the last iterations of all its loops. An affine
// function has its least and its greatest value at such a corner; where the sign of a step is known
// only one of the two ends can be either.
bool Guard::FindCorners(const SCEV* wide, llvm::SmallVectorImpl<const SCEV*>* corners) {
  if (evolution_.isLoopInvariant(wide, root_)) {
    if (!CanExpand(wide))
      return Refuse("an address costs too much to compute in front of the loop");
    if (llvm::is_contained(*corners, wide)) return true;
    corners->push_back(wide);
    return ++corner_count_ <= kMaxCorners || Refuse("too much to compare in front of the loop");
  }
  const auto* const induction = llvm::cast<llvm::SCEVAddRecExpr>(wide);
  const CountForm* const count = CountOf(induction->getLoop());
  if (count == nullptr) return Refuse(forms_.why());
  const SCEV* const span =
      evolution_.getMulExpr(induction->getStepRecurrence(evolution_), count->wide);
  return FindCorners(induction->getStart(), corners) &&
         FindCorners(evolution_.getAddExpr(induction->getStart(), span), corners);
}

bool Guard::FindAllCorners() {
  for (Range& range : ranges_) {
    if (!FindCorners(range.form.wide, &range.corners)) return false;
  }
  // Counts of loops that change with loops further out may bring in the counts of those.
  for (size_t i = 0; i < counts_.size(); ++i) {
    llvm::SmallVector<const SCEV*, 2> corners;
    if (!FindCorners((counts_.begin() + i)->second.form.wide, &corners)) return false;
    (counts_.begin() + i)->second.corners = corners;
  }
  if (counts_.size() > kMaxDepth) return Refuse("too many loops in each other");
  for (const SCEV* step : forms_.unsigned_steps()) {
    if (!CanExpand(step)) return Refuse("the step of an address costs too much to compute");
  }
  for (const ExactDivision& division : forms_.exact_divisions()) {
    if (!CanExpand(Remainder(division)) || !CanExpand(division.start)) {
      return Refuse("the number of iterations costs too much to compute");
    }
  }
  return true;
}

bool Guard::Analyze() {
  if (root_->getLoopPreheader() == nullptr || root_->getLoopLatch() == nullptr ||
      !root_->isRecursivelyLCSSAForm(analyses_.dominators, analyses_.loops)) {
    return Refuse("more than one way into the loop");
  }
  if (!CollectAnchors()) return false;
  for (llvm::CallInst* anchor : anchors_) {
    if (!AddAccess(anchor)) return false;
  }
  return FindAllCorners();
}

// Of the memory, in bytes.
llvm::Value* Guard::LoadLength() {
  llvm::IRBuilder<> builder(root_->getLoopPreheader()->getTerminator());
  builder.SetCurrentDebugLocation(anchors_[0]->getDebugLoc());
  llvm::LoadInst* const view = builder.CreateAlignedLoad(
      builder.getPtrTy(),
      builder.CreateInBoundsPtrAdd(context_,
                                   builder.getInt64(offsetof(runtime::VMContext, memory))),
      llvm::Align(8), "view");
  view->setMetadata(llvm::LLVMContext::MD_invariant_load,
                    llvm::MDNode::get(builder.getContext(), {}));
  return builder.CreateAlignedLoad(
      builder.getInt64Ty(),
      builder.CreateInBoundsPtrAdd(view,
                                   builder.getInt64(offsetof(runtime::MemoryView, byte_size))),
      llvm::Align(8), "length");
}

// Whether all addresses are inside; at the end of the preheader.
llvm::Value* Guard::EmitCondition() {
  llvm::Value* const length = LoadLength();
  llvm::IRBuilder<> builder(root_->getLoopPreheader()->getTerminator());
  builder.SetCurrentDebugLocation(anchors_[0]->getDebugLoc());
  llvm::Value* condition = builder.getTrue();
  const auto require = [&](llvm::Value* part) { condition = builder.CreateAnd(condition, part); };
  const auto require_at_most = [&](const SCEV* number, uint64_t limit) {
    if (evolution_.getUnsignedRangeMax(number).ule(limit)) return;
    require(builder.CreateICmpULE(Expand(number), builder.getInt64(limit)));
  };

  // With one product there is room for more iterations.
  const uint64_t max_count = counts_.size() > 1 ? INT32_MAX : UINT32_MAX;
  for (const auto& [loop, count] : counts_) {
    for (const SCEV* corner : count.corners) {
      require_at_most(count.form.may_be_minus_one
                          ? evolution_.getAddExpr(corner, evolution_.getOne(corner->getType()))
                          : corner,
                      max_count);
    }
  }
  for (const SCEV* step : forms_.unsigned_steps()) require_at_most(step, INT32_MAX);
  for (const ExactDivision& division : forms_.exact_divisions()) {
    llvm::Value* const remainder = Expand(Remainder(division));
    require(builder.CreateICmpEQ(remainder, llvm::Constant::getNullValue(remainder->getType())));
  }
  for (const Range& range : ranges_) {
    // Addresses below zero are very large ones here.
    const auto span = static_cast<uint64_t>(range.end - range.begin);
    llvm::Value* const last_begin = builder.CreateSub(length, builder.getInt64(span));
    require(builder.CreateICmpUGE(length, builder.getInt64(span)));
    for (const SCEV* corner : range.corners) {
      llvm::Value* const begin = Expand(evolution_.getAddExpr(
          corner, evolution_.getConstant(corner->getType(), static_cast<uint64_t>(range.begin),
                                         /*isSigned=*/true)));
      require(builder.CreateICmpULE(begin, last_begin));
    }
  }
  return condition;
}

// base + wide in 64 bits, in a form in which the vectorizer sees that it does not wrap.
llvm::Value* Guard::FastBase(const Range& range, llvm::Loop* loop) {
  const auto* const induction = llvm::dyn_cast<llvm::SCEVAddRecExpr>(range.form.wide);
  const bool follows = induction != nullptr && induction->getLoop() == loop;
  const SCEV* const start = follows ? induction->getStart() : range.form.wide;
  llvm::Instruction* const outside = loop->getLoopPreheader()->getTerminator();
  llvm::Value* const offset =
      expander_.expandCodeFor(start, start->getType(), outside->getIterator());
  llvm::IRBuilder<> builder(outside);
  llvm::Value* const first = builder.CreateInBoundsPtrAdd(base_, offset, "start");
  if (!follows) return first;
  llvm::BasicBlock* const header = loop->getHeader();
  const SCEV* const zero = evolution_.getZero(start->getType());
  llvm::Value* const distance = expander_.expandCodeFor(
      evolution_.getAddRecExpr(zero, induction->getStepRecurrence(evolution_), loop, SCEV::FlagNSW),
      start->getType(), header->getFirstInsertionPt());
  llvm::IRBuilder<> inside(header, header->getFirstInsertionPt());
  if (auto* const instruction = llvm::dyn_cast<llvm::Instruction>(distance);
      instruction != nullptr && instruction->getParent() == header &&
      !llvm::isa<llvm::PHINode>(instruction)) {
    inside.SetInsertPoint(instruction->getNextNode());
  }
  return inside.CreateInBoundsPtrAdd(first, distance, "fast");
}

// The limits stay what they are, in a form in which it is seen that they are reached.
void Guard::RewriteLimits() {
  for (const ExactDivision& division : forms_.exact_divisions()) {
    const SCEV* const distance = evolution_.getMulExpr(
        evolution_.getUDivExpr(division.distance, division.divisor), division.divisor);
    division.limit->set(Expand(division.is_falling
                                   ? evolution_.getMinusSCEV(division.start, distance)
                                   : evolution_.getAddExpr(division.start, distance)));
  }
}

void Guard::RewriteFastLoop() {
  std::map<std::pair<size_t, llvm::Loop*>, llvm::Value*> bases;
  for (const Access& access : accesses_) {
    auto* const pointer = llvm::dyn_cast<llvm::Instruction>(access.anchor->getArgOperand(0));
    access.anchor->eraseFromParent();
    const Range& range = ranges_[access.range];
    if (range.form.narrow == nullptr || pointer == nullptr || !root_->contains(pointer)) continue;
    llvm::Loop* const loop = analyses_.loops.getLoopFor(pointer->getParent());
    llvm::Value*& base = bases[{access.range, loop}];
    if (base == nullptr) base = FastBase(range, loop);
    llvm::IRBuilder<> builder(pointer->getParent(),
                              llvm::isa<llvm::PHINode>(pointer)
                                  ? pointer->getParent()->getFirstInsertionPt()
                                  : pointer->getIterator());
    pointer->replaceAllUsesWith(builder.CreateInBoundsPtrAdd(
        base, builder.getInt64(static_cast<uint64_t>(access.distance))));
  }
}

void Guard::Apply() {
  for (llvm::Loop* loop : root_->getLoopsInPreorder()) {
    if (loop->isInnermost()) RemarkVersioned(*loop);
  }
  MakeVersions(*root_, EmitCondition(), analyses_);
  RewriteLimits();
  RewriteFastLoop();
  for (llvm::Loop* loop : root_->getLoopsInPreorder()) {
    llvm::addStringMetadataToLoop(loop, kGuardedMetadata, 1);
  }
  evolution_.forgetTopmostLoop(root_);
}

}  // namespace

bool CannotTrap(const llvm::Loop& loop) {
  return llvm::getBooleanLoopAttribute(&loop, kGuardedMetadata);
}

llvm::PreservedAnalyses RangeGuardPass::run(llvm::Function& function,
                                            llvm::FunctionAnalysisManager& analyses) {
  auto& loops = analyses.getResult<llvm::LoopAnalysis>(function);
  if (loops.empty()) return llvm::PreservedAnalyses::all();
  auto& dominators = analyses.getResult<llvm::DominatorTreeAnalysis>(function);
  auto& evolution = analyses.getResult<llvm::ScalarEvolutionAnalysis>(function);
  auto& assumptions = analyses.getResult<llvm::AssumptionAnalysis>(function);
  auto& target = analyses.getResult<llvm::TargetIRAnalysis>(function);
  const LoopAnalyses own{loops, dominators, evolution};
  bool changed = false;
  for (llvm::Loop* loop : llvm::SmallVector<llvm::Loop*>(loops.begin(), loops.end())) {
    changed |= llvm::simplifyLoop(loop, &dominators, &loops, &evolution, &assumptions, nullptr,
                                  /*PreserveLCSSA=*/false);
    changed |= llvm::formLCSSARecursively(*loop, dominators, &loops, &evolution);
  }
  // Loops further out first: what is known there need not be asked again and again.
  llvm::SmallVector<llvm::Loop*> nests(loops.rbegin(), loops.rend());
  while (!nests.empty()) {
    llvm::Loop* const nest = nests.pop_back_val();
    Guard guard(nest, own, target);
    if (guard.Analyze()) {
      guard.Apply();
      changed = true;
    } else {
      nests.append(nest->rbegin(), nest->rend());
    }
  }
  return changed ? llvm::PreservedAnalyses::none() : llvm::PreservedAnalyses::all();
}

}  // namespace wasmtier::optimizing
