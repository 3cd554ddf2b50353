// Global: a global variable (spec: "Global Instances").
#ifndef WASMTIER_GLOBAL_H_
#define WASMTIER_GLOBAL_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "wasmtier/store.h"
#include "wasmtier/types.h"
#include "wasmtier/value.h"

namespace wasmtier {

namespace runtime {
struct Global;
}
namespace internal {
struct GlobalAccess;
}

// A handle (see Store).
class Global {
 public:
  // InvalidArgument: `value` is of another kind than type.type, or a function of another store.
  static absl::StatusOr<Global> Create(Store& store, const GlobalType& type, const Value& value);

  GlobalType type() const;
  Value Get() const;
  // FailedPrecondition: it is not mutable. InvalidArgument: as Create.
  absl::Status Set(const Value& value) const;

  bool operator==(const Global&) const = default;

 private:
  friend struct internal::GlobalAccess;
  Global(internal::StoreState* store, runtime::Global* global) : store_(store), global_(global) {}

  internal::StoreState* store_;
  runtime::Global* global_;
};

}  // namespace wasmtier

#endif  // WASMTIER_GLOBAL_H_
