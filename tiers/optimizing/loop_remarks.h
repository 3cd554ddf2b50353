// What this tier's own passes did with a loop, told as LLVM's passes tell it: as remarks, which
// loop_report.h collects for `inspect --vectorization`. Nothing is done when nobody listens.
#ifndef WASMTIER_TIERS_OPTIMIZING_LOOP_REMARKS_H_
#define WASMTIER_TIERS_OPTIMIZING_LOOP_REMARKS_H_

#include <llvm/ADT/StringRef.h>

namespace llvm {
class Instruction;
class Loop;
}  // namespace llvm

namespace wasmtier::optimizing {

// The pass that these remarks come from, and the name of each.
inline constexpr char kLoopRemarkPass[] = "wasm-range-guard";
inline constexpr char kVersionedRemark[] = "Versioned";
inline constexpr char kNotVersionedRemark[] = "NotVersioned";
inline constexpr char kRerolledRemark[] = "Rerolled";
// Arguments of remarks: a number, and the module offset of an instruction.
inline constexpr char kFactorKey[] = "Factor";
inline constexpr char kOffsetKey[] = "Offset";

// The loop is made twice, with its accesses guarded in front of it. To be called before it is
// changed, as the following are.
void RemarkVersioned(const llvm::Loop& loop);
// `why` completes "not versioned: "; `at`: the instruction that is the reason, or null.
void RemarkNotVersioned(const llvm::Loop& loop, llvm::StringRef why,
                        const llvm::Instruction* at = nullptr);
// `factor` copies of the body, which the producer had made, became one.
void RemarkRerolled(const llvm::Loop& loop, unsigned factor);

}  // namespace wasmtier::optimizing

#endif  // WASMTIER_TIERS_OPTIMIZING_LOOP_REMARKS_H_
