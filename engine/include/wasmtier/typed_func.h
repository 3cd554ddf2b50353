// TypedFunc: a function whose type was checked once against a C++ signature; calls neither allocate
// nor check types.
#ifndef WASMTIER_TYPED_FUNC_H_
#define WASMTIER_TYPED_FUNC_H_

#include <type_traits>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "wasmtier/func.h"
#include "wasmtier/internal/slots.h"

namespace wasmtier {

// Made by Func::Typed and Instance::GetTypedFunc: TypedFunc<int32_t(int32_t, double)>,
// TypedFunc<void()>, TypedFunc<std::tuple<int32_t, int64_t>(int32_t)>. The C++ types are those of
// Func::Wrap. A handle (see Store).
template <typename R, typename... Args>
class TypedFunc<R(Args...)> {
  using Params = internal::SlotList<Args...>;

 public:
  // What a call returns.
  using Result = std::conditional_t<std::is_void_v<R>, absl::Status, absl::StatusOr<R>>;

  static FuncType type() { return {Params::Types(), internal::ResultTraits<R>::List::Types()}; }
  const Func& func() const { return func_; }

  // Errors: Aborted with a Trap, Cancelled after an exit (trap.h), InvalidArgument for a Func of
  // another store.
  Result operator()(Args... args) const { return Call(args...); }
  Result Call(Args... args) const {
    internal::StoreState* store = internal::FuncAccess::store(func_);
    if (!Params::BelongTo(store, args...)) return internal::ForeignReference();
    uint64_t* frame = internal::NextFrame(*store);
    Params::Write(frame, args...);
    absl::Status status =
        internal::CallFunction(*store, internal::FuncAccess::function(func_), frame);
    if constexpr (std::is_void_v<R>) {
      return status;
    } else {
      if (!status.ok()) return status;
      return internal::ResultTraits<R>::Read(store, frame);
    }
  }

 private:
  friend class Func;
  explicit TypedFunc(Func func) : func_(func) {}
  Func func_;
};

namespace internal {
// OK, or InvalidArgument "function has type ..., expected ...".
absl::Status CheckFuncType(const Func& func, const FuncType& expected);
}  // namespace internal

template <typename Signature>
absl::StatusOr<TypedFunc<Signature>> Func::Typed() const {
  absl::Status status = internal::CheckFuncType(*this, TypedFunc<Signature>::type());
  if (!status.ok()) return status;
  return TypedFunc<Signature>(*this);
}

}  // namespace wasmtier

#endif  // WASMTIER_TYPED_FUNC_H_
