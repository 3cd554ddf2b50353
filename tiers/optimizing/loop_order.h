// Whether the parts of an unrolled body may be run one after the other, instead of in the order in
// which the producer has mixed their loads and stores.
#ifndef WASMTIER_TIERS_OPTIMIZING_LOOP_ORDER_H_
#define WASMTIER_TIERS_OPTIMIZING_LOOP_ORDER_H_

#include <llvm/ADT/SmallVector.h>

#include <cstdint>
#include <optional>

namespace llvm {
class Loop;
class SCEV;
class ScalarEvolution;
}  // namespace llvm

namespace wasmtier::optimizing {

class LoopCopies;

// The bytes [a + a_begin, a + a_end) and [b + b_begin, b + b_end) must have none in common, where only
// a - b is known: a number of bytes that is the same in each iteration.
struct Separation {
  const llvm::SCEV* difference;  // a - b, i64
  int64_t a_begin, a_end;
  int64_t b_begin, b_end;
};

// Nothing if the order matters for reasons that no comparison in front of the loop settles. Of the
// comparisons in the answer each has to hold.
std::optional<llvm::SmallVector<Separation, 4>> SeparationsFor(const llvm::Loop& loop,
                                                               const LoopCopies& copies,
                                                               llvm::ScalarEvolution& evolution);

}  // namespace wasmtier::optimizing

#endif  // WASMTIER_TIERS_OPTIMIZING_LOOP_ORDER_H_
