// The machine that code is made for, and the last step to an object file in memory.
#ifndef WASMTIER_TIERS_OPTIMIZING_TARGET_H_
#define WASMTIER_TIERS_OPTIMIZING_TARGET_H_

#include <llvm/ADT/SmallVector.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tiers/optimizing/optimizer.h"

namespace llvm {
class Module;
class TargetMachine;
}  // namespace llvm

namespace wasmtier::optimizing {

// The name of this host's processor, as LLVM calls it, or of the one that WASMTIER_CPU stands for.
std::string HostCpu();

// A machine for one compile (they are not shared by threads). InvalidArgument: no such processor.
absl::StatusOr<std::unique_ptr<llvm::TargetMachine>> MakeTargetMachine(const Options& options);

enum class Output : uint8_t { kObject, kAssembly };

// Machine code of all functions. Changes the module. ResourceExhausted: a frame is too large for
// the checks that the options ask for.
absl::Status Generate(llvm::Module& module, llvm::TargetMachine& machine, const Options& options,
                      Output output, llvm::SmallVectorImpl<char>& bytes);

}  // namespace wasmtier::optimizing

#endif  // WASMTIER_TIERS_OPTIMIZING_TARGET_H_
