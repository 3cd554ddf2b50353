// Values that are cheaper to compute behind a call than to save across it.
#ifndef WASMTIER_TIERS_OPTIMIZING_SINK_PAST_CALLS_H_
#define WASMTIER_TIERS_OPTIMIZING_SINK_PAST_CALLS_H_

#include <llvm/IR/PassManager.h>

namespace wasmtier::optimizing {

// A producer computes `n - 2` in front of `f(n - 1)`, where both `n` and the difference then live
// in registers that f saves. LLVM moves nothing past calls within a block. Here a value that one
// other value makes, which lives across the call anyway, is moved behind it. (fib: one register of
// three, and with it two pushes of five; 2026-11-28.) To run when all else is done.
class SinkPastCallsPass : public llvm::PassInfoMixin<SinkPastCallsPass> {
 public:
  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
};

}  // namespace wasmtier::optimizing

#endif  // WASMTIER_TIERS_OPTIMIZING_SINK_PAST_CALLS_H_
