// Error codes of preview1, and what Linux' codes become.
#ifndef WASMTIER_WASI_PREVIEW1_ERRNO_H_
#define WASMTIER_WASI_PREVIEW1_ERRNO_H_

#include <cstdint>
#include <string_view>
#include <utility>
#include <variant>

namespace wasmtier::wasi::preview1 {

// https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#errno
enum class Errno : uint16_t {
  kSuccess = 0,
#define WASI_ERRNO(enumerator, linux_errno, name) enumerator,
#include "wasi/preview1/errno.def"
  // No such error on Linux: a right is missing on the descriptor.
  kNotcapable,
};

// EIO for a code that preview1 has no name for.
Errno FromLinux(int linux_errno);

// What `errno` says now.
Errno LastErrno();

// Success if a system call returned 0 or more, otherwise what `errno` says.
Errno CheckCall(int64_t result);

std::string_view Name(Errno error);

// A value or the reason why there is none.
template <typename T>
class ErrnoOr {
 public:
  ErrnoOr(T value) : state_(std::move(value)) {}  // NOLINT(google-explicit-constructor)
  ErrnoOr(Errno error) : state_(error) {}         // NOLINT(google-explicit-constructor)

  bool ok() const { return std::holds_alternative<T>(state_); }
  Errno error() const { return ok() ? Errno::kSuccess : std::get<Errno>(state_); }

  T& operator*() { return *std::get_if<T>(&state_); }
  const T& operator*() const { return *std::get_if<T>(&state_); }
  T* operator->() { return std::get_if<T>(&state_); }
  const T* operator->() const { return std::get_if<T>(&state_); }

 private:
  std::variant<Errno, T> state_;
};

}  // namespace wasmtier::wasi::preview1

#endif  // WASMTIER_WASI_PREVIEW1_ERRNO_H_
