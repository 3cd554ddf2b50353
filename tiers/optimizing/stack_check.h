// Checks of the stack in code for engines without signals, where nothing turns a fault in the
// stack's guard into a trap.
#ifndef WASMTIER_TIERS_OPTIMIZING_STACK_CHECK_H_
#define WASMTIER_TIERS_OPTIMIZING_STACK_CHECK_H_

#include <cstdint>

namespace llvm {
class Module;
}  // namespace llvm

namespace wasmtier::optimizing {

// The largest frame of such code. A function compares its frame pointer with
// StoreBlock::native_limit when its frame is there already: the frame's own bytes lie below, and so
// may those of a callee that makes its own comparison, or of one that calls nothing and makes none.
// All other callees (stubs, the baseline's code) compare before they use any.
inline constexpr uint64_t kMaxCheckedFrameBytes = 16 << 10;

// To be run when no pass of LLVM moves calls any more: functions that call nothing need no check.
// False, and nothing is changed, if a function that needs one cannot reach the limit: LLVM took its
// context away, which happens to those that do nothing but call each other.
bool AddStackChecks(llvm::Module& module);

}  // namespace wasmtier::optimizing

#endif  // WASMTIER_TIERS_OPTIMIZING_STACK_CHECK_H_
