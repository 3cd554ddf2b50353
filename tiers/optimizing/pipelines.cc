#include "tiers/optimizing/pipelines.h"

#include <llvm/Analysis/CGSCCPassManager.h>
#include <llvm/Analysis/InlineCost.h>
#include <llvm/Analysis/LoopAnalysisManager.h>
#include <llvm/Analysis/TargetLibraryInfo.h>
#include <llvm/Config/llvm-config.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/PassInstrumentation.h>
#include <llvm/IR/PassManager.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/Passes/OptimizationLevel.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/Transforms/IPO/GlobalDCE.h>
#include <llvm/Transforms/IPO/Inliner.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>
#include <llvm/Transforms/Scalar/ADCE.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/LICM.h>
#include <llvm/Transforms/Scalar/LoopPassManager.h>
#include <llvm/Transforms/Scalar/LoopRotation.h>
#include <llvm/Transforms/Scalar/SROA.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>

#include <atomic>
#include <optional>
#include <utility>

#include "tiers/optimizing/pass_times.h"
#include "tiers/optimizing/unit.h"

namespace wasmtier::optimizing {
namespace {

llvm::PipelineTuningOptions TuningOf(const llvm::TargetMachine& machine, Pipeline pipeline) {
  const bool is_full = pipeline == Pipeline::kFull;
  llvm::PipelineTuningOptions tuning;
  tuning.LoopVectorization = is_full;
  tuning.LoopInterleaving = is_full;
  // On AVX-512 machines it costs 3 % (n-body 1.45 times native with it, 1.17 without: design §9).
  tuning.SLPVectorization = is_full && !machine.getMCSubtargetInfo()->checkFeatures("+avx512f");
  tuning.LoopUnrolling = is_full;
  tuning.MergeFunctions = false;
  tuning.CallGraphProfile = false;
  return tuning;
}

// What pays for itself within milliseconds of running: LLVM's -O1 runs InstCombine eight times over
// each function, and several passes that find nothing in wasm, which a compiler has optimized
// before.
llvm::ModulePassManager QuickPasses(llvm::PassBuilder& builder) {
  llvm::ModulePassManager passes;
  llvm::FunctionPassManager early;
  early.addPass(llvm::SROAPass(llvm::SROAOptions::ModifyCFG));
  early.addPass(llvm::EarlyCSEPass(/*UseMemorySSA=*/true));
  early.addPass(llvm::SimplifyCFGPass());
  passes.addPass(llvm::createModuleToFunctionPassAdaptor(std::move(early)));
  passes.addPass(llvm::ModuleInlinerWrapperPass(llvm::getInlineParams()));
  passes.addPass(llvm::GlobalDCEPass());
  llvm::FunctionPassManager late;
  late.addPass(llvm::InstCombinePass());
  late.addPass(llvm::SimplifyCFGPass());
  llvm::LoopPassManager loops;
  loops.addPass(llvm::LoopRotatePass());
  loops.addPass(llvm::LICMPass(llvm::LICMOptions()));
  late.addPass(llvm::createFunctionToLoopPassAdaptor(std::move(loops), /*UseMemorySSA=*/true));
  late.addPass(llvm::EarlyCSEPass(/*UseMemorySSA=*/true));
  late.addPass(llvm::InstCombinePass());
  late.addPass(llvm::ADCEPass());
  late.addPass(llvm::SimplifyCFGPass());
  passes.addPass(llvm::createModuleToFunctionPassAdaptor(std::move(late)));
  builder.invokeOptimizerLastEPCallbacks(passes, llvm::OptimizationLevel::O1
#if LLVM_VERSION_MAJOR >= 20
                                         ,
                                         llvm::ThinOrFullLTOPhase::None
#endif
  );
  return passes;
}

}  // namespace

void Optimize(llvm::Module& module, llvm::TargetMachine& machine, const Request& request,
              Report* report) {
  const Options& options = request.options;
  llvm::PassInstrumentationCallbacks callbacks;
  if (const std::atomic<bool>* const is_cancelled = request.is_cancelled) {
    callbacks.registerShouldRunOptionalPassCallback([is_cancelled](llvm::StringRef, llvm::Any) {
      return !is_cancelled->load(std::memory_order_relaxed);
    });
  }
  std::optional<PassTimes> times;
  if (report != nullptr && report->measure_passes) times.emplace(callbacks);
  llvm::PassBuilder builder(&machine, TuningOf(machine, options.pipeline), std::nullopt,
                            &callbacks);
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  // No C library: otherwise loops would become calls of memset, whose fault is not in wasm code
  // (design §4). The first registration counts.
  functions.registerPass([&] {
    llvm::TargetLibraryInfoImpl library(machine.getTargetTriple());
    library.disableAllFunctions();
    return llvm::TargetLibraryAnalysis(library);
  });
  RegisterPasses(builder, options);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);

  llvm::ModulePassManager passes =
      options.pipeline == Pipeline::kFull
          ? builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O2)
          : QuickPasses(builder);
  passes.run(module, modules);
  if (times) report->passes = times->Take();
}

}  // namespace wasmtier::optimizing
