#include "tiers/optimizing/address_form.h"

#include <llvm/ADT/STLExtras.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/Analysis/ScalarEvolutionExpressions.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Type.h>

namespace wasmtier::optimizing {
namespace {

using llvm::SCEV;

constexpr char kNotAffine[] = "an address does not change by the same step in each iteration";
constexpr char kNoCount[] = "the number of iterations is not known";
// Of constants beside an address: beyond what a memory has.
constexpr int64_t kMaxDistance = int64_t{1} << 33;

}  // namespace

bool AddressForms::IsInvariant(const SCEV* expression) const {
  return evolution_.isLoopInvariant(expression, &root_);
}

// So small that 2^31 of them fit 62 bits.
bool AddressForms::IsUsableStep(const SCEV* step) {
  if (const auto* const constant = llvm::dyn_cast<llvm::SCEVConstant>(step)) {
    const llvm::APInt& value = constant->getAPInt();
    return value.sge(-(int64_t{1} << 31)) && value.slt(int64_t{1} << 31);
  }
  if (!IsInvariant(step)) return false;
  const auto* const extension = llvm::dyn_cast<llvm::SCEVSignExtendExpr>(step);
  if (extension == nullptr || !extension->getOperand()->getType()->isIntegerTy(32)) {
    if (!llvm::is_contained(unsigned_steps_, step)) unsigned_steps_.push_back(step);
  }
  return true;
}

// The function of 64 bits that begins with the same value and has the same steps, as signed
// numbers; null if there is none.
const SCEV* AddressForms::Widen(const SCEV* narrow) {
  llvm::Type* const type = llvm::Type::getInt64Ty(evolution_.getContext());
  if (IsInvariant(narrow)) return evolution_.getZeroExtendExpr(narrow, type);
  const auto* const induction = llvm::dyn_cast<llvm::SCEVAddRecExpr>(narrow);
  if (induction == nullptr || !induction->isAffine() || !root_.contains(induction->getLoop())) {
    return nullptr;
  }
  const SCEV* const step = induction->getStepRecurrence(evolution_);
  const SCEV* const start = Widen(induction->getStart());
  if (start == nullptr || !IsInvariant(step)) return nullptr;
  return evolution_.getAddRecExpr(start, evolution_.getSignExtendExpr(step, type),
                                  induction->getLoop(), SCEV::FlagAnyWrap);
}

bool AddressForms::IsAffine(const SCEV* wide) {
  if (IsInvariant(wide)) return true;
  const auto* const induction = llvm::dyn_cast<llvm::SCEVAddRecExpr>(wide);
  return induction != nullptr && induction->isAffine() && root_.contains(induction->getLoop()) &&
         IsUsableStep(induction->getStepRecurrence(evolution_)) && IsAffine(induction->getStart());
}

std::optional<AddressForm> AddressForms::Of(llvm::Value* pointer, llvm::Value* base) {
  why_ = kNotAffine;
  const SCEV* const address =
      evolution_.getMinusSCEV(evolution_.getSCEV(pointer), evolution_.getSCEV(base));
  if (llvm::isa<llvm::SCEVCouldNotCompute>(address)) return std::nullopt;
  AddressForm form;
  const SCEV* number = address;
  if (const auto* const sum = llvm::dyn_cast<llvm::SCEVAddExpr>(address);
      sum != nullptr && sum->getNumOperands() == 2 &&
      llvm::isa<llvm::SCEVConstant>(sum->getOperand(0))) {
    form.distance = llvm::cast<llvm::SCEVConstant>(sum->getOperand(0))->getAPInt().getSExtValue();
    number = sum->getOperand(1);
  }
  const auto* const extension = llvm::dyn_cast<llvm::SCEVZeroExtendExpr>(number);
  if (extension != nullptr && !IsInvariant(number)) {
    if (!extension->getOperand()->getType()->isIntegerTy(32)) return std::nullopt;
    form.narrow = extension->getOperand();
    form.wide = Widen(form.narrow);
    if (form.wide == nullptr || !IsAffine(form.wide)) return std::nullopt;
    // The address of 32 bits must be known by itself, to see that it does not wrap.
    if (form.distance < 0 || form.distance > kMaxDistance) {
      why_ = "something is added to an address that may wrap";
      return std::nullopt;
    }
    return form;
  }
  form.wide = address;
  form.distance = 0;
  if (!IsAffine(address)) return std::nullopt;
  return form;
}

// What a producer leaves that has unrolled a loop which begins anywhere: a first iteration alone if
// their number is odd, and pairs from there. That this makes them pairs LLVM does not see.
const SCEV* AddressForms::CountIfExact(const llvm::Loop& loop) {
  const llvm::BasicBlock* const latch = loop.getLoopLatch();
  const auto* const branch =
      latch == nullptr ? nullptr : llvm::dyn_cast<llvm::BranchInst>(latch->getTerminator());
  if (branch == nullptr || !branch->isConditional()) return evolution_.getCouldNotCompute();
  auto* const comparison = llvm::dyn_cast<llvm::ICmpInst>(branch->getCondition());
  const bool continues_if_true = branch->getSuccessor(0) == loop.getHeader();
  if (comparison == nullptr || !comparison->getOperand(0)->getType()->isIntegerTy() ||
      comparison->getPredicate() !=
          (continues_if_true ? llvm::CmpInst::ICMP_NE : llvm::CmpInst::ICMP_EQ)) {
    return evolution_.getCouldNotCompute();
  }
  for (const unsigned operand : {0u, 1u}) {
    const auto* const induction =
        llvm::dyn_cast<llvm::SCEVAddRecExpr>(evolution_.getSCEV(comparison->getOperand(operand)));
    const SCEV* const limit = evolution_.getSCEV(comparison->getOperand(1 - operand));
    if (induction == nullptr || induction->getLoop() != &loop || !induction->isAffine()) continue;
    const auto* const step =
        llvm::dyn_cast<llvm::SCEVConstant>(induction->getStepRecurrence(evolution_));
    if (step == nullptr || step->isZero()) continue;
    ExactDivision division;
    division.limit = &comparison->getOperandUse(1 - operand);
    division.start = induction->getStart();
    division.is_falling = step->getAPInt().isNegative();
    division.distance = division.is_falling ? evolution_.getMinusSCEV(division.start, limit)
                                            : evolution_.getMinusSCEV(limit, division.start);
    division.divisor = division.is_falling ? evolution_.getNegativeSCEV(step) : step;
    if (!IsInvariant(division.distance) || !IsInvariant(division.start)) continue;
    // The least n for which n * divisor is the distance, modulo 2^32 or 2^64, is the quotient, if
    // it is exact.
    exact_divisions_.push_back(division);
    return evolution_.getUDivExpr(division.distance, division.divisor);
  }
  return evolution_.getCouldNotCompute();
}

std::optional<CountForm> AddressForms::CountOf(const llvm::Loop& loop) {
  why_ = kNoCount;
  const SCEV* count = evolution_.getSymbolicMaxBackedgeTakenCount(&loop);
  if (llvm::isa<llvm::SCEVCouldNotCompute>(count)) count = CountIfExact(loop);
  if (llvm::isa<llvm::SCEVCouldNotCompute>(count) ||
      evolution_.getTypeSizeInBits(count->getType()) > 64) {
    return std::nullopt;
  }
  llvm::Type* const type = llvm::Type::getInt64Ty(evolution_.getContext());
  CountForm form;
  if (IsInvariant(count)) {
    form.wide = evolution_.getZeroExtendExpr(count, type);
    return form;
  }
  // It changes with the loops around. As a number of 32 bits it is what it is as one of 64, unless
  // that is below zero: then the loop had better not be entered.
  if (const auto* const extension = llvm::dyn_cast<llvm::SCEVZeroExtendExpr>(count)) {
    count = extension->getOperand();
  }
  form.wide = count->getType()->isIntegerTy(32) ? Widen(count)
              : count->getType() == type        ? count
                                                : nullptr;
  if (form.wide == nullptr || !IsAffine(form.wide)) return std::nullopt;
  form.may_be_minus_one = evolution_.isLoopEntryGuardedByCond(
      &loop, llvm::CmpInst::ICMP_NE, count, evolution_.getMinusOne(count->getType()));
  return form;
}

}  // namespace wasmtier::optimizing
