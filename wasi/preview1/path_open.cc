// Opening files beneath a directory.
#include <fcntl.h>
#include <sys/stat.h>

#include <utility>

#include "wasi/preview1/functions.h"

namespace wasmtier::wasi::preview1 {
namespace {

// Rights that decide how a file is opened.
constexpr Rights kReadingRights = kRightFdRead | kRightFdReaddir;
constexpr Rights kWritingRights = kRightFdWrite | kRightFdAllocate | kRightFdFilestatSetSize;

constexpr unsigned kCreationMode = 0666;  // less the host's umask

// The rights that the directory must have for this.
Rights RightsToOpen(Flags open_flags) {
  Rights needed = kRightPathOpen;
  if ((open_flags & kOpenCreate) != 0) needed |= kRightPathCreateFile;
  if ((open_flags & kOpenTruncate) != 0) needed |= kRightPathFilestatSetSize;
  return needed;
}

int AccessMode(Rights base) {
  bool reads = (base & kReadingRights) != 0;
  bool writes = (base & kWritingRights) != 0;
  if (writes) return reads ? O_RDWR : O_WRONLY;
  return O_RDONLY;
}

int HostOpenFlags(Flags lookup_flags, Flags open_flags, Flags fd_flags, Rights base) {
  // A terminal must not become the host's.
  int flags = AccessMode(base) | O_NOCTTY;
  if ((lookup_flags & kLookupSymlinkFollow) == 0) flags |= O_NOFOLLOW;
  if ((open_flags & kOpenCreate) != 0) flags |= O_CREAT;
  if ((open_flags & kOpenDirectory) != 0) flags |= O_DIRECTORY;
  if ((open_flags & kOpenExclusive) != 0) flags |= O_EXCL;
  if ((open_flags & kOpenTruncate) != 0) flags |= O_TRUNC;
  if ((fd_flags & kFdFlagAppend) != 0) flags |= O_APPEND;
  if ((fd_flags & kFdFlagDsync) != 0) flags |= O_DSYNC;
  if ((fd_flags & kFdFlagNonblock) != 0) flags |= O_NONBLOCK;
  if ((fd_flags & kFdFlagRsync) != 0) flags |= O_RSYNC;
  if ((fd_flags & kFdFlagSync) != 0) flags |= O_SYNC;
  return flags;
}

// A directory can be made only by path_create_directory, and has no size.
bool AreContradictory(Flags open_flags) {
  constexpr Flags kForFiles = kOpenCreate | kOpenExclusive | kOpenTruncate;
  return (open_flags & kOpenDirectory) != 0 && (open_flags & kForFiles) != 0;
}

}  // namespace

// Guests ask for more rights than they need, Rust's library for all that exist. So only the rights
// to read and to write must be given; the others are narrowed to those of the directory and to
// those that apply to the file's type.
Errno PathOpen(Call& call, Fd fd, Flags lookup_flags, Pointer path, Size path_length,
               Flags open_flags, Rights base, Rights inheriting, Flags fd_flags,
               Pointer opened_fd) {
  if ((lookup_flags & ~kAllLookupFlags) != 0 || (open_flags & ~kAllOpenFlags) != 0 ||
      (fd_flags & ~kAllFdFlags) != 0 || AreContradictory(open_flags)) {
    return Errno::kInval;
  }
  FdTable& descriptors = call.context.descriptors();
  auto directory = descriptors.GetDirectory(fd, RightsToOpen(open_flags));
  if (!directory.ok()) return directory.error();
  ErrnoOr<std::string> text = call.memory.ReadPath(path, path_length);
  if (!text.ok()) return text.error();
  if (!call.memory.Holds<Fd>(opened_fd)) return Errno::kFault;

  const Rights inherited = (*directory)->inheriting.load();
  if ((open_flags & kOpenDirectory) != 0) base &= ~kWritingRights;
  if ((base & ~inherited & (kRightFdRead | kRightFdWrite)) != 0) return Errno::kNotcapable;
  base &= inherited;

  int flags = HostOpenFlags(lookup_flags, open_flags, fd_flags, base);
  auto host = call.context.sandbox().Open((*directory)->host.get(), *text, flags, kCreationMode);
  if (!host.ok()) return host.error();
  struct stat status;
  if (fstat(host->get(), &status) != 0) return LastErrno();
  FileType type = FileTypeOfMode(status.st_mode);
  base &= RightsOfFile(host->get(), type);
  inheriting = type == FileType::kDirectory ? inheriting & inherited : 0;
  auto inserted =
      descriptors.Insert(std::make_shared<Descriptor>(std::move(*host), type, base, inheriting));
  if (!inserted.ok()) return inserted.error();
  (void)call.memory.Write(opened_fd, *inserted);
  return Errno::kSuccess;
}

}  // namespace wasmtier::wasi::preview1
