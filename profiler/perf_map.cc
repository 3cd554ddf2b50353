#include "profiler/perf_map.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace wasmtier::profiler {
namespace {

absl::Status CannotWrite(const std::string& path) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot write the perf map ", path));
}

// O_NOFOLLOW: /tmp belongs to everybody, and the name can be guessed.
int OpenFile(const std::string& path, int flags) {
  return open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | flags, 0644);
}

}  // namespace

absl::StatusOr<std::unique_ptr<PerfMap>> PerfMap::OpenAt(const std::string& path) {
  const int descriptor = OpenFile(path, 0);
  if (descriptor < 0) return CannotWrite(path);
  return std::unique_ptr<PerfMap>(new PerfMap(descriptor));
}

absl::StatusOr<std::unique_ptr<PerfMap>> PerfMap::Open() {
  // The process that dropped the old contents; a forked child has a file of its own.
  static std::atomic<pid_t> opened_by{0};
  const pid_t process = getpid();
  const std::string path = absl::StrCat("/tmp/perf-", process, ".map");
  const bool is_first = opened_by.exchange(process) != process;
  const int descriptor = OpenFile(path, is_first ? O_TRUNC : 0);
  if (descriptor < 0) return CannotWrite(path);
  return std::unique_ptr<PerfMap>(new PerfMap(descriptor));
}

PerfMap::~PerfMap() { close(descriptor_); }

void PerfMap::Append(const void* begin, size_t size, std::string_view symbol,
                     const runtime::CompiledCode*) {
  // One write is one line, whichever threads and engines write too (O_APPEND). A full disk costs
  // the report a name, not the program its life.
  const std::string line =
      absl::StrFormat("%x %x %s\n", reinterpret_cast<uintptr_t>(begin), size, std::string(symbol));
  [[maybe_unused]] const ssize_t written = write(descriptor_, line.data(), line.size());
}

}  // namespace wasmtier::profiler
