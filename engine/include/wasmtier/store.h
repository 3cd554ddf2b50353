// Store: owns instances and all that they are made of (spec: "Store").
#ifndef WASMTIER_STORE_H_
#define WASMTIER_STORE_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "wasmtier/engine.h"

namespace wasmtier {

namespace internal {
struct StoreState;
struct StoreAccess;
struct StoreDeleter {
  bool owns = true;  // false: the Store of Caller::store()
  void operator()(StoreState* state) const;
};
}  // namespace internal

// What the instances of a store may take together, except where noted.
struct StoreLimits {
  uint64_t memory_bytes = UINT64_MAX;    // of all linear memories
  uint64_t table_elements = 10'000'000;  // of each table
  uint32_t instances = 10'000;
  uint32_t memories = 10'000;
  uint32_t tables = 10'000;
};

// Movable. Used by one thread at a time, but not always the same one; different stores are
// independent. Handles (Instance, Func, Memory, Table, Global) are pointers into it: they may be
// copied freely, must not be used after it was destroyed, and follow its rule on threads. It must
// not be destroyed, but may be used, while one of its functions runs.
class Store {
 public:
  // ResourceExhausted: the system refuses the stack.
  static absl::StatusOr<Store> Create(const Engine& engine,
                                      const StoreLimits& limits = StoreLimits());
  Store(Store&&) = default;
  Store& operator=(Store&&) = default;
  ~Store() = default;

  const Engine& engine() const;
  const StoreLimits& limits() const;
  // Bytes of all linear memories now.
  uint64_t memory_bytes() const;

  // A word of the embedder's, for its host functions (Caller::store().data()). Not owned.
  void* data() const;
  void set_data(void* data);

 private:
  friend struct internal::StoreAccess;
  explicit Store(std::unique_ptr<internal::StoreState, internal::StoreDeleter> state)
      : state_(std::move(state)) {}
  std::unique_ptr<internal::StoreState, internal::StoreDeleter> state_;
};

}  // namespace wasmtier

#endif  // WASMTIER_STORE_H_
