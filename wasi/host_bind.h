// Makes raw host functions (wasmtier/func.h) of C++ functions whose parameters are integers.
#ifndef WASMTIER_WASI_HOST_BIND_H_
#define WASMTIER_WASI_HOST_BIND_H_

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "wasmtier/types.h"

namespace wasmtier::wasi {

template <typename T>
constexpr ValueKind KindOfInteger() {
  static_assert(std::is_same_v<T, uint32_t> || std::is_same_v<T, uint64_t>);
  return sizeof(T) == sizeof(uint64_t) ? ValueKind::kI64 : ValueKind::kI32;
}

// For a function `Result Function(Call&, integers...)`. A Result of absl::Status is no result of
// the wasm function; an enumeration of error codes is an i32.
template <auto Function>
struct HostBinding;

template <typename Result, typename Call, typename... Parameters,
          Result (*Function)(Call&, Parameters...)>
struct HostBinding<Function> {
  static constexpr bool kReturnsStatus = std::is_same_v<Result, absl::Status>;

  static FuncType Type() {
    FuncType type{{ValueType(KindOfInteger<Parameters>())...}, {}};
    if constexpr (!kReturnsStatus) type.results.push_back(ValueKind::kI32);
    return type;
  }

  // slots: the arguments; then the result in the first.
  static absl::Status Invoke(Call& call, uint64_t* slots) {
    return InvokeWith(call, slots, std::index_sequence_for<Parameters...>());
  }

 private:
  template <size_t... indices>
  static absl::Status InvokeWith(Call& call, uint64_t* slots, std::index_sequence<indices...>) {
    if constexpr (kReturnsStatus) {
      return Function(call, static_cast<Parameters>(slots[indices])...);
    } else {
      Result result = Function(call, static_cast<Parameters>(slots[indices])...);
      slots[0] = static_cast<std::underlying_type_t<Result>>(result);
      return absl::OkStatus();
    }
  }
};

}  // namespace wasmtier::wasi

#endif  // WASMTIER_WASI_HOST_BIND_H_
