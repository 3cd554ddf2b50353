// Copies of a loop's body that the producer made by unrolling: which instructions do in a later
// part of an iteration what others do in its first part.
#ifndef WASMTIER_TIERS_OPTIMIZING_LOOP_COPIES_H_
#define WASMTIER_TIERS_OPTIMIZING_LOOP_COPIES_H_

#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/MapVector.h>
#include <llvm/ADT/SmallVector.h>
#include <llvm/Analysis/ScalarEvolutionExpressions.h>

#include <optional>

namespace llvm {
class Instruction;
class Loop;
class PHINode;
class Value;
}  // namespace llvm

namespace wasmtier::optimizing {

// One loop of one block, and the number of parts that an iteration is supposed to have. A value
// that follows the induction is a *leaf*: its copies differ from it by a part of its step, whatever
// computes them. A phi of the header that does not is a *recurrence*: its copy in a part is what
// the part before computed for the next one.
class LoopCopies {
 public:
  LoopCopies(llvm::Loop& loop, llvm::ScalarEvolution& evolution, unsigned parts);

  // Finds the copies of everything that the iteration stores and hands on; false if there is
  // something that is no copy. Changes nothing.
  bool Find();

  unsigned parts() const { return parts_; }
  // For each instruction of the first part that is to be kept, those of all parts, itself first.
  using Map = llvm::MapVector<llvm::Instruction*, llvm::SmallVector<llvm::Instruction*, 8>>;
  const Map& copies() const { return copies_; }
  // For each recurrence, what the first part hands on.
  const llvm::MapVector<llvm::PHINode*, llvm::Instruction*>& recurrences() const {
    return recurrences_;
  }
  // A sum (or product, ...) of integers, whose terms may be added in any order: it becomes a
  // recurrence to which the first part adds its terms.
  struct Sum {
    struct Term {
      llvm::Value* value;
      bool is_negative;
    };
    llvm::PHINode* phi;
    unsigned opcode;
    llvm::SmallVector<Term, 4> terms;  // of the first part
  };
  const llvm::SmallVector<Sum, 2>& sums() const { return sums_; }
  // The instruction of the first part whose copy in the last one this is; or null.
  llvm::Instruction* FirstOfLast(llvm::Value* last) const;

  // The value as a function of the iteration, if it is affine and its step is a constant.
  const llvm::SCEVAddRecExpr* LeafOf(llvm::Value* value) const;
  // Its step from part to part; nothing if the parts' steps are not equal.
  std::optional<int64_t> PartStep(const llvm::SCEVAddRecExpr* leaf) const;

 private:
  bool IsRecurrence(const llvm::Value* value) const;
  bool MatchStores();
  bool MatchRecurrence(llvm::PHINode* phi);
  bool MatchSum(llvm::PHINode* phi);
  // Adds the terms below `value` to the list; false if they are used elsewhere, too.
  bool CollectTerms(llvm::Value* value, unsigned opcode, bool is_negative, bool is_root,
                    llvm::SmallVectorImpl<Sum::Term>* terms) const;
  llvm::SmallVector<llvm::Instruction*> ChainOf(llvm::PHINode* phi) const;
  bool RecurrencesFit();
  bool Match(llvm::Value* first, llvm::Value* copy, unsigned part, unsigned depth = 0);
  bool MatchOperands(llvm::Instruction* first, llvm::Instruction* copy, unsigned part,
                     unsigned depth);
  bool IsLeafCopy(llvm::Value* first, llvm::Value* copy, unsigned part) const;
  bool Note(llvm::Value* first, llvm::Value* copy, unsigned part);
  llvm::Value* CopyOf(llvm::Value* first, unsigned part) const;

  llvm::Loop& loop_;
  llvm::ScalarEvolution& evolution_;
  const unsigned parts_;
  unsigned matches_ = 0;  // tried, a bound on the time
  llvm::DenseMap<llvm::Value*, llvm::SmallVector<llvm::Value*, 8>> found_;  // [part], null: not yet
  Map copies_;
  llvm::MapVector<llvm::PHINode*, llvm::Instruction*> recurrences_;
  llvm::SmallVector<Sum, 2> sums_;
};

}  // namespace wasmtier::optimizing

#endif  // WASMTIER_TIERS_OPTIMIZING_LOOP_COPIES_H_
