// The stacks that wasm runs on (design §4, §6): engine-owned, guarded, pooled.
#ifndef WASMTIER_RUNTIME_STACK_H_
#define WASMTIER_RUNTIME_STACK_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"

namespace wasmtier::runtime {

// What C++ on the wasm stack finds there: the interpreter's handlers and what they call, which are
// leaves, with the stubs between them and machine code.
inline constexpr size_t kNativeReserve = 64 << 10;

// A native stack (grows down) and a slot stack (grows up), each with a guard region at its end.
class WasmStack {
 public:
  // Sizes in bytes, rounded up to pages.
  static absl::StatusOr<std::unique_ptr<WasmStack>> Create(size_t native_bytes, size_t slot_bytes);
  ~WasmStack();
  WasmStack(const WasmStack&) = delete;
  WasmStack& operator=(const WasmStack&) = delete;

  uint8_t* native_top() const { return native_top_; }
  // Where the native stack ends and its guard begins.
  uint8_t* native_bottom() const { return native_guard_end_; }
  // From here on upwards there are kNativeReserve bytes below.
  uint8_t* native_limit() const { return native_guard_end_ + kNativeReserve; }
  uint64_t* slots() const { return slots_; }
  // Frames must end at or below it; behind it lie spare slots for kSlotReserve and the guard.
  uint64_t* slot_limit() const { return slot_limit_; }
  bool GuardContains(const void* address) const;
  // Gives the pages back to the system.
  void Release();

 private:
  WasmStack() = default;
  uint8_t* mapping_ = nullptr;
  size_t mapping_bytes_ = 0;
  uint8_t* native_top_ = nullptr;
  uint64_t* slots_ = nullptr;
  uint64_t* slot_limit_ = nullptr;
  uint8_t* slot_guard_ = nullptr;
  uint8_t* native_guard_end_ = nullptr;
};

// Slots beyond slot_limit that are always there, for the arguments of host functions (1,000
// parameters of v128 at most).
inline constexpr size_t kSlotReserve = 4096;

// Stacks of one size, reused. Thread-safe.
class StackPool {
 public:
  StackPool(size_t native_bytes, size_t slot_bytes)
      : native_bytes_(native_bytes), slot_bytes_(slot_bytes) {}
  absl::StatusOr<std::unique_ptr<WasmStack>> Take();
  void Return(std::unique_ptr<WasmStack> stack);

 private:
  static constexpr size_t kMaxPooled = 64;
  size_t native_bytes_;
  size_t slot_bytes_;
  absl::Mutex mutex_;
  std::vector<std::unique_ptr<WasmStack>> free_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_STACK_H_
