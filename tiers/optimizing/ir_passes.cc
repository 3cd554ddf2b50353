// RegisterPasses: where this tier's own passes run within LLVM's pipelines.
#include <llvm/IR/PassManager.h>
#include <llvm/Passes/PassBuilder.h>

#include "tiers/optimizing/trap_anchors.h"
#include "tiers/optimizing/unit.h"

namespace wasmtier::optimizing {

void RegisterPasses(llvm::PassBuilder& builder, const Options&) {
  // The callbacks' other parameters differ from one version of LLVM to the next.
  builder.registerOptimizerLastEPCallback([](llvm::ModulePassManager& passes, auto&&...) {
    passes.addPass(llvm::createModuleToFunctionPassAdaptor(LowerAnchorsPass()));
  });
}

}  // namespace wasmtier::optimizing
