#include "tiers/optimizing/loop_order.h"

#include <llvm/ADT/DenseMap.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/Analysis/ScalarEvolutionExpressions.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Module.h>

#include <algorithm>
#include <utility>

#include "tiers/optimizing/loop_copies.h"

namespace wasmtier::optimizing {
namespace {

// More comparisons cost more than they may gain.
constexpr size_t kMaxSeparations = 6;
// Accesses of all parts.
constexpr size_t kMaxAccesses = 256;

// One access in one part.
struct Access {
  const llvm::SCEV* pointer;
  int64_t bytes;
  bool is_store;
  std::pair<unsigned, unsigned> before;  // place in the program: position, 0
  std::pair<unsigned, unsigned> after;   // place in the plain loop: part, position in the first part
};

class Order {
 public:
  Order(const llvm::Loop& loop, const LoopCopies& copies, llvm::ScalarEvolution& evolution)
      : loop_(loop), copies_(copies), evolution_(evolution) {}

  std::optional<llvm::SmallVector<Separation, 4>> Run() {
    if (!Collect()) return std::nullopt;
    for (const Access& store : accesses_) {
      if (!store.is_store) continue;
      for (const Access& other : accesses_) {
        // Two loads of one instruction in different parts are two accesses.
        const bool was_before = store.before < other.before;
        const bool is_before = store.after < other.after;
        if (&store == &other || was_before == is_before) continue;
        if (!Separate(store, other)) return std::nullopt;
      }
    }
    return std::move(separations_);
  }

 private:
  bool Collect() {
    const llvm::DataLayout& layout = loop_.getHeader()->getModule()->getDataLayout();
    llvm::DenseMap<const llvm::Instruction*, unsigned> positions;
    for (const llvm::Instruction& instruction : *loop_.getHeader()) {
      const auto position = static_cast<unsigned>(positions.size());
      positions[&instruction] = position;
    }
    for (const auto& [first, copies] : copies_.copies()) {
      if (llvm::getLoadStorePointerOperand(first) == nullptr) continue;
      for (unsigned part = 0; part < copies.size(); ++part) {
        llvm::Instruction* const copy = copies[part];
        const llvm::TypeSize size = layout.getTypeStoreSize(llvm::getLoadStoreType(copy));
        if (size.isScalable() || accesses_.size() >= kMaxAccesses) return false;
        accesses_.push_back({evolution_.getSCEV(llvm::getLoadStorePointerOperand(copy)),
                             static_cast<int64_t>(size.getFixedValue()),
                             llvm::isa<llvm::StoreInst>(copy),
                             {positions[copy], 0},
                             {part, positions[first]}});
      }
    }
    return true;
  }

  bool Separate(const Access& a, const Access& b) {
    const llvm::SCEV* const difference = evolution_.getMinusSCEV(a.pointer, b.pointer);
    if (llvm::isa<llvm::SCEVCouldNotCompute>(difference)) return false;
    if (const auto* const constant = llvm::dyn_cast<llvm::SCEVConstant>(difference)) {
      const int64_t distance = constant->getAPInt().getSExtValue();
      return distance >= b.bytes || distance <= -a.bytes;
    }
    if (!evolution_.isLoopInvariant(difference, &loop_)) return false;
    // Pairs that differ by constants are one comparison of larger pieces.
    for (Separation& known : separations_) {
      const auto* const between = llvm::dyn_cast<llvm::SCEVConstant>(
          evolution_.getMinusSCEV(difference, known.difference));
      if (between == nullptr) continue;
      const int64_t distance = between->getAPInt().getSExtValue();
      known.a_begin = std::min(known.a_begin, distance);
      known.a_end = std::max(known.a_end, distance + a.bytes);
      known.b_end = std::max(known.b_end, b.bytes);
      return true;
    }
    separations_.push_back({difference, 0, a.bytes, 0, b.bytes});
    return separations_.size() <= kMaxSeparations;
  }

  const llvm::Loop& loop_;
  const LoopCopies& copies_;
  llvm::ScalarEvolution& evolution_;
  llvm::SmallVector<Access> accesses_;
  llvm::SmallVector<Separation, 4> separations_;
};

}  // namespace

std::optional<llvm::SmallVector<Separation, 4>> SeparationsFor(const llvm::Loop& loop,
                                                               const LoopCopies& copies,
                                                               llvm::ScalarEvolution& evolution) {
  return Order(loop, copies, evolution).Run();
}

}  // namespace wasmtier::optimizing
