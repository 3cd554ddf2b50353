// What a Store owns, and what handles into it point to.
#ifndef WASMTIER_ENGINE_API_STORE_STATE_H_
#define WASMTIER_ENGINE_API_STORE_STATE_H_

#include <memory>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "engine/api/engine_state.h"
#include "runtime/host_function.h"
#include "runtime/instance.h"
#include "runtime/stack.h"
#include "runtime/store.h"
#include "wasmtier/func.h"
#include "wasmtier/module.h"
#include "wasmtier/store.h"

namespace wasmtier::internal {

// A host function that belongs to no store (see Linker).
struct HostDefinition {
  FuncType type;
  RawCallback callback;
};

struct StoreState {
  StoreState(const Engine& engine, const StoreLimits& limits);

  const Engine engine;
  const StoreLimits limits;
  void* data = nullptr;
  // Of this store alone in low-memory mode, so that its stack is freed with it; else null.
  std::unique_ptr<runtime::StackPool> own_stacks;
  // Keeps modules alive, and finds the public one of an instance.
  absl::flat_hash_map<const runtime::Instance*, Module> modules;
  // Definitions that were linked into this store: all of its instances get the same function.
  absl::flat_hash_map<std::shared_ptr<const HostDefinition>, const runtime::HostFunction*>
      linked_functions;
  // Not null; dies before all above.
  std::unique_ptr<runtime::Store> store;
  // For host functions: a Store that does not own this.
  Store borrowed;
};

struct StoreAccess {
  static Store Borrow(StoreState* state) {
    return Store(std::unique_ptr<StoreState, StoreDeleter>(state, StoreDeleter{.owns = false}));
  }
  static Store Own(StoreState* state) {
    return Store(std::unique_ptr<StoreState, StoreDeleter>(state));
  }
  static StoreState& state(const Store& store) { return *store.state_; }
};

}  // namespace wasmtier::internal

#endif  // WASMTIER_ENGINE_API_STORE_STATE_H_
