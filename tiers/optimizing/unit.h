// Unit: the IR of one compile, and what its two makers offer: ir_*.cc builds it and knows the
// passes that wasm needs; session.cc makes it machine code.
#ifndef WASMTIER_TIERS_OPTIMIZING_UNIT_H_
#define WASMTIER_TIERS_OPTIMIZING_UNIT_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "tiers/optimizing/optimizer.h"
#include "tiers/optimizing/symbols.h"

namespace llvm {
class LLVMContext;
class Module;
class PassBuilder;
class TargetMachine;
}  // namespace llvm

namespace wasmtier::optimizing {

struct Unit {
  Unit();
  Unit(Unit&&) noexcept;
  Unit& operator=(Unit&&) noexcept;
  ~Unit();

  std::unique_ptr<llvm::Module> module;
  // The one function that is called from outside: FunctionSymbol or OsrSymbol. All others are
  // internal.
  std::string entry;
  uint32_t wasm_bytes = 0;  // of the bodies in it
  Callees callees;          // optimized code that it calls
};

// Builds the IR (ir_unit.cc). `machine` gives the data layout, the triple and the features; each
// function carries "target-cpu" and "target-features" of it, or LLVM would inline nothing and
// vectorize for the oldest processor.
absl::StatusOr<Unit> BuildUnit(llvm::LLVMContext& context, const llvm::TargetMachine& machine,
                               const Request& request, Host& host);

// Adds the passes of this tier (anchors, range guards) to the extension points of LLVM's pipelines
// (ir_passes.cc).
void RegisterPasses(llvm::PassBuilder& builder, const Options& options);

}  // namespace wasmtier::optimizing

#endif  // WASMTIER_TIERS_OPTIMIZING_UNIT_H_
