// Engine-wide canonical ids of function types, so that two modules' equal types compare as one
// integer (call_indirect).
#ifndef WASMTIER_RUNTIME_MODEL_TYPE_REGISTRY_H_
#define WASMTIER_RUNTIME_MODEL_TYPE_REGISTRY_H_

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "runtime/model/module.h"
#include "runtime/model/types.h"

namespace wasmtier::runtime {

// Thread-safe. Ids live as long as the registry (the Engine).
class TypeRegistry {
 public:
  // The id of a function type without references to other types (a host function's).
  uint32_t Canonicalize(const FuncType& type);
  // Fills module.canonical_types. Recursion groups are equal when their structure is (spec: "Type
  // Canonicalization"). ResourceExhausted when the engine has no ids left.
  absl::Status Canonicalize(Module& module);
  // The function type of an id given out before (empty for structs and arrays), whose type indices
  // are canonical ids; the reference stays valid while the registry lives.
  const FuncType& function_type(uint32_t id) const;

 private:
  // The id of the first of the types that `key` describes.
  std::optional<uint32_t> Find(const std::string& key) const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  // Ids of one recursion group are consecutive. False when there are not enough left.
  bool CanonicalizeGroup(Module& module, uint32_t start, uint32_t size, std::string& key)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable absl::Mutex mutex_;
  // From the structure of a recursion group, as bytes. Those of common function types are short
  // enough for std::string to hold them without an allocation.
  absl::flat_hash_map<std::string, uint32_t> ids_ ABSL_GUARDED_BY(mutex_);
  std::deque<FuncType> types_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_MODEL_TYPE_REGISTRY_H_
