// Quiet NaNs of all NaNs in IR, and every other value as it is.
#ifndef WASMTIER_TIERS_OPTIMIZING_IR_QUIET_H_
#define WASMTIER_TIERS_OPTIMIZING_IR_QUIET_H_

#include <llvm/Config/llvm-config.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Intrinsics.h>

namespace wasmtier::optimizing {

// Of a float or a vector of them. LLVM folds x * 1.0 as if it did nothing; this stays.
inline llvm::Value* QuietNans(llvm::IRBuilderBase& ir, llvm::Value* value) {
#if LLVM_VERSION_MAJOR >= 20
  return ir.CreateUnaryIntrinsic(llvm::Intrinsic::canonicalize, value);
#else
  // LLVM 19 has no code for canonicalize on x64. A multiplication is not folded if the rounding,
  // which makes no difference to it, is said to be unknown.
  return ir.CreateConstrainedFPBinOp(llvm::Intrinsic::experimental_constrained_fmul, value,
                                     llvm::ConstantFP::get(value->getType(), 1.0), nullptr, "",
                                     nullptr, llvm::RoundingMode::Dynamic, llvm::fp::ebIgnore);
#endif
}

}  // namespace wasmtier::optimizing

#endif  // WASMTIER_TIERS_OPTIMIZING_IR_QUIET_H_
