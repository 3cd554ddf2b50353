// Instance: an instantiated module (spec: "Module Instances"); made by Linker::Instantiate.
#ifndef WASMTIER_INSTANCE_H_
#define WASMTIER_INSTANCE_H_

#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "wasmtier/extern.h"
#include "wasmtier/func.h"
#include "wasmtier/module.h"

namespace wasmtier {

namespace runtime {
class Instance;
}
namespace internal {
struct InstanceAccess;
}

// A handle (see Store).
class Instance {
 public:
  Module module() const;

  std::optional<Extern> FindExport(std::string_view name) const;

  // NotFound: `no export "f"`. InvalidArgument: `export "f" is a memory, not a function`.
  absl::StatusOr<Func> GetFunc(std::string_view name) const;
  absl::StatusOr<Memory> GetMemory(std::string_view name) const;
  absl::StatusOr<Table> GetTable(std::string_view name) const;
  absl::StatusOr<Global> GetGlobal(std::string_view name) const;
  // Also InvalidArgument where the type differs.
  template <typename Signature>
  absl::StatusOr<TypedFunc<Signature>> GetTypedFunc(std::string_view name) const {
    absl::StatusOr<Func> func = GetFunc(name);
    if (!func.ok()) return std::move(func).status();
    return func->template Typed<Signature>();
  }

  bool operator==(const Instance&) const = default;

 private:
  friend struct internal::InstanceAccess;
  Instance(internal::StoreState* store, runtime::Instance* instance)
      : store_(store), instance_(instance) {}

  internal::StoreState* store_;
  runtime::Instance* instance_;
};

}  // namespace wasmtier

#endif  // WASMTIER_INSTANCE_H_
