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

// Before LLVM's passes: otherwise they take parameters away that a function does not use, and the
// check needs the context.
void KeepContexts(llvm::Module& module);

// After them, when nothing moves calls any more: functions that call nothing need no check.
void AddStackChecks(llvm::Module& module);

}  // namespace wasmtier::optimizing

#endif  // WASMTIER_TIERS_OPTIMIZING_STACK_CHECK_H_
