// The memory of the calling instance, as preview1's functions see it: every access is checked.
#ifndef WASMTIER_WASI_PREVIEW1_GUEST_MEMORY_H_
#define WASMTIER_WASI_PREVIEW1_GUEST_MEMORY_H_

#include <climits>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <type_traits>

#include "wasi/preview1/errno.h"
#include "wasi/preview1/types.h"

namespace wasmtier::wasi::preview1 {

// Valid for one call: guest code may grow the memory afterwards. With shared memories the bytes
// may change at any time, so nothing is read twice.
class GuestMemory {
 public:
  GuestMemory() = default;
  explicit GuestMemory(std::span<uint8_t> bytes) : bytes_(bytes) {}

  // Nothing if any byte of it lies outside. A length of 0 is good up to the end of the memory.
  std::optional<std::span<uint8_t>> Range(Pointer address, uint64_t length) const {
    if (address > bytes_.size() || length > bytes_.size() - address) return std::nullopt;
    return bytes_.subspan(address, length);
  }

  // The guest's alignment is not relied upon.
  template <typename T>
  std::optional<T> Read(Pointer address) const {
    static_assert(std::is_integral_v<T>);
    std::optional<std::span<uint8_t>> range = Range(address, sizeof(T));
    if (!range) return std::nullopt;
    T value;
    std::memcpy(&value, range->data(), sizeof(T));
    return value;
  }

  // False if the place lies outside.
  template <typename T>
  [[nodiscard]] bool Write(Pointer address, T value) const {
    static_assert(std::is_integral_v<T>);
    std::optional<std::span<uint8_t>> range = Range(address, sizeof(T));
    if (!range) return false;
    std::memcpy(range->data(), &value, sizeof(T));
    return true;
  }

  // Whether a result of this type can be written: asked before an action that cannot be undone.
  template <typename T>
  [[nodiscard]] bool Holds(Pointer address) const {
    return Range(address, sizeof(T)).has_value();
  }

  // A copy of a path, or of what a symbolic link says. EFAULT if it lies outside, ENAMETOOLONG if
  // no path of the host's can be so long.
  ErrnoOr<std::string> ReadPath(Pointer address, Size length) const {
    std::optional<std::span<uint8_t>> range = Range(address, length);
    if (!range) return Errno::kFault;
    if (range->size() >= PATH_MAX) return Errno::kNametoolong;
    return std::string(reinterpret_cast<const char*>(range->data()), range->size());
  }

 private:
  std::span<uint8_t> bytes_;
};

// Puts a field into a record that is copied to the guest as a whole. Both sides are
// little-endian: the engine runs on x86-64.
template <typename T>
void PutField(uint8_t* record, size_t offset, T value) {
  static_assert(std::is_integral_v<T>);
  std::memcpy(record + offset, &value, sizeof(T));
}

template <typename T>
T GetField(const uint8_t* record, size_t offset) {
  static_assert(std::is_integral_v<T>);
  T value;
  std::memcpy(&value, record + offset, sizeof(T));
  return value;
}

}  // namespace wasmtier::wasi::preview1

#endif  // WASMTIER_WASI_PREVIEW1_GUEST_MEMORY_H_
