#include "runtime/memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace wasmtier::runtime {
namespace {

// The highest address of an access without an explicit check: an offset below 2 GiB, an i32
// address, 16 bytes.
static_assert(kReservationBytes >= (kGuardBytes - 1) + UINT32_MAX + 16);

// What a memory64 could have in 47 bits of user address space; the spec's 2^48 pages are 2^64
// bytes.
constexpr uint64_t kMaxPages64 = (uint64_t{1} << 47) / kPageSize;
constexpr uint64_t kMaxPages32 = 65536;

uint64_t MaxPages(const Limits& limits) {
  return std::min(limits.maximum.value_or(UINT64_MAX), limits.is_64 ? kMaxPages64 : kMaxPages32);
}

// Zeroed pages; null (and errno) if the system refuses. Only pages that are touched count against
// the system's memory.
uint8_t* MapPages(uint64_t bytes, int protection) {
  void* const pages =
      mmap(nullptr, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return pages == MAP_FAILED ? nullptr : static_cast<uint8_t*>(pages);
}

absl::Status SystemRefuses(uint64_t pages) {
  return absl::ResourceExhaustedError(
      absl::StrCat("cannot allocate a memory of ", pages, " pages: ", std::strerror(errno)));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Memory>> Memory::Create(const MemoryType& type,
                                                       MemoryStrategy strategy,
                                                       MemoryBudget* budget) {
  const uint64_t pages = type.limits.minimum;
  const uint64_t most = type.limits.is_64 ? kMaxPages64 : kMaxPages32;
  if (pages > most) {
    return absl::ResourceExhaustedError(
        absl::StrCat("a memory of ", pages, " pages exceeds the limit of ", most, " pages"));
  }
  const uint64_t bytes = pages * kPageSize;
  if (bytes > budget->limit_bytes - budget->used_bytes) {
    return absl::ResourceExhaustedError(
        absl::StrCat("a memory of ", pages, " pages exceeds the limit of ", budget->limit_bytes,
                     " bytes for all memories, of which ", budget->used_bytes, " are in use"));
  }
  // No reservation covers 64-bit addresses.
  if (type.limits.is_64) strategy = MemoryStrategy::kChecked;

  std::unique_ptr<Memory> memory(new Memory(type, strategy, budget));
  if (strategy == MemoryStrategy::kReserved) {
    memory->view_.base = MapPages(kReservationBytes, PROT_NONE);
    if (memory->view_.base == nullptr) {
      return absl::UnavailableError(
          absl::StrCat("cannot reserve ", kReservationBytes,
                       " bytes of address space for a memory: ", std::strerror(errno)));
    }
    memory->mapped_bytes_ = kReservationBytes;
    if (!memory->Resize(bytes)) return SystemRefuses(pages);
  } else {
    // A page at least, so that the base is never null.
    memory->mapped_bytes_ = std::max(bytes, kPageSize);
    memory->view_.base = MapPages(memory->mapped_bytes_, PROT_READ | PROT_WRITE);
    if (memory->view_.base == nullptr) return SystemRefuses(pages);
    memory->view_.byte_size = bytes;
  }
  budget->used_bytes += bytes;
  memory->charged_bytes_ = bytes;
  return memory;
}

Memory::~Memory() {
  budget_->used_bytes -= charged_bytes_;
  if (view_.base != nullptr) munmap(view_.base, mapped_bytes_);
}

int64_t Memory::Grow(uint64_t delta_pages) {
  const uint64_t old_pages = pages();
  const uint64_t most = MaxPages(type_.limits);
  if (old_pages > most || delta_pages > most - old_pages) return -1;
  const uint64_t added = delta_pages * kPageSize;
  if (added > budget_->limit_bytes - budget_->used_bytes) return -1;
  if (!Resize(view_.byte_size + added)) return -1;
  budget_->used_bytes += added;
  charged_bytes_ += added;
  return static_cast<int64_t>(old_pages);
}

bool Memory::Resize(uint64_t bytes) {
  if (strategy_ == MemoryStrategy::kReserved) {
    const uint64_t added = bytes - view_.byte_size;
    if (added != 0 && mprotect(view_.base + view_.byte_size, added, PROT_READ | PROT_WRITE) != 0) {
      return false;
    }
  } else if (bytes > mapped_bytes_) {
    // Moves page tables, not contents, and only where there is no room behind.
    void* const moved = mremap(view_.base, mapped_bytes_, bytes, MREMAP_MAYMOVE);
    if (moved == MAP_FAILED) return false;
    view_.base = static_cast<uint8_t*>(moved);
    mapped_bytes_ = bytes;
  }
  view_.byte_size = bytes;
  return true;
}

bool Memory::Reserves(const void* address) const {
  if (strategy_ != MemoryStrategy::kReserved) return false;
  const uint64_t offset =
      reinterpret_cast<uint64_t>(address) - reinterpret_cast<uint64_t>(view_.base);
  return offset < mapped_bytes_;
}

}  // namespace wasmtier::runtime
