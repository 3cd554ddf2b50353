// Caller: what a host function knows of who called it.
#ifndef WASMTIER_CALLER_H_
#define WASMTIER_CALLER_H_

#include <optional>
#include <string_view>

#include "wasmtier/extern.h"
#include "wasmtier/instance.h"
#include "wasmtier/memory.h"
#include "wasmtier/store.h"

namespace wasmtier {

namespace internal {
struct CallerAccess;
}

// Valid during the call only.
class Caller {
 public:
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

  // The store that the function runs in; it may be used, also for calls back into wasm.
  Store& store() const;
  // The calling instance; nothing if the host called the function directly.
  std::optional<Instance> instance() const;
  // The calling instance's memory of this index, exported or not; nothing if there is none.
  std::optional<Memory> memory(uint32_t index = 0) const;
  // An export of the calling instance.
  std::optional<Extern> FindExport(std::string_view name) const;

 private:
  friend struct internal::CallerAccess;
  Caller(internal::StoreState* store, runtime::Instance* instance)
      : store_(store), instance_(instance) {}

  internal::StoreState* store_;
  runtime::Instance* instance_;
};

namespace internal {
struct CallerAccess {
  static Caller Make(StoreState* store, runtime::Instance* instance) {
    return Caller(store, instance);
  }
  static StoreState* store(const Caller& caller) { return caller.store_; }
  static runtime::Instance* instance(const Caller& caller) { return caller.instance_; }
};
}  // namespace internal

}  // namespace wasmtier

#endif  // WASMTIER_CALLER_H_
