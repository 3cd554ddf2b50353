// Linker: names for what modules import, and instantiation with them.
#ifndef WASMTIER_LINKER_H_
#define WASMTIER_LINKER_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "wasmtier/extern.h"
#include "wasmtier/func.h"
#include "wasmtier/instance.h"
#include "wasmtier/module.h"
#include "wasmtier/store.h"

namespace wasmtier {

namespace internal {
struct HostDefinition;
}

// Holds definitions by module and name. Copyable. Host functions defined by callables belong to no
// store: one linker serves many stores, also at the same time on several threads, as long as
// nothing is defined meanwhile (then callables must be thread-safe too). Objects of a store serve
// that store only and must not be used after it died.
//
// Defining a name twice is AlreadyExists, unless shadowing is allowed: then the last definition
// wins.
class Linker {
 public:
  void AllowShadowing(bool allow) { allow_shadowing_ = allow; }

  // Host functions: as Func::Wrap, Func::Dynamic and Func::Raw.
  template <typename F>
  absl::Status DefineFunction(std::string_view module, std::string_view name, F&& callable) {
    using Host = internal::HostSignatureFor<F>;
    return DefineRawFunction(module, name, Host::Type(), Host::Wrap(std::forward<F>(callable)));
  }
  absl::Status DefineDynamicFunction(std::string_view module, std::string_view name, FuncType type,
                                     DynamicCallback callback);
  absl::Status DefineRawFunction(std::string_view module, std::string_view name, FuncType type,
                                 RawCallback callback);

  // Objects of a store.
  absl::Status DefineExtern(std::string_view module, std::string_view name, const Extern& value);
  // All exports of an instance, under `module`.
  absl::Status DefineInstance(std::string_view module, const Instance& instance);

  bool Has(std::string_view module, std::string_view name) const;

  // Makes an instance and runs its start function. Errors:
  //   NotFound            imports that have no definition, one a line: "unknown import: function
  //   env.foo (i32) -> i32" FailedPrecondition  an import of another type: "incompatible import
  //   type: env.f: expected ..., found ...", or of another store Unimplemented       the module
  //   needs what no tier executes: "needs feature threads" ResourceExhausted   limits of the store
  //   or the system Aborted, Cancelled  a trap of a segment or of the start function (trap.h), an
  //   exit; what was written to imported
  //                       memories and tables before stays
  absl::StatusOr<Instance> Instantiate(Store& store, const Module& module) const;

 private:
  using Definition = std::variant<std::shared_ptr<const internal::HostDefinition>, Extern>;
  absl::Status Add(std::string_view module, std::string_view name, Definition definition);
  const Definition* Find(std::string_view module, std::string_view name) const;

  bool allow_shadowing_ = false;
  // By module, then name; compared without making strings.
  std::map<std::string, std::map<std::string, Definition, std::less<>>, std::less<>> definitions_;
};

}  // namespace wasmtier

#endif  // WASMTIER_LINKER_H_
