// Addresses in loop nests as functions of the iterations (design §9, *Traps and LLVM*).
#ifndef WASMTIER_TIERS_OPTIMIZING_ADDRESS_FORM_H_
#define WASMTIER_TIERS_OPTIMIZING_ADDRESS_FORM_H_

#include <llvm/ADT/SmallVector.h>
#include <llvm/ADT/StringRef.h>

#include <cstdint>
#include <optional>

namespace llvm {
class Loop;
class SCEV;
class ScalarEvolution;
class Use;
class Value;
}  // namespace llvm

namespace wasmtier::optimizing {

// base + wide + distance. `wide` is affine in the iterations of the nest's loops, with steps that
// do not change in it. If the program computes it in 32 bits (`narrow`), the two are equal where
// `wide` is not below zero and less than 2^32.
struct AddressForm {
  const llvm::SCEV* narrow = nullptr;  // i32; or null
  const llvm::SCEV* wide = nullptr;    // i64
  int64_t distance = 0;
};

// The number of jumps back of a loop, at most, in the same way.
struct CountForm {
  const llvm::SCEV* wide = nullptr;
  // The loop is not entered where it is -1; else there must be no such place.
  bool may_be_minus_one = false;
};

// A loop that ends when a value which changes by `divisor` in each iteration equals a limit. If
// `distance`, from its start, is not a multiple of that it passes the limit, and goes on: then
// nothing is known of it.
struct ExactDivision {
  llvm::Use* limit = nullptr;            // in the comparison
  const llvm::SCEV* start = nullptr;     // what is compared with it first
  const llvm::SCEV* distance = nullptr;  // as an unsigned number
  const llvm::SCEV* divisor = nullptr;   // a constant above zero
  bool is_falling = false;
};

// Forms of one loop nest: `root` with all loops inside.
class AddressForms {
 public:
  AddressForms(const llvm::Loop& root, llvm::ScalarEvolution& evolution)
      : root_(root), evolution_(evolution) {}

  // Of a pointer into the memory that begins at `base`. Nothing: it has none, and why() says it.
  std::optional<AddressForm> Of(llvm::Value* pointer, llvm::Value* base);
  std::optional<CountForm> CountOf(const llvm::Loop& loop);
  llvm::StringRef why() const { return why_; }

  // Steps that must not exceed INT32_MAX, as unsigned numbers of 64 bits, for the forms to hold.
  const llvm::SmallVector<const llvm::SCEV*, 2>& unsigned_steps() const { return unsigned_steps_; }
  // That must leave nothing for the counts to hold.
  const llvm::SmallVector<ExactDivision, 1>& exact_divisions() const { return exact_divisions_; }

 private:
  bool IsInvariant(const llvm::SCEV* expression) const;
  const llvm::SCEV* Widen(const llvm::SCEV* narrow);
  bool IsAffine(const llvm::SCEV* wide);
  bool IsUsableStep(const llvm::SCEV* step);
  const llvm::SCEV* CountIfExact(const llvm::Loop& loop);

  const llvm::Loop& root_;
  llvm::ScalarEvolution& evolution_;
  llvm::StringRef why_;
  llvm::SmallVector<const llvm::SCEV*, 2> unsigned_steps_;
  llvm::SmallVector<ExactDivision, 1> exact_divisions_;
};

}  // namespace wasmtier::optimizing

#endif  // WASMTIER_TIERS_OPTIMIZING_ADDRESS_FORM_H_
