// Func: a function of a store, of wasm or of the host.
#ifndef WASMTIER_FUNC_H_
#define WASMTIER_FUNC_H_

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <span>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "wasmtier/internal/slots.h"
#include "wasmtier/store.h"
#include "wasmtier/types.h"
#include "wasmtier/value.h"

namespace wasmtier {

namespace runtime {
struct FunctionReference;
}
namespace internal {
struct FuncAccess;
}
class Caller;
template <typename Signature>
class TypedFunc;

// Forms of host functions whose types are known at run time only; for others see Func::Wrap.
// Both are called on the thread that called wasm, on its own stack. A status other than OK ends the
// wasm code with the trap kHostError, which carries it (ExitStatus: ends it without a trap). A C++
// exception becomes kHostError too.
//
// `results` has one entry a result, preset to zeroes and nulls of the right kinds, and must keep
// those kinds.
using DynamicCallback = std::function<absl::Status(Caller& caller, std::span<const Value> args,
                                                   std::span<Value> results)>;
// The fastest form. slots[0...] hold the arguments, 8 bytes each (v128: two slots), i32 and f32
// zero-extended, and receive the results in the same form, from slots[0] on. What is written is not
// checked.
using RawCallback = std::function<absl::Status(Caller& caller, uint64_t* slots)>;

// A handle (see Store). A null Func is the null reference; it must not be called.
class Func {
 public:
  Func() = default;

  // A host function. `callable` is copied or moved into the store and lives as long as it. It may
  // take, after an optional `Caller&`, parameters of int32_t, uint32_t, int64_t, uint64_t, float,
  // double, V128, Func (funcref) and void* (externref), and return void, one of these, a std::tuple
  // of them, absl::Status, or absl::StatusOr of one or of a tuple.
  template <typename F>
  static Func Wrap(Store& store, F&& callable);
  static Func Dynamic(Store& store, const FuncType& type, DynamicCallback callback);
  static Func Raw(Store& store, const FuncType& type, RawCallback callback);

  bool IsNull() const { return function_ == nullptr; }
  explicit operator bool() const { return function_ != nullptr; }
  bool operator==(const Func&) const = default;

  FuncType type() const;

  // Calls it. Errors: Aborted with a Trap (trap.h); Cancelled after an exit (ExitCode);
  // InvalidArgument where number or kinds of arguments or results do not fit: "parameter 1:
  // expected i64, found i32". `results` has one entry for each result, of any kind.
  absl::Status Call(std::span<const Value> args, std::span<Value> results) const;
  absl::StatusOr<std::vector<Value>> Call(std::span<const Value> args) const;
  absl::StatusOr<std::vector<Value>> Call(std::initializer_list<Value> args) const {
    return Call(std::span<const Value>(args.begin(), args.size()));
  }

  // For many calls, with C++ types: checks the type once. InvalidArgument: "function has type (i32)
  // -> (), expected ...".
  template <typename Signature>
  absl::StatusOr<TypedFunc<Signature>> Typed() const;

 private:
  friend struct internal::FuncAccess;
  Func(internal::StoreState* store, const runtime::FunctionReference* function)
      : store_(store), function_(function) {}

  internal::StoreState* store_ = nullptr;
  const runtime::FunctionReference* function_ = nullptr;
};

namespace internal {

struct FuncAccess {
  static Func Make(StoreState* store, const runtime::FunctionReference* function) {
    return Func(store, function);
  }
  static StoreState* store(const Func& func) { return func.store_; }
  static const runtime::FunctionReference* function(const Func& func) { return func.function_; }
};

template <>
struct SlotTraits<Func> : ScalarTraits<Func, ValueKind::kFuncRef> {
  static bool BelongsTo(const StoreState* store, const Func& func) {
    return func.IsNull() || FuncAccess::store(func) == store;
  }
  static void Write(uint64_t* slot, const Func& func) {
    *slot = reinterpret_cast<uint64_t>(FuncAccess::function(func));
  }
  static Func Read(StoreState* store, const uint64_t* slot) {
    if (*slot == 0) return Func();
    return FuncAccess::Make(store, reinterpret_cast<const runtime::FunctionReference*>(*slot));
  }
};

}  // namespace internal

}  // namespace wasmtier

#include "wasmtier/internal/wrap.h"  // IWYU pragma: export (Func::Wrap)
#include "wasmtier/typed_func.h"     // IWYU pragma: export (Func::Typed)

#endif  // WASMTIER_FUNC_H_
