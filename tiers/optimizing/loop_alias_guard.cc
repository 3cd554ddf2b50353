#include "tiers/optimizing/loop_alias_guard.h"

#include <llvm/ADT/SmallVector.h>
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
#include <llvm/Transforms/Utils/ScalarEvolutionExpander.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "tiers/optimizing/loop_versions.h"
#include "tiers/optimizing/scev_expander.h"
#include "tiers/optimizing/trap_range_guard.h"

namespace wasmtier::optimizing {
namespace {

using llvm::SCEV;

// Larger loops are not worth another copy.
constexpr size_t kMaxLoopInstructions = 200;
constexpr size_t kMaxRanges = 8;
// Of the expressions that the guard computes, in the cost model's units.
constexpr unsigned kExpansionBudget = 16;

// Accesses with one step whose addresses differ by constants.
struct Range {
  const SCEV* start;  // i64, from the base on, of the first access
  const SCEV* step;   // i64; null: the same address in each iteration
  int64_t begin;      // of all accesses, from their first address on
  int64_t end;
  bool is_written;
  llvm::SmallVector<llvm::Instruction*> accesses;
};

class AliasGuard {
 public:
  AliasGuard(llvm::Loop& loop, const LoopAnalyses& analyses, llvm::TargetTransformInfo& target)
      : loop_(loop),
        analyses_(analyses),
        evolution_(analyses.evolution),
        target_(target),
        expander_(MakeExpander(analyses.evolution, "alias")) {}

  // Whether there is something to gain; changes nothing.
  bool Analyze();
  void Apply();

 private:
  bool AddAccess(llvm::Instruction* access);
  bool CanExpand(const SCEV* expression);
  bool IsPair(const Range& a, const Range& b) const {
    return &a != &b && (a.is_written || b.is_written) && a.step != b.step;
  }
  llvm::Value* Expand(const SCEV* expression) {
    return expander_.expandCodeFor(expression, expression->getType(),
                                   loop_.getLoopPreheader()->getTerminator()->getIterator());
  }
  llvm::Value* EmitCondition();
  void Annotate();

