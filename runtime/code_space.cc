#include "runtime/code_space.h"

#include <linux/membarrier.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/single_threaded.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <new>
#include <utility>

#include "absl/strings/str_cat.h"

namespace wasmtier::runtime {
namespace {

// What fits of machine code is limited by the reach of its calls (2 GiB) alone; address space costs
// nothing where it is not limited. An eighth is data: a counter or two for each branch.
constexpr size_t kLargestRegion = size_t{1} << 30;
constexpr size_t kSmallestRegion = size_t{16} << 20;
constexpr size_t kDataShare = 8;
// Where address space is limited, the program needs it more.
constexpr size_t kAddressSpaceShare = 16;

// A page that is mapped twice counts twice as resident, so the writable mappings are dropped (their
// pages stay) after so many bytes; seldom, since a later write to such a page faults.
constexpr size_t kKeptWritableBytes = 64 << 10;

constexpr uint8_t kBreakpoint = 0xcc;  // int3

// All CodeSpaces of the process, for the fork handlers.
std::mutex spaces_mutex;
std::vector<CodeSpace*>& Spaces() {
  static auto* const spaces = new std::vector<CodeSpace*>;
  return *spaces;
}

size_t LimitOf(__rlimit_resource resource) {
  rlimit limit{};
  if (getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return SIZE_MAX;
  return limit.rlim_cur;
}

absl::Status SystemError(const char* what) {
  return absl::ResourceExhaustedError(
      absl::StrCat("no memory for machine code: ", what, ": ", std::strerror(errno)));
}

// Makes every thread of the process see code as it is in memory before it next runs any, which
// x86-64 demands of a processor that may hold old instructions ("cross-modifying code").
long Membarrier(int command) { return syscall(SYS_membarrier, command, 0, 0); }

bool HasMembarrier() {
  const long commands = Membarrier(MEMBARRIER_CMD_QUERY);
  return commands > 0 && (commands & MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE) != 0;
}

// Must come before the first use. Linux waits for all processors if there are several threads: 12
// ms (2026-11-28, Linux 6.18, two processors).
bool RegisterMembarrier() {
  static const bool registered =
      Membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE) == 0;
  return registered;
}

}  // namespace

CodeSpace::CodeSpace(size_t code_size, size_t data_size)
    : code_size_(code_size),
      data_size_(data_size),
      can_synchronize_(HasMembarrier()),
      free_code_(code_size),
      free_data_(data_size) {
  if (can_synchronize_ && __libc_single_threaded != 0) RegisterMembarrier();
}

absl::StatusOr<std::unique_ptr<CodeSpace>> CodeSpace::Create() {
  const size_t limit = LimitOf(RLIMIT_AS) / kAddressSpaceShare;
  size_t region = kLargestRegion;
  while (region > limit && region > kSmallestRegion) region /= 4;
  for (;; region /= 4) {
    const size_t data_size = region / kDataShare;
    std::unique_ptr<CodeSpace> space(new CodeSpace(region - data_size, data_size));
    absl::Status status = space->Map();
    if (status.ok()) {
      InstallForkHandlers();
      const std::lock_guard lock(spaces_mutex);
      Spaces().push_back(space.get());
      return space;
    }
    if (region <= kSmallestRegion) return status;
  }
}

// [code: shared memory, read and execute | data: private, read and write], and elsewhere the same
// shared memory, read and write. Shared memory without a file is called /dev/zero by the system,
// and that is where perf looks into /tmp/perf-PID.map; of what lies in a memfd it shows no names
// (perf 6.1, 2026-11-22).
absl::Status CodeSpace::Map() {
  void* const writable = mmap(nullptr, code_size_, PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (writable == MAP_FAILED) return SystemError("mapping it for writing");
  writable_begin_ = static_cast<uint8_t*>(writable);
  void* const region = mmap(nullptr, code_size_ + data_size_, PROT_NONE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (region == MAP_FAILED) return SystemError("reserving address space");
  code_begin_ = static_cast<uint8_t*>(region);
  // An old size of 0 maps shared memory a second time.
  if (mremap(writable, 0, code_size_, MREMAP_MAYMOVE | MREMAP_FIXED, region) == MAP_FAILED) {
    return SystemError("mapping it a second time");
  }
  if (mprotect(code_begin_, code_size_, PROT_READ | PROT_EXEC) != 0) {
    return SystemError("mapping it for execution");
  }
  if (mprotect(code_begin_ + code_size_, data_size_, PROT_READ | PROT_WRITE) != 0) {
    return SystemError("mapping its data");
  }
  // Huge pages would make 2 MiB resident for a program that has a few kilobytes of code.
  madvise(code_begin_ + code_size_, data_size_, MADV_NOHUGEPAGE);
  return absl::OkStatus();
}

CodeSpace::~CodeSpace() {
  {
    const std::lock_guard lock(spaces_mutex);
    std::erase(Spaces(), this);
  }
  if (code_begin_ != nullptr) munmap(code_begin_, code_size_ + data_size_);
  if (writable_begin_ != nullptr) munmap(writable_begin_, code_size_);
}

absl::StatusOr<CodeBuffer> CodeSpace::Allocate(size_t size) {
  size = RangeAllocator::RoundUp(std::max<size_t>(size, 1));
  std::optional<RangeAllocator::Range> range;
  {
    const std::lock_guard lock(mutex_);
    if (is_forked_child_) {
      return absl::FailedPreconditionError("a forked process makes no machine code");
    }
    range = free_code_.Allocate(size);
  }
  if (!range.has_value()) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the ", code_size_, " bytes for machine code are used up"));
  }
  if (range->was_used && !RegisterMembarrier()) return SystemError("membarrier");
  return CodeBuffer{code_begin_ + range->offset, writable_begin_ + range->offset, size,
                    range->was_used};
}

void CodeSpace::Recycle(const CodeBuffer& buffer) {
  std::memset(buffer.writable, kBreakpoint, buffer.size);
  // Without membarrier a processor could still hold the instructions that were here.
  if (!can_synchronize_) return;
  free_code_.Free(static_cast<size_t>(buffer.executable - code_begin_), buffer.size);
}

void CodeSpace::Abandon(const CodeBuffer& buffer) {
  const std::lock_guard lock(mutex_);
  // In a child, the memory is the parent's.
  if (!is_forked_child_) Recycle(buffer);
}

const CompiledCode* CodeSpace::Add(std::unique_ptr<CompiledCode> code, const CodeBuffer& buffer) {
  uint8_t* const end = buffer.writable + (code->begin + code->size - buffer.executable);
  std::memset(end, kBreakpoint, static_cast<size_t>(buffer.writable + buffer.size - end));
  const CompiledCode* const added = code.get();
  const std::lock_guard lock(mutex_);
  if (buffer.held_code) Membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE);
  code_bytes_ += added->size;
  written_bytes_ += buffer.size;
  if (written_bytes_ >= kKeptWritableBytes) {
    madvise(writable_begin_, code_size_, MADV_DONTNEED);
    written_bytes_ = 0;
  }
  pieces_.emplace(added->begin, Piece{std::move(code), buffer, forks_});
  return added;
}

void CodeSpace::Remove(const CompiledCode* code) {
  if (code->feedback != nullptr) FreeData(code->feedback, code->feedback_bytes);
  const std::lock_guard lock(mutex_);
  const auto found = pieces_.find(code->begin);
  const Piece& piece = found->second;
  code_bytes_ -= code->size;
  // The other side of a fork may be running what both know.
  if (piece.forks == forks_) Recycle(piece.buffer);
  pieces_.erase(found);
}

void* CodeSpace::AllocateData(size_t size) {
  size = RangeAllocator::RoundUp(std::max<size_t>(size, 1));
  void* data = nullptr;
  {
    const std::lock_guard lock(mutex_);
    const auto range = free_data_.Allocate(size);
    if (!range.has_value()) return nullptr;
    data = code_begin_ + code_size_ + range->offset;
    if (!range->was_used) return data;
  }
  std::memset(data, 0, size);
  return data;
}

void CodeSpace::FreeData(void* data, size_t size) {
  const std::lock_guard lock(mutex_);
  free_data_.Free(static_cast<size_t>(static_cast<uint8_t*>(data) - code_begin_) - code_size_,
                  RangeAllocator::RoundUp(std::max<size_t>(size, 1)));
}

const CompiledCode* CodeSpace::Find(const void* pc) const {
  const auto* const address = static_cast<const uint8_t*>(pc);
  const std::lock_guard lock(mutex_);
  const auto after = pieces_.upper_bound(address);
  if (after == pieces_.begin()) return nullptr;
  const CompiledCode* const code = std::prev(after)->second.code.get();
  return address < code->begin + code->size ? code : nullptr;
}

size_t CodeSpace::code_bytes() const {
  const std::lock_guard lock(mutex_);
  return code_bytes_;
}

void CodeSpace::InstallForkHandlers() {
  static const int installed = pthread_atfork(BeforeFork, AfterForkInParent, AfterForkInChild);
  (void)installed;  // fails only for lack of memory
}

void CodeSpace::BeforeFork() {
  spaces_mutex.lock();
  for (CodeSpace* space : Spaces()) space->mutex_.lock();
}

void CodeSpace::AfterForkInParent() {
  for (CodeSpace* space : Spaces()) {
    ++space->forks_;
    space->mutex_.unlock();
  }
  spaces_mutex.unlock();
}

void CodeSpace::AfterForkInChild() {
  for (CodeSpace* space : Spaces()) {
    ++space->forks_;
    space->is_forked_child_ = true;
    space->mutex_.unlock();
  }
  spaces_mutex.unlock();
}

}  // namespace wasmtier::runtime
