// Memory: a linear memory (spec: "Memory Instances").
#ifndef WASMTIER_MEMORY_H_
#define WASMTIER_MEMORY_H_

#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "wasmtier/store.h"
#include "wasmtier/types.h"

namespace wasmtier {

namespace runtime {
class Memory;
}
namespace internal {
struct MemoryAccess;
}

inline constexpr uint64_t kPageBytes = 65536;

// A handle (see Store).
class Memory {
 public:
  // InvalidArgument: limits out of order or too large. ResourceExhausted: limits of the store or
  // the system.
  static absl::StatusOr<Memory> Create(Store& store, const MemoryType& type);

  // As declared; its size now is page_count().
  MemoryType type() const;
  uint64_t page_count() const;
  uint64_t byte_count() const;

  // All bytes. Invalid after a Grow or any call into wasm (which may grow it); to be fetched again.
  std::span<uint8_t> data() const;

  // Copies bytes out of or into memory. OutOfRange, and nothing was copied: "memory access out of
  // bounds: 8 bytes at 0x10000, memory has 65536".
  absl::Status Read(uint64_t offset, std::span<uint8_t> destination) const;
  absl::Status Write(uint64_t offset, std::span<const uint8_t> source) const;
  // The range itself, valid as data() is; the same error.
  absl::StatusOr<std::span<uint8_t>> Slice(uint64_t offset, uint64_t bytes) const;
  // A scalar, little-endian, at any alignment.
  template <typename T>
  absl::StatusOr<T> ReadScalar(uint64_t offset) const {
    static_assert(std::is_arithmetic_v<T>);
    T value;
    absl::Status status = Read(offset, {reinterpret_cast<uint8_t*>(&value), sizeof(T)});
    if (!status.ok()) return status;
    return value;
  }
  template <typename T>
  absl::Status WriteScalar(uint64_t offset, T value) const {
    static_assert(std::is_arithmetic_v<T>);
    return Write(offset, {reinterpret_cast<const uint8_t*>(&value), sizeof(T)});
  }

  // Adds pages of zeroes and returns the previous size in pages. ResourceExhausted: its maximum,
  // the store's limit or the system's.
  absl::StatusOr<uint64_t> Grow(uint64_t pages) const;

  bool operator==(const Memory&) const = default;

 private:
  friend struct internal::MemoryAccess;
  Memory(internal::StoreState* store, runtime::Memory* memory) : store_(store), memory_(memory) {}

  internal::StoreState* store_;
  runtime::Memory* memory_;
};

}  // namespace wasmtier

#endif  // WASMTIER_MEMORY_H_
