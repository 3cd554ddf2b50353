// Instantiation (spec: "Instantiation"): matches imports, makes an instance, runs its segments; the
// start function is the caller's.
#ifndef WASMTIER_RUNTIME_INSTANTIATE_H_
#define WASMTIER_RUNTIME_INSTANTIATE_H_

#include <memory>
#include <span>

#include "absl/status/statusor.h"
#include "runtime/instance.h"
#include "runtime/store.h"
#include "runtime/trap.h"

namespace wasmtier::runtime {

// What to use as a function's code: by memory strategy, made on demand by the engine's Module.
class ModuleCodeProvider {
 public:
  virtual ~ModuleCodeProvider() = default;
  virtual const Module& module() const = 0;
  // The strategy that code is compiled for unless a memory forces kChecked.
  virtual MemoryStrategy preferred_strategy() const = 0;
  virtual std::shared_ptr<ModuleCode> Code(MemoryStrategy strategy) = 0;
};

// An instance, and the trap of an active segment if there was one. On a trap, what was written to
// imported memories and tables before stays, and `instance` is still kept alive by the store (its
// functions may be in those tables).
struct InstantiationResult {
  Instance* instance = nullptr;
  std::unique_ptr<TrapInfo> trap;
};

// `imports`: one for each of module.imports, in order. Errors:
//   FailedPrecondition "incompatible import type: env.f: expected function [i32] -> [], found
//   memory" Unimplemented      "needs feature threads" ResourceExhausted  limits of the store or
//   the system
// (that an import has no value at all, "unknown import", is the linker's error).
absl::StatusOr<InstantiationResult> Instantiate(Store& store, ModuleCodeProvider& provider,
                                                std::span<const ExternValue> imports);

// A type of the module as the objects of a Store have it: concrete references name a canonical id
// (TypeRegistry) instead of a type index, which means something in its module only.
ValueType CanonicalType(const Module& module, ValueType type);

// Whether `value` may be given for an import; OK or the FailedPrecondition above.
absl::Status MatchImport(const Store& store, const Module& module, const Import& import,
                         const ExternValue& value);

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_INSTANTIATE_H_
