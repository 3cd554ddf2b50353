#include "profiler/jit_dump.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <optional>

#include "absl/strings/str_cat.h"
#include "profiler/unwind_table.h"
#include "runtime/code_space.h"
#include "runtime/model/module.h"
#include "runtime/module_code.h"

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
// What follows is about the next code that is loaded.
struct LinesRecord {
  uint32_t id;
  uint32_t record_bytes;
  uint64_t timestamp;
  uint64_t code_address;
  uint64_t entry_count;
};
struct LineEntry {
  uint64_t address;
  uint32_t line;
  uint32_t discriminator;
  // The path, and a zero.
};
struct UnwindRecord {
  uint32_t id;
  uint32_t record_bytes;
  uint64_t timestamp;
  uint64_t unwind_bytes;
  uint64_t header_bytes;
  uint64_t mapped_bytes;
};
static_assert(sizeof(FileHeader) == 40 && sizeof(LoadRecord) == 56 && sizeof(LinesRecord) == 32 &&
              sizeof(LineEntry) == 16 && sizeof(UnwindRecord) == 40);

constexpr uint32_t kMagic = 0x4a695444;
constexpr uint32_t kVersion = 1;
constexpr uint32_t kCodeLoad = 0;
constexpr uint32_t kCodeDebugInfo = 2;
constexpr uint32_t kCodeUnwindingInfo = 4;

// perf record must be told to use the same clock: -k mono.
uint64_t Now() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
}

template <typename Record>
void AppendRecord(std::string& bytes, const Record& record) {
  bytes.append(reinterpret_cast<const char*>(&record), sizeof(record));
}

// Where a function begins: at the first of its instructions that comes from somewhere.
std::optional<runtime::SourceLine> FirstLine(const runtime::Module& module, uint32_t function) {
  constexpr uint32_t kMostBytes = 64;
  const runtime::ByteRange body = module.body(function);
  for (uint32_t i = 0; i < std::min(body.size, kMostBytes); ++i) {
    if (auto source = module.FindSourceLine(body.offset + i)) return source;
  }
  return std::nullopt;
}

// Nothing without DWARF. A line holds up to the next entry: in code of the optimizing tier that is
// exact; the baseline tier notes positions only where code may fault and behind calls.
void AppendLines(std::string& bytes, const runtime::CompiledCode& code) {
  const runtime::Module& module = code.code->module();
  const uint64_t address = reinterpret_cast<uintptr_t>(code.begin);
  std::string entries;
  uint64_t count = 0;
  std::optional<runtime::SourceLine> last;
  const auto append = [&](uint32_t code_offset, const runtime::SourceLine& source) {
    AppendRecord(
        entries,
        LineEntry{.address = address + code_offset, .line = source.line, .discriminator = 0});
    entries += source.file;
    entries += '\0';
    ++count;
  };
  const auto append_change = [&](uint32_t code_offset,
                                 const std::optional<runtime::SourceLine>& source) {
    if (!source || (last && source->line == last->line && source->file == last->file)) return;
    append(code_offset, *source);
    last = source;
  };
  append_change(0, FirstLine(module, code.function));
  for (const runtime::CodePositionEntry& entry : runtime::DecodePositions(code.positions)) {
    append_change(entry.code_offset, module.FindSourceLine(entry.module_offset));
  }
  if (!last) return;
  append(code.size, *last);  // perf ends the line table here
  AppendRecord(bytes, LinesRecord{.id = kCodeDebugInfo,
                                  .record_bytes =
                                      static_cast<uint32_t>(sizeof(LinesRecord) + entries.size()),
                                  .timestamp = Now(),
                                  .code_address = address,
                                  .entry_count = count});
  bytes += entries;
}

void AppendUnwindTable(std::string& bytes, const runtime::CompiledCode& code) {
  const UnwindTable table = UnwindTableOf(code);
  const size_t padding = (8 - table.bytes.size() % 8) % 8;
  AppendRecord(bytes, UnwindRecord{.id = kCodeUnwindingInfo,
                                   .record_bytes = static_cast<uint32_t>(
                                       sizeof(UnwindRecord) + table.bytes.size() + padding),
                                   .timestamp = Now(),
                                   .unwind_bytes = table.bytes.size(),
                                   .header_bytes = table.header_bytes,
                                   .mapped_bytes = 0});
  bytes += table.bytes;
  bytes.append(padding, '\0');
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

void JitDump::Append(const void* begin, size_t size, std::string_view symbol,
                     const runtime::CompiledCode* compiled) {
  std::string bytes;
  if (compiled != nullptr && compiled->begin == begin && compiled->size == size) {
    if (compiled->code != nullptr) AppendLines(bytes, *compiled);
    AppendUnwindTable(bytes, *compiled);
  }
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
  AppendRecord(bytes, record);
  bytes += symbol;
  bytes += '\0';
  bytes.append(static_cast<const char*>(begin), size);
  // One write, so that nothing comes between records of one code, whichever threads and engines
  // write too (O_APPEND).
  [[maybe_unused]] const ssize_t written = write(descriptor_, bytes.data(), bytes.size());
}

}  // namespace wasmtier::profiler
