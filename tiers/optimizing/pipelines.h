// LLVM's passes over the IR of one unit: the quick pipeline and the full one.
#ifndef WASMTIER_TIERS_OPTIMIZING_PIPELINES_H_
#define WASMTIER_TIERS_OPTIMIZING_PIPELINES_H_

#include "tiers/optimizing/optimizer.h"

namespace llvm {
class Module;
class TargetMachine;
}  // namespace llvm

namespace wasmtier::optimizing {

// Runs the pipeline of request.options. Fills report->passes if report->measure_passes. Skips
// passes once the request is cancelled.
void Optimize(llvm::Module& module, llvm::TargetMachine& machine, const Request& request,
              Report* report);

}  // namespace wasmtier::optimizing

#endif  // WASMTIER_TIERS_OPTIMIZING_PIPELINES_H_