  llvm::Loop& loop_;
  const LoopAnalyses& analyses_;
  llvm::ScalarEvolution& evolution_;
  llvm::TargetTransformInfo& target_;
  llvm::SCEVExpander expander_;
  const SCEV* base_ = nullptr;
  const SCEV* count_ = nullptr;  // of jumps back, i64
  llvm::SmallVector<Range, 8> ranges_;
};

bool AliasGuard::CanExpand(const SCEV* expression) {
  const llvm::Instruction* const at = loop_.getLoopPreheader()->getTerminator();
  return expander_.isSafeToExpandAt(expression, at) &&
         !expander_.isHighCostExpansion({expression}, &loop_, kExpansionBudget, &target_, at);
}

bool AliasGuard::AddAccess(llvm::Instruction* access) {
  if (access->isVolatile() || access->isAtomic()) return false;
  const SCEV* const pointer = evolution_.getSCEV(llvm::getLoadStorePointerOperand(access));
  const SCEV* const base = evolution_.getPointerBase(pointer);
  if (base_ == nullptr) base_ = base;
  if (base != base_ || !evolution_.isLoopInvariant(base, &loop_)) return false;
  const llvm::TypeSize size =
      access->getModule()->getDataLayout().getTypeStoreSize(llvm::getLoadStoreType(access));
  if (size.isScalable()) return false;
  const auto bytes = static_cast<int64_t>(size.getFixedValue());
  const SCEV* start = evolution_.getMinusSCEV(pointer, base);
  const SCEV* step = nullptr;
  if (llvm::isa<llvm::SCEVCouldNotCompute>(start)) return false;
  if (!evolution_.isLoopInvariant(start, &loop_)) {
    const auto* const induction = llvm::dyn_cast<llvm::SCEVAddRecExpr>(start);
    if (induction == nullptr || induction->getLoop() != &loop_ || !induction->isAffine()) {
      return false;
    }
    step = induction->getStepRecurrence(evolution_);
    start = induction->getStart();
  }
  for (Range& range : ranges_) {
    if (range.step != step) continue;
    const auto* const difference =
        llvm::dyn_cast<llvm::SCEVConstant>(evolution_.getMinusSCEV(start, range.start));
    if (difference == nullptr) continue;
    const int64_t distance = difference->getAPInt().getSExtValue();
    range.begin = std::min(range.begin, distance);
    range.end = std::max(range.end, distance + bytes);
    range.is_written |= llvm::isa<llvm::StoreInst>(access);
    range.accesses.push_back(access);
    return true;
  }
  if (ranges_.size() >= kMaxRanges) return false;
  ranges_.push_back({start, step, 0, bytes, llvm::isa<llvm::StoreInst>(access), {access}});
  return true;
}

bool AliasGuard::Analyze() {
  if (loop_.getLoopPreheader() == nullptr || loop_.getLoopLatch() == nullptr ||
      !loop_.hasDedicatedExits()) {
    return false;
  }
  const SCEV* const count = evolution_.getSymbolicMaxBackedgeTakenCount(&loop_);
  if (llvm::isa<llvm::SCEVCouldNotCompute>(count) ||
      evolution_.getTypeSizeInBits(count->getType()) > 64 || !CanExpand(count)) {
    return false;
  }
  llvm::Type* const type = llvm::Type::getInt64Ty(evolution_.getContext());
  count_ = evolution_.getZeroExtendExpr(count, type);
  size_t instructions = 0;
  for (llvm::BasicBlock* block : loop_.blocks()) {
    for (llvm::Instruction& instruction : *block) {
      if (++instructions > kMaxLoopInstructions) return false;
      if (llvm::isa<llvm::LoadInst, llvm::StoreInst>(instruction)) {
        if (!AddAccess(&instruction)) return false;
      } else if (instruction.mayReadOrWriteMemory()) {
        return false;
      }
    }
  }
  bool has_pair = false;
  for (const Range& a : ranges_) {
    for (const Range& b : ranges_) has_pair |= IsPair(a, b);
  }
  if (!has_pair) return false;
  return std::all_of(ranges_.begin(), ranges_.end(), [&](const Range& range) {
    return CanExpand(range.start) && (range.step == nullptr || CanExpand(range.step));
  });
}

// Whether the ranges are apart; at the end of the preheader. That sums do not come round is known:
// all addresses are in memory.
llvm::Value* AliasGuard::EmitCondition() {
  llvm::IRBuilder<> builder(loop_.getLoopPreheader()->getTerminator());
  llvm::SmallVector<std::pair<llvm::Value*, llvm::Value*>, 8> bounds;
  for (const Range& range : ranges_) {
    const SCEV* first = range.start;
    const SCEV* last = range.start;
    llvm::Value* low = nullptr;
    llvm::Value* high = nullptr;
    if (range.step != nullptr) {
      last = evolution_.getAddExpr(first, evolution_.getMulExpr(range.step, count_));
      if (evolution_.isKnownNegative(range.step)) std::swap(first, last);
    }
    low = Expand(first);
    high = Expand(last);
    if (range.step != nullptr && !evolution_.isKnownNegative(range.step) &&
        !evolution_.isKnownNonNegative(range.step)) {
      llvm::Value* const is_falling = builder.CreateICmpSGT(low, high);
      llvm::Value* const other = builder.CreateSelect(is_falling, high, low);
      high = builder.CreateSelect(is_falling, low, high);
      low = other;
    }
    bounds.push_back({builder.CreateAdd(low, builder.getInt64(static_cast<uint64_t>(range.begin))),
                      builder.CreateAdd(high, builder.getInt64(static_cast<uint64_t>(range.end)))});
  }
  llvm::Value* condition = builder.getTrue();
  for (size_t a = 0; a < ranges_.size(); ++a) {
    for (size_t b = a + 1; b < ranges_.size(); ++b) {
      if (!IsPair(ranges_[a], ranges_[b])) continue;
      condition = builder.CreateAnd(
          condition, builder.CreateOr(builder.CreateICmpSLE(bounds[a].second, bounds[b].first),
                                      builder.CreateICmpSLE(bounds[b].second, bounds[a].first)));
    }
  }
  return condition;
}

void AliasGuard::Annotate() {
  llvm::LLVMContext& context = evolution_.getContext();
  llvm::MDBuilder metadata(context);
  llvm::MDNode* const domain = metadata.createAnonymousAliasScopeDomain();
  llvm::SmallVector<llvm::Metadata*, 8> scopes;
  for (size_t i = 0; i < ranges_.size(); ++i) {
    scopes.push_back(metadata.createAnonymousAliasScope(domain));
  }
  // What is apart in one round of a loop around this one may meet in the next: LLVM gives each copy
  // of this place scopes of its own when it unrolls that loop.
  llvm::IRBuilder<>(loop_.getLoopPreheader()->getTerminator())
      .CreateNoAliasScopeDeclaration(llvm::MDNode::get(context, scopes));
  for (size_t i = 0; i < ranges_.size(); ++i) {
    llvm::SmallVector<llvm::Metadata*, 8> others;
    for (size_t other = 0; other < ranges_.size(); ++other) {
      if (IsPair(ranges_[i], ranges_[other])) others.push_back(scopes[other]);
    }
    for (llvm::Instruction* access : ranges_[i].accesses) {
      const auto add = [&](unsigned kind, llvm::ArrayRef<llvm::Metadata*> nodes) {
        access->setMetadata(kind, llvm::MDNode::concatenate(access->getMetadata(kind),
                                                            llvm::MDNode::get(context, nodes)));
      };
      add(llvm::LLVMContext::MD_alias_scope, scopes[i]);
      if (!others.empty()) add(llvm::LLVMContext::MD_noalias, others);
    }
  }
}

void AliasGuard::Apply() {
  llvm::Value* const condition = EmitCondition();
  const auto* const known = llvm::dyn_cast<llvm::ConstantInt>(condition);
  if (known != nullptr && known->isZero()) return;
  if (known == nullptr) MakeVersions(loop_, condition, analyses_);
  Annotate();
  evolution_.forgetTopmostLoop(&loop_);
}

}  // namespace

llvm::PreservedAnalyses AliasGuardPass::run(llvm::Function& function,
                                            llvm::FunctionAnalysisManager& analyses) {
  auto& loops = analyses.getResult<llvm::LoopAnalysis>(function);
  if (loops.empty()) return llvm::PreservedAnalyses::all();
  auto& target = analyses.getResult<llvm::TargetIRAnalysis>(function);
  const LoopAnalyses own{loops, analyses.getResult<llvm::DominatorTreeAnalysis>(function),
                         analyses.getResult<llvm::ScalarEvolutionAnalysis>(function)};
  bool changed = false;
  for (llvm::Loop* loop : loops.getLoopsInPreorder()) {
    if (!loop->isInnermost() || !loop->isLCSSAForm(own.dominators) || !CannotTrap(*loop)) {
      continue;
    }
    AliasGuard guard(*loop, own, target);
    if (!guard.Analyze()) continue;
    guard.Apply();
    changed = true;
  }
  return changed ? llvm::PreservedAnalyses::none() : llvm::PreservedAnalyses::all();
}

}  // namespace wasmtier::optimizing
