// The guest's descriptors: numbers, and what stands behind them.
#ifndef WASMTIER_WASI_PREVIEW1_FD_TABLE_H_
#define WASMTIER_WASI_PREVIEW1_FD_TABLE_H_

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "wasi/preview1/errno.h"
#include "wasi/preview1/host_fd.h"
#include "wasi/preview1/types.h"

namespace wasmtier::wasi::preview1 {

// An open file, directory, or stream. What can change is atomic: guests may have threads.
struct Descriptor {
  Descriptor(HostFd host_fd, FileType file_type, Rights base_rights, Rights inheriting_rights)
      : host(std::move(host_fd)),
        type(file_type),
        base(base_rights),
        inheriting(inheriting_rights) {}

  // Of a standard stream, which belongs to the host: its flags are kept here, not set in the
  // kernel, since the host's other processes share them.
  bool IsShared() const { return !host.is_owned(); }

  const HostFd host;
  const FileType type;
  std::atomic<Rights> base;
  std::atomic<Rights> inheriting;
  // Flags of a shared descriptor.
  std::atomic<Flags> shared_flags = 0;
  // The guest's name of a preopened directory.
  std::optional<std::string> preopen_path;
  // Held from setting the position of a directory to reading from there.
  absl::Mutex directory_position;
};

// Thread-safe. A descriptor that is closed while another thread uses it lives until that use ends,
// so that its number on the host is not taken by another file meanwhile.
class FdTable {
 public:
  // More than any host's default limit; bounds what the table itself can take.
  static constexpr size_t kMaximumDescriptors = 65536;

  // At the lowest free number. EMFILE when full.
  ErrnoOr<Fd> Insert(std::shared_ptr<Descriptor> descriptor);
  // EBADF if the number is not in use.
  ErrnoOr<std::shared_ptr<Descriptor>> Get(Fd fd) const;
  // Also ENOTCAPABLE if one of the rights is missing.
  ErrnoOr<std::shared_ptr<Descriptor>> Get(Fd fd, Rights needed) const;
  // Also ENOTDIR, which comes before missing rights, if it is no directory.
  ErrnoOr<std::shared_ptr<Descriptor>> GetDirectory(Fd fd, Rights needed) const;
  Errno Close(Fd fd);
  // Gives `from` the number `to`, which must be in use and is closed.
  Errno Renumber(Fd from, Fd to);

 private:
  mutable absl::Mutex mutex_;
  std::vector<std::shared_ptr<Descriptor>> descriptors_ ABSL_GUARDED_BY(mutex_);
  // Numbers below descriptors_.size() that are not in use, the lowest first.
  std::priority_queue<Fd, std::vector<Fd>, std::greater<Fd>> free_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace wasmtier::wasi::preview1

#endif  // WASMTIER_WASI_PREVIEW1_FD_TABLE_H_
