// Linear memory (spec: "Memory Instances").
#ifndef WASMTIER_RUNTIME_MEMORY_H_
#define WASMTIER_RUNTIME_MEMORY_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "runtime/model/types.h"
#include "runtime/module_code.h"
#include "runtime/vm_context.h"

namespace wasmtier::runtime {

// Static offsets below this are covered by the guard of a reserved memory32, larger ones are added
// with a check.
inline constexpr uint64_t kGuardBytes = uint64_t{2} << 30;
inline constexpr uint64_t kReservationBytes = (uint64_t{4} << 30) + kGuardBytes + kPageSize;

// What a Store lets its memories take.
struct MemoryBudget {
  uint64_t limit_bytes = UINT64_MAX;  // of all memories together
  uint64_t used_bytes = 0;
};

class Memory {
 public:
  // `budget` must outlive the memory. A memory64 is always kChecked. kReserved falls back to
  // nothing: an Unavailable status says that the address space could not be reserved, and the
  // caller then asks for kChecked. ResourceExhausted: the minimum exceeds budget or system.
  static absl::StatusOr<std::unique_ptr<Memory>> Create(const MemoryType& type,
                                                        MemoryStrategy strategy,
                                                        MemoryBudget* budget);
  ~Memory();
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  const MemoryType& type() const { return type_; }
  MemoryStrategy strategy() const { return strategy_; }
  const MemoryView& view() const { return view_; }
  uint8_t* base() const { return view_.base; }
  uint64_t byte_size() const { return view_.byte_size; }
  uint64_t pages() const { return view_.byte_size / kPageSize; }

  // memory.grow: the previous size in pages, or -1. The base of a kReserved memory never moves.
  int64_t Grow(uint64_t delta_pages);

  // Whether [offset, offset + size) lies within the current size.
  bool Contains(uint64_t offset, uint64_t size) const {
    return size <= view_.byte_size && offset <= view_.byte_size - size;
  }
  // Whether `address` lies in the reservation, guard included.
  bool Reserves(const void* address) const;

 private:
  Memory(const MemoryType& type, MemoryStrategy strategy, MemoryBudget* budget)
      : type_(type), strategy_(strategy), budget_(budget) {}
  // Makes it `bytes` long, which is not less than it was; false (and errno) if the system refuses.
  bool Resize(uint64_t bytes);

  MemoryType type_;
  MemoryStrategy strategy_;
  MemoryBudget* budget_;
  MemoryView view_{nullptr, 0};
  uint64_t mapped_bytes_ = 0;
  uint64_t charged_bytes_ = 0;  // to the budget
  // The Store's list of reserved memories, for its FindReservation.
  friend class Store;
  const Memory* next_reservation_ = nullptr;
};

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_MEMORY_H_
