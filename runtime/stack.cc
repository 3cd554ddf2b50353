#include "runtime/stack.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"

namespace wasmtier::runtime {
namespace {

// Native frames of handlers and stubs are small, and compiled code probes larger ones (design §4).
constexpr size_t kNativeGuardBytes = 64 << 10;
// The largest frame has 65,535 slots (512 KiB); the next power of two leaves room for its callee's
// arguments.
constexpr size_t kSlotGuardBytes = 1 << 20;
// What a stack keeps of each part when it goes back to the pool.
constexpr size_t kKeptBytes = 16 << 10;

size_t PageBytes() {
  static const size_t bytes = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  return bytes;
}

size_t RoundUpToPages(size_t bytes) { return (bytes + PageBytes() - 1) & ~(PageBytes() - 1); }

// Larger stacks are a mistake of the caller; the sums below cannot wrap.
constexpr size_t kMaxPartBytes = size_t{1} << 40;

}  // namespace

// [guard | native stack, grows down | slots, grow up | spare slots | guard]
absl::StatusOr<std::unique_ptr<WasmStack>> WasmStack::Create(size_t native_bytes,
                                                             size_t slot_bytes) {
  if (native_bytes > kMaxPartBytes || slot_bytes > kMaxPartBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("a stack of ", native_bytes, " and ", slot_bytes, " bytes is too large"));
  }
  native_bytes = RoundUpToPages(native_bytes);
  slot_bytes = RoundUpToPages(slot_bytes);
  const size_t usable = native_bytes + slot_bytes + RoundUpToPages(kSlotReserve * sizeof(uint64_t));
  const size_t total = kNativeGuardBytes + usable + kSlotGuardBytes;
  void* const mapping = mmap(nullptr, total, PROT_NONE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
  if (mapping == MAP_FAILED) {
    return absl::ResourceExhaustedError(
        absl::StrCat("cannot allocate a stack of ", total, " bytes: ", std::strerror(errno)));
  }
  std::unique_ptr<WasmStack> stack(new WasmStack);
  stack->mapping_ = static_cast<uint8_t*>(mapping);
  stack->mapping_bytes_ = total;
  stack->native_guard_end_ = stack->mapping_ + kNativeGuardBytes;
  stack->native_top_ = stack->native_guard_end_ + native_bytes;
  stack->slots_ = reinterpret_cast<uint64_t*>(stack->native_top_);
  stack->slot_limit_ = stack->slots_ + slot_bytes / sizeof(uint64_t);
  stack->slot_guard_ = stack->native_guard_end_ + usable;
  if (mprotect(stack->native_guard_end_, usable, PROT_READ | PROT_WRITE) != 0) {
    return absl::ResourceExhaustedError(
        absl::StrCat("cannot allocate a stack of ", usable, " bytes: ", std::strerror(errno)));
  }
  // A huge page would make 2 MiB resident for a program that touches two pages; a kernel without
  // huge pages refuses, which is as good.
  madvise(stack->native_guard_end_, usable, MADV_NOHUGEPAGE);
  return stack;
}

WasmStack::~WasmStack() { munmap(mapping_, mapping_bytes_); }

bool WasmStack::GuardContains(const void* address) const {
  const uint8_t* const byte = static_cast<const uint8_t*>(address);
  return (byte >= mapping_ && byte < native_guard_end_) ||
         (byte >= slot_guard_ && byte < mapping_ + mapping_bytes_);
}

void WasmStack::Release() {
  uint8_t* const native_kept = native_top_ - kKeptBytes;
  if (native_kept > native_guard_end_) {
    madvise(native_guard_end_, static_cast<size_t>(native_kept - native_guard_end_), MADV_DONTNEED);
  }
  uint8_t* const slots_kept = native_top_ + kKeptBytes;
  if (slots_kept < slot_guard_) {
    madvise(slots_kept, static_cast<size_t>(slot_guard_ - slots_kept), MADV_DONTNEED);
  }
}

absl::StatusOr<std::unique_ptr<WasmStack>> StackPool::Take() {
  {
    absl::MutexLock lock(&mutex_);
    if (!free_.empty()) {
      std::unique_ptr<WasmStack> stack = std::move(free_.back());
      free_.pop_back();
      return stack;
    }
  }
  return WasmStack::Create(native_bytes_, slot_bytes_);
}

void StackPool::Return(std::unique_ptr<WasmStack> stack) {
  stack->Release();
  absl::MutexLock lock(&mutex_);
  if (free_.size() < kMaxPooled) free_.push_back(std::move(stack));
}

}  // namespace wasmtier::runtime
