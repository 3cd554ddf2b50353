#include "profiler/jit_dump.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace wasmtier::profiler {
namespace {

// What the file begins with, and what each record begins with.
struct FileHeader {
  uint32_t magic;
  uint32_t version;
  uint32_t header_bytes;
  uint32_t machine;
  uint32_t padding;
  uint32_t process;
  uint64_t timestamp;
  uint64_t flags;
};
struct LoadRecord {
  uint32_t id;
  uint32_t record_bytes;
  uint64_t timestamp;
  uint32_t process;
  uint32_t thread;
  uint64_t virtual_address;
  uint64_t code_address;
  uint64_t code_bytes;
  uint64_t code_index;  // tells pieces of one name apart
};
static_assert(sizeof(FileHeader) == 40 && sizeof(LoadRecord) == 56);

constexpr uint32_t kMagic = 0x4a695444;
constexpr uint32_t kVersion = 1;
constexpr uint32_t kCodeLoad = 0;

// perf record must be told to use the same clock: -k mono.
uint64_t Now() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
}

}  // namespace

absl::StatusOr<std::unique_ptr<JitDump>> JitDump::OpenFile(const std::string& path, bool is_new) {
  const int flags = O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | (is_new ? O_TRUNC : 0);
  const int descriptor = open(path.c_str(), flags, 0644);
  if (descriptor < 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot write ", path));
  if (is_new) {
    const FileHeader header = {.magic = kMagic,
                               .version = kVersion,
                               .header_bytes = sizeof(FileHeader),
                               .machine = EM_X86_64,
                               .padding = 0,
                               .process = static_cast<uint32_t>(getpid()),
                               .timestamp = Now(),
                               .flags = 0};
    if (write(descriptor, &header, sizeof(header)) != sizeof(header)) {
      const int error = errno;
      close(descriptor);
      return absl::ErrnoToStatus(error, absl::StrCat("cannot write ", path));
    }
  }
  void* const marker = mmap(nullptr, static_cast<size_t>(sysconf(_SC_PAGESIZE)),
                            PROT_READ | PROT_EXEC, MAP_PRIVATE, descriptor, 0);
  if (marker == MAP_FAILED) {
    const int error = errno;
    close(descriptor);
    return absl::ErrnoToStatus(error, absl::StrCat("perf cannot find ", path));
  }
  return std::unique_ptr<JitDump>(new JitDump(descriptor, marker));
}

absl::StatusOr<std::unique_ptr<JitDump>> JitDump::OpenAt(const std::string& path) {
  return OpenFile(path, /*is_new=*/true);
}

absl::StatusOr<std::unique_ptr<JitDump>> JitDump::Open() {
  // The process that began the file; a forked child has a file of its own.
  static std::atomic<pid_t> opened_by{0};
  const pid_t process = getpid();
  const bool is_first = opened_by.exchange(process) != process;
  return OpenFile(absl::StrCat("jit-", process, ".dump"), is_first);
}

JitDump::~JitDump() {
  munmap(marker_, static_cast<size_t>(sysconf(_SC_PAGESIZE)));
  close(descriptor_);
}

void JitDump::Append(const void* begin, size_t size, std::string_view symbol) {
  static std::atomic<uint64_t> next_index{0};
  const auto address = reinterpret_cast<uintptr_t>(begin);
  const LoadRecord record = {
      .id = kCodeLoad,
      .record_bytes = static_cast<uint32_t>(sizeof(LoadRecord) + symbol.size() + 1 + size),
      .timestamp = Now(),
      .process = static_cast<uint32_t>(getpid()),
      .thread = static_cast<uint32_t>(syscall(SYS_gettid)),
      .virtual_address = address,
      .code_address = address,
      .code_bytes = size,
      .code_index = next_index.fetch_add(1, std::memory_order_relaxed)};
  std::string bytes(record.record_bytes, '\0');
  std::memcpy(bytes.data(), &record, sizeof(record));
  std::memcpy(bytes.data() + sizeof(record), symbol.data(), symbol.size());
  std::memcpy(bytes.data() + sizeof(record) + symbol.size() + 1, begin, size);
  // One write is one record, whichever threads and engines write too (O_APPEND).
  [[maybe_unused]] const ssize_t written = write(descriptor_, bytes.data(), bytes.size());
}

}  // namespace wasmtier::profiler
