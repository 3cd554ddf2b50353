// Engine-wide canonical ids of function types, so that two modules' equal types compare as one integer (call_indirect).
#ifndef WASMTIER_RUNTIME_MODEL_TYPE_REGISTRY_H_
#define WASMTIER_RUNTIME_MODEL_TYPE_REGISTRY_H_

#include <cstdint>
#include <deque>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "runtime/model/module.h"
#include "runtime/model/types.h"

namespace wasmtier::runtime {

// Thread-safe. Ids live as long as the registry (the Engine).
class TypeRegistry {
 public:
  // The id of a function type without references to other types (a host function's).
  uint32_t Canonicalize(const FuncType& type);
  // Fills module.canonical_types. Recursion groups are equal when their structure is (spec: "Type Canonicalization").
  void Canonicalize(Module& module);
  // The function type of an id given out before; the reference stays valid while the registry lives.
  const FuncType& function_type(uint32_t id) const;

 private:
  uint32_t Intern(std::string key, const FuncType& type);

  mutable absl::Mutex mutex_;
  absl::flat_hash_map<std::string, uint32_t> ids_ ABSL_GUARDED_BY(mutex_);
  std::deque<FuncType> types_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_MODEL_TYPE_REGISTRY_H_
