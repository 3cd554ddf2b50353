#include "tiers/optimizing/loop_copies.h"

#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>

#include <algorithm>
#include <utility>

namespace wasmtier::optimizing {
namespace {

// Trials of two instructions, and operands below a root.
constexpr unsigned kMaxMatches = 4000;
constexpr unsigned kMaxDepth = 40;

// Operations that are the same wherever they are.
bool IsPure(const llvm::Instruction* instruction) {
  if (llvm::isa<llvm::IntrinsicInst>(instruction)) return !instruction->mayReadOrWriteMemory();
  return llvm::isa<llvm::UnaryOperator, llvm::BinaryOperator, llvm::CastInst, llvm::CmpInst,
                   llvm::SelectInst, llvm::FreezeInst, llvm::ExtractElementInst,
                   llvm::InsertElementInst, llvm::ShuffleVectorInst>(instruction);
}

bool IsSameOperation(const llvm::Instruction* a, const llvm::Instruction* b) {
  if (a->getOpcode() != b->getOpcode() || a->getType() != b->getType() ||
      a->getNumOperands() != b->getNumOperands()) {
    return false;
  }
  if (const auto* const call = llvm::dyn_cast<llvm::IntrinsicInst>(a)) {
    return call->getIntrinsicID() == llvm::cast<llvm::IntrinsicInst>(b)->getIntrinsicID();
  }
  // Flags are what both have in the end.
  return a->isSameOperationAs(b);
}

}  // namespace

LoopCopies::LoopCopies(llvm::Loop& loop, llvm::ScalarEvolution& evolution, unsigned parts)
    : loop_(loop), evolution_(evolution), parts_(parts) {}

const llvm::SCEVAddRecExpr* LoopCopies::LeafOf(llvm::Value* value) const {
  if (!evolution_.isSCEVable(value->getType())) return nullptr;
  const auto* const leaf = llvm::dyn_cast<llvm::SCEVAddRecExpr>(evolution_.getSCEV(value));
  if (leaf == nullptr || leaf->getLoop() != &loop_ || !leaf->isAffine()) return nullptr;
  const auto* const step =
      llvm::dyn_cast<llvm::SCEVConstant>(leaf->getStepRecurrence(evolution_));
  return step != nullptr && step->getAPInt().getSignificantBits() <= 64 ? leaf : nullptr;
}

std::optional<int64_t> LoopCopies::PartStep(const llvm::SCEVAddRecExpr* leaf) const {
  const int64_t step =
      llvm::cast<llvm::SCEVConstant>(leaf->getStepRecurrence(evolution_))->getAPInt().getSExtValue();
  if (step % static_cast<int64_t>(parts_) != 0) return std::nullopt;
  return step / static_cast<int64_t>(parts_);
}

bool LoopCopies::IsRecurrence(const llvm::Value* value) const {
  const auto* const phi = llvm::dyn_cast<llvm::PHINode>(value);
  return phi != nullptr && phi->getParent() == loop_.getHeader() &&
         LeafOf(const_cast<llvm::PHINode*>(phi)) == nullptr;
}

bool LoopCopies::IsLeafCopy(llvm::Value* first, llvm::Value* copy, unsigned part) const {
  const std::optional<int64_t> step = PartStep(LeafOf(first));
  if (!step || first->getType() != copy->getType()) return false;
  const auto* const difference = llvm::dyn_cast<llvm::SCEVConstant>(
      evolution_.getMinusSCEV(evolution_.getSCEV(copy), evolution_.getSCEV(first)));
  if (difference == nullptr) return false;
  const llvm::APInt& value = difference->getAPInt();
  const llvm::APInt expected(64, static_cast<uint64_t>(*step * static_cast<int64_t>(part)),
                             /*isSigned=*/true);
  return value == expected.sextOrTrunc(value.getBitWidth());
}

llvm::Value* LoopCopies::CopyOf(llvm::Value* first, unsigned part) const {
  if (part == 0) return first;
  const auto found = found_.find(first);
  return found == found_.end() ? nullptr : found->second[part];
}

bool LoopCopies::Note(llvm::Value* first, llvm::Value* copy, unsigned part) {
  auto& copies = found_[first];
  if (copies.empty()) {
    copies.resize(parts_, nullptr);
    copies[0] = first;
  }
  if (copies[part] != nullptr && copies[part] != copy) return false;
  copies[part] = copy;
  return true;
}

bool LoopCopies::Match(llvm::Value* first, llvm::Value* copy, unsigned part, unsigned depth) {
  if (loop_.isLoopInvariant(first)) return first == copy;
  if (++matches_ > kMaxMatches || depth > kMaxDepth) return false;
  if (LeafOf(first) != nullptr) return IsLeafCopy(first, copy, part);
  if (llvm::Value* const known = CopyOf(first, part); known != nullptr) return known == copy;
  if (IsRecurrence(first)) return !loop_.isLoopInvariant(copy) && Note(first, copy, part);
  auto* const a = llvm::dyn_cast<llvm::Instruction>(first);
  auto* const b = llvm::dyn_cast<llvm::Instruction>(copy);
  if (a == nullptr || b == nullptr || !loop_.contains(b) || !IsSameOperation(a, b)) return false;
  if (auto* const load = llvm::dyn_cast<llvm::LoadInst>(a)) {
    if (!load->isSimple()) return false;
    llvm::Value* const pointer = load->getPointerOperand();
    llvm::Value* const other = llvm::cast<llvm::LoadInst>(b)->getPointerOperand();
    const bool is_same = LeafOf(pointer) != nullptr
                             ? IsLeafCopy(pointer, other, part)
                             : loop_.isLoopInvariant(pointer) && pointer == other;
    return is_same && Note(first, copy, part);
  }
  return IsPure(a) && MatchOperands(a, b, part, depth) && Note(first, copy, part);
}

bool LoopCopies::MatchOperands(llvm::Instruction* first, llvm::Instruction* copy, unsigned part,
                               unsigned depth) {
  const auto match = [&](unsigned a, unsigned b) {
    return Match(first->getOperand(a), copy->getOperand(b), part, depth + 1);
  };
  if (first->isCommutative() && first->getNumOperands() >= 2 && !match(0, 0)) {
    if (!match(0, 1) || !match(1, 0)) return false;
    for (unsigned i = 2; i < first->getNumOperands(); ++i) {
      if (!match(i, i)) return false;
    }
    return true;
  }
  for (unsigned i = 0; i < first->getNumOperands(); ++i) {
    if (!match(i, i)) return false;
  }
  return true;
}

// Every store is the copy of one in the first part: of all that are one part's step apart, the
// first.
bool LoopCopies::MatchStores() {
  llvm::SmallVector<llvm::StoreInst*> stores;
  for (llvm::Instruction& instruction : *loop_.getHeader()) {
    if (auto* const store = llvm::dyn_cast<llvm::StoreInst>(&instruction)) stores.push_back(store);
  }
  if (stores.size() % parts_ != 0) return false;
  llvm::SmallVector<llvm::StoreInst*> left = stores;
  // Of stores to the same place in different parts, the first in the program is the first part's:
  // they are not here, since a step of zero is no leaf.
  const auto find = [&](llvm::StoreInst* first, unsigned part) -> llvm::StoreInst* {
    for (llvm::StoreInst* other : left) {
      if (other != first &&
          other->getValueOperand()->getType() == first->getValueOperand()->getType() &&
          IsLeafCopy(first->getPointerOperand(), other->getPointerOperand(), part)) {
        return other;
      }
    }
    return nullptr;
  };
  while (!left.empty()) {
    // One that is nobody's copy.
    const auto first = std::find_if(left.begin(), left.end(), [&](llvm::StoreInst* store) {
      if (!store->isSimple() || LeafOf(store->getPointerOperand()) == nullptr) return false;
      return std::none_of(left.begin(), left.end(), [&](llvm::StoreInst* other) {
        return other != store && LeafOf(other->getPointerOperand()) != nullptr &&
               other->getValueOperand()->getType() == store->getValueOperand()->getType() &&
               IsLeafCopy(other->getPointerOperand(), store->getPointerOperand(), 1);
      });
    });
    if (first == left.end()) return false;
    llvm::StoreInst* const root = *first;
    llvm::SmallVector<llvm::StoreInst*, 8> found = {root};
    for (unsigned part = 1; part < parts_; ++part) {
      llvm::StoreInst* const copy = find(root, part);
      if (copy == nullptr || !copy->isSimple() ||
          !Match(root->getValueOperand(), copy->getValueOperand(), part) ||
          !Note(root, copy, part)) {
        return false;
      }
      found.push_back(copy);
    }
    for (llvm::StoreInst* store : found) left.erase(std::find(left.begin(), left.end(), store));
  }
  return true;
}

// The instructions that lead from the phi to what is handed on, if there is one way only.
llvm::SmallVector<llvm::Instruction*> LoopCopies::ChainOf(llvm::PHINode* phi) const {
  llvm::DenseMap<llvm::Value*, bool> depends;  // on the phi
  depends[phi] = true;
  for (llvm::Instruction& instruction : *loop_.getHeader()) {
    if (llvm::isa<llvm::PHINode>(instruction)) continue;
    depends[&instruction] =
        std::any_of(instruction.op_begin(), instruction.op_end(), [&](const llvm::Use& operand) {
          const auto found = depends.find(operand.get());
          return found != depends.end() && found->second;
        });
  }
  llvm::SmallVector<llvm::Instruction*> chain;
  auto* next = llvm::dyn_cast<llvm::Instruction>(phi->getIncomingValueForBlock(loop_.getLoopLatch()));
  while (next != nullptr && next != phi) {
    chain.push_back(next);
    llvm::Instruction* before = nullptr;
    for (llvm::Value* operand : next->operands()) {
      const auto found = depends.find(operand);
      if (found == depends.end() || !found->second) continue;
      if (before != nullptr) return {};
      before = llvm::cast<llvm::Instruction>(operand);
    }
    next = before;
  }
  if (next == nullptr) return {};
  std::reverse(chain.begin(), chain.end());
  return chain;
}

// A recurrence that no store uses.
bool LoopCopies::MatchRecurrence(llvm::PHINode* phi) {
  const llvm::SmallVector<llvm::Instruction*> chain = ChainOf(phi);
  if (chain.empty() || chain.size() % parts_ != 0) return false;
  const size_t part_size = chain.size() / parts_;
  for (unsigned part = 1; part < parts_; ++part) {
    if (!Match(chain[part_size - 1], chain[(part + 1) * part_size - 1], part)) return false;
  }
  return true;
}

bool LoopCopies::CollectTerms(llvm::Value* value, unsigned opcode, bool is_negative, bool is_root,
                              llvm::SmallVectorImpl<Sum::Term>* terms) const {
  auto* const operation = llvm::dyn_cast<llvm::BinaryOperator>(value);
  const bool is_inner =
      operation != nullptr && loop_.contains(operation) && LeafOf(operation) == nullptr &&
      (operation->getOpcode() == opcode ||
       (opcode == llvm::Instruction::Add && operation->getOpcode() == llvm::Instruction::Sub));
  if (!is_inner) {
    terms->push_back({value, is_negative});
    return true;
  }
  if (!is_root && !operation->hasOneUse()) return false;
  const bool is_difference = operation->getOpcode() == llvm::Instruction::Sub;
  return CollectTerms(operation->getOperand(0), opcode, is_negative, false, terms) &&
         CollectTerms(operation->getOperand(1), opcode, is_negative != is_difference, false, terms);
}

// LLVM has brought the terms of sums into an order of its own.
bool LoopCopies::MatchSum(llvm::PHINode* phi) {
  auto* const last = llvm::dyn_cast<llvm::BinaryOperator>(
      phi->getIncomingValueForBlock(loop_.getLoopLatch()));
  if (last == nullptr || !phi->getType()->isIntegerTy() || !loop_.contains(last)) return false;
  const unsigned opcode = last->getOpcode() == llvm::Instruction::Sub
                              ? static_cast<unsigned>(llvm::Instruction::Add)
                              : last->getOpcode();
  if (!llvm::Instruction::isAssociative(opcode) || !llvm::Instruction::isCommutative(opcode)) {
    return false;
  }
  llvm::SmallVector<Sum::Term> terms;
  if (!CollectTerms(last, opcode, false, true, &terms)) return false;
  const auto self = std::find_if(terms.begin(), terms.end(), [&](const Sum::Term& term) {
    return term.value == phi && !term.is_negative;
  });
  if (self == terms.end() || !phi->hasOneUse()) return false;
  terms.erase(self);
  if (terms.empty() || terms.size() % parts_ != 0) return false;
  Sum sum{phi, opcode, {}};
  while (!terms.empty()) {
    bool is_found = false;
    for (size_t i = 0; i < terms.size() && !is_found; ++i) {
      llvm::SmallVector<Sum::Term> left = terms;
      const Sum::Term first = terms[i];
      left.erase(left.begin() + static_cast<ptrdiff_t>(i));
      unsigned part = 1;
      for (; part < parts_; ++part) {
        const auto copy = std::find_if(left.begin(), left.end(), [&](const Sum::Term& term) {
          return term.is_negative == first.is_negative && Match(first.value, term.value, part);
        });
        if (copy == left.end()) break;
        left.erase(copy);
      }
      if (part < parts_) continue;
      sum.terms.push_back(first);
      terms = left;
      is_found = true;
    }
    if (!is_found) return false;
  }
  sums_.push_back(std::move(sum));
  return true;
}

llvm::Instruction* LoopCopies::FirstOfLast(llvm::Value* last) const {
  for (const auto& [first, copies] : copies_) {
    if (copies[parts_ - 1] == last) return first;
  }
  return nullptr;
}

// What a part finds in place of the phi is what the part before computed.
bool LoopCopies::RecurrencesFit() {
  for (llvm::PHINode& phi : loop_.getHeader()->phis()) {
    if (!IsRecurrence(&phi)) continue;
    if (std::any_of(sums_.begin(), sums_.end(), [&](const Sum& sum) { return sum.phi == &phi; })) {
      continue;
    }
    auto* const handed_on = llvm::dyn_cast_or_null<llvm::Instruction>(CopyOf(&phi, 1));
    if (handed_on == nullptr || copies_.find(handed_on) == copies_.end()) return false;
    for (unsigned part = 2; part < parts_; ++part) {
      if (CopyOf(&phi, part) != CopyOf(handed_on, part - 1)) return false;
    }
    if (CopyOf(handed_on, parts_ - 1) != phi.getIncomingValueForBlock(loop_.getLoopLatch())) {
      return false;
    }
    recurrences_.insert({&phi, handed_on});
  }
  return true;
}

bool LoopCopies::Find() {
  if (!MatchStores()) return false;
  for (llvm::PHINode& phi : loop_.getHeader()->phis()) {
    if (IsRecurrence(&phi) && CopyOf(&phi, 1) == nullptr && !MatchRecurrence(&phi) &&
        !MatchSum(&phi)) {
      return false;
    }
  }
  // In the order of the program, since later passes change them in this order.
  for (llvm::Instruction& instruction : *loop_.getHeader()) {
    if (llvm::isa<llvm::PHINode>(instruction)) continue;
    const auto found = found_.find(&instruction);
    if (found == found_.end()) continue;
    llvm::SmallVector<llvm::Instruction*, 8> copies;
    for (llvm::Value* copy : found->second) {
      if (copy == nullptr) break;  // of a trial that failed
      copies.push_back(llvm::cast<llvm::Instruction>(copy));
    }
    if (copies.size() == parts_) copies_.insert({&instruction, std::move(copies)});
  }
  return !copies_.empty() && RecurrencesFit();
}

}  // namespace wasmtier::optimizing
