// Brings in the module of the optimizing tier.
#ifndef WASMTIER_TIERS_OPTIMIZING_LOADER_H_
#define WASMTIER_TIERS_OPTIMIZING_LOADER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tiers/optimizing/optimizer.h"

namespace wasmtier::optimizing {

// Where the module is looked for: the file that the environment variable WASMTIER_OPTIMIZER names
// (empty: nowhere, so that a user can do without the tier), else beside the executable or shared
// object that this function is in, then in ../lib and ../lib/wasm-tier from there.
std::vector<std::string> OptimizerPaths();

// The first of them that exists, without loading it. NotFound says where it was looked for.
absl::StatusOr<std::string> FindOptimizer();

// Loads the module (once a process; it stays) and makes an optimizer. Takes milliseconds and tens
// of megabytes, so not before a function is hot, and not on a thread that runs wasm. `host` must
// outlive it. NotFound: no module. FailedPrecondition: it cannot be loaded (libLLVM is missing), or
// is of another build.
absl::StatusOr<std::unique_ptr<Optimizer>> LoadOptimizer(Host* host);

}  // namespace wasmtier::optimizing

#endif  // WASMTIER_TIERS_OPTIMIZING_LOADER_H_
