// Turns C++ callables into raw host functions: Func::Wrap and Linker::DefineFunction. Not part of
// the API.
#ifndef WASMTIER_INTERNAL_WRAP_H_
#define WASMTIER_INTERNAL_WRAP_H_

#include <tuple>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "wasmtier/func.h"
#include "wasmtier/internal/slots.h"

namespace wasmtier::internal {

// The store that the call runs in.
StoreState* StoreOf(const Caller& caller);

// The signature of a function pointer, or of the call operator of a lambda or function object.
template <typename F>
struct SignatureOf : SignatureOf<decltype(&F::operator())> {};
template <typename R, typename... Args>
struct SignatureOf<R (*)(Args...)> {
  using Type = R(Args...);
};
template <typename R, typename... Args>
struct SignatureOf<R (*)(Args...) noexcept> {
  using Type = R(Args...);
};
template <typename R, typename... Args>
struct SignatureOf<R(Args...)> {
  using Type = R(Args...);
};
template <typename C, typename R, typename... Args>
struct SignatureOf<R (C::*)(Args...)> {
  using Type = R(Args...);
};
template <typename C, typename R, typename... Args>
struct SignatureOf<R (C::*)(Args...) const> {
  using Type = R(Args...);
};
template <typename C, typename R, typename... Args>
struct SignatureOf<R (C::*)(Args...) noexcept> {
  using Type = R(Args...);
};
template <typename C, typename R, typename... Args>
struct SignatureOf<R (C::*)(Args...) const noexcept> {
  using Type = R(Args...);
};

// What wasm gets of a return type: StatusOr and Status are for errors.
template <typename R>
struct ReturnTraits {
  using Result = R;
};
template <>
struct ReturnTraits<absl::Status> {
  using Result = void;
};
template <typename T>
struct ReturnTraits<absl::StatusOr<T>> {
  using Result = T;
};

template <typename R>
absl::Status StoreResult(const StoreState* store, uint64_t* slots, const R& result) {
  if (!ResultTraits<R>::BelongTo(store, result)) return ForeignReference();
  ResultTraits<R>::Write(slots, result);
  return absl::OkStatus();
}

template <typename R, typename Callable>
absl::Status StoreReturned(const StoreState* store, uint64_t* slots, Callable&& call) {
  if constexpr (std::is_void_v<R>) {
    call();
    return absl::OkStatus();
  } else if constexpr (std::is_same_v<R, absl::Status>) {
    return call();
  } else if constexpr (std::is_same_v<R, absl::StatusOr<typename ReturnTraits<R>::Result>>) {
    R result = call();
    if (!result.ok()) return std::move(result).status();
    return StoreResult(store, slots, *result);
  } else {
    return StoreResult<R>(store, slots, call());
  }
}

template <bool kWithCaller, typename R, typename... Args>
struct HostSignature {
  static FuncType Type() {
    return FuncType{SlotList<Args...>::Types(),
                    ResultTraits<typename ReturnTraits<R>::Result>::List::Types()};
  }

  template <typename F>
  static RawCallback Wrap(F&& callable) {
    return [callable = std::forward<F>(callable)](Caller& caller,
                                                  uint64_t* slots) mutable -> absl::Status {
      StoreState* store = StoreOf(caller);
      std::tuple<Args...> args = SlotList<Args...>::Read(store, slots);
      return StoreReturned<R>(store, slots, [&]() -> R {
        return std::apply(
            [&](const Args&... values) -> R {
              if constexpr (kWithCaller) {
                return callable(caller, values...);
              } else {
                return callable(values...);
              }
            },
            args);
      });
    };
  }
};

template <typename Signature>
struct HostSignatureOf;
template <typename R, typename... Args>
struct HostSignatureOf<R(Args...)> : HostSignature<false, R, std::remove_cvref_t<Args>...> {};
template <typename R, typename... Args>
struct HostSignatureOf<R(Caller&, Args...)> : HostSignature<true, R, std::remove_cvref_t<Args>...> {
};

template <typename F>
using HostSignatureFor = HostSignatureOf<typename SignatureOf<std::decay_t<F>>::Type>;

}  // namespace wasmtier::internal

namespace wasmtier {

template <typename F>
Func Func::Wrap(Store& store, F&& callable) {
  using Host = internal::HostSignatureFor<F>;
  return Raw(store, Host::Type(), Host::Wrap(std::forward<F>(callable)));
}

}  // namespace wasmtier

#endif  // WASMTIER_INTERNAL_WRAP_H_
