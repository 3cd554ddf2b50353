// RegisterPasses: where this tier's own passes run within LLVM's pipelines.
#include <llvm/IR/PassManager.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/LICM.h>
#include <llvm/Transforms/Scalar/LoopPassManager.h>

#include "tiers/optimizing/dead_context.h"
#include "tiers/optimizing/loop_alias_guard.h"
#include "tiers/optimizing/loop_reroll.h"
#include "tiers/optimizing/sink_past_calls.h"
#include "tiers/optimizing/tail_marks.h"
#include "tiers/optimizing/trap_anchors.h"
#include "tiers/optimizing/trap_range_guard.h"
#include "tiers/optimizing/unit.h"

namespace wasmtier::optimizing {

void RegisterPasses(llvm::PassBuilder& builder, const Options& options) {
  if (options.pipeline == Pipeline::kFull) {
    builder.registerVectorizerStartEPCallback([](llvm::FunctionPassManager& passes, auto&&...) {
      passes.addPass(RangeGuardPass());
      passes.addPass(AliasGuardPass());
      // Without anchors loads may leave the loop, and sums in memory become sums in registers.
      passes.addPass(llvm::EarlyCSEPass(/*UseMemorySSA=*/true));
      passes.addPass(llvm::createFunctionToLoopPassAdaptor(llvm::LICMPass(llvm::LICMOptions()),
                                                           /*UseMemorySSA=*/true));
      passes.addPass(LoopRerollPass());
      // The expressions in front of loops repeat each other.
      passes.addPass(llvm::EarlyCSEPass());
    });
  }
  // LLVM looks for tail calls right behind this place.
  builder.registerPeepholeEPCallback(
      [](llvm::FunctionPassManager& passes, auto&&...) { passes.addPass(KeepTailMarksPass()); });
  // The callbacks' other parameters differ from one version of LLVM to the next.
  builder.registerOptimizerLastEPCallback([](llvm::ModulePassManager& passes, auto&&...) {
    passes.addPass(llvm::createModuleToFunctionPassAdaptor(LowerAnchorsPass()));
    passes.addPass(llvm::createModuleToFunctionPassAdaptor(DeadContextPass()));
    passes.addPass(llvm::createModuleToFunctionPassAdaptor(SinkPastCallsPass()));
  });
}

}  // namespace wasmtier::optimizing
