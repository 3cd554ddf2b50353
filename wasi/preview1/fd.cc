// What a descriptor is: state, rights, attributes, and its end.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <iterator>

#include "wasi/preview1/filestat.h"
#include "wasi/preview1/functions.h"
#include "wasi/preview1/time.h"

namespace wasmtier::wasi::preview1 {
namespace {

using DescriptorOr = ErrnoOr<std::shared_ptr<Descriptor>>;

// O_SYNC includes O_DSYNC's bit, and is O_RSYNC too on Linux.
Flags ToFdFlags(int host_flags) {
  Flags flags = 0;
  if ((host_flags & O_APPEND) != 0) flags |= kFdFlagAppend;
  if ((host_flags & O_NONBLOCK) != 0) flags |= kFdFlagNonblock;
  if ((host_flags & O_SYNC) == O_SYNC) {
    flags |= kFdFlagSync;
  } else if ((host_flags & O_DSYNC) != 0) {
    flags |= kFdFlagDsync;
  }
  return flags;
}

ErrnoOr<Flags> FlagsOf(const Descriptor& descriptor) {
  int host_flags = fcntl(descriptor.host.get(), F_GETFL);
  if (host_flags < 0) return LastErrno();
  Flags flags = ToFdFlags(host_flags);
  if (!descriptor.IsShared()) return flags;
  return (flags & ~(kFdFlagAppend | kFdFlagNonblock)) | descriptor.shared_flags.load();
}

}  // namespace

Errno FdAdvise(Call& call, Fd fd, FileSize offset, FileSize length, Advice advice) {
  constexpr int kHostAdvice[] = {POSIX_FADV_NORMAL,   POSIX_FADV_SEQUENTIAL, POSIX_FADV_RANDOM,
                                 POSIX_FADV_WILLNEED, POSIX_FADV_DONTNEED,   POSIX_FADV_NOREUSE};
  if (advice >= std::size(kHostAdvice)) return Errno::kInval;
  DescriptorOr descriptor = call.context.descriptors().Get(fd, kRightFdAdvise);
  if (!descriptor.ok()) return descriptor.error();
  off_t start = static_cast<off_t>(offset);
  off_t bytes = static_cast<off_t>(length);
  if (start < 0 || bytes < 0) return Errno::kInval;
  return FromLinux(posix_fadvise((*descriptor)->host.get(), start, bytes, kHostAdvice[advice]));
}

// Not posix_fallocate: where the file system cannot do it, glibc would write each block.
Errno FdAllocate(Call& call, Fd fd, FileSize offset, FileSize length) {
  DescriptorOr descriptor = call.context.descriptors().Get(fd, kRightFdAllocate);
  if (!descriptor.ok()) return descriptor.error();
  return CheckCall(fallocate((*descriptor)->host.get(), 0, static_cast<off_t>(offset),
                             static_cast<off_t>(length)));
}

Errno FdClose(Call& call, Fd fd) { return call.context.descriptors().Close(fd); }

Errno FdDatasync(Call& call, Fd fd) {
  DescriptorOr descriptor = call.context.descriptors().Get(fd, kRightFdDatasync);
  if (!descriptor.ok()) return descriptor.error();
  return CheckCall(fdatasync((*descriptor)->host.get()));
}

Errno FdSync(Call& call, Fd fd) {
  DescriptorOr descriptor = call.context.descriptors().Get(fd, kRightFdSync);
  if (!descriptor.ok()) return descriptor.error();
  return CheckCall(fsync((*descriptor)->host.get()));
}

Errno FdFdstatGet(Call& call, Fd fd, Pointer fdstat) {
  constexpr size_t kFdstatSize = 24;
  DescriptorOr descriptor = call.context.descriptors().Get(fd);
  if (!descriptor.ok()) return descriptor.error();
  auto place = call.memory.Range(fdstat, kFdstatSize);
  if (!place) return Errno::kFault;
  ErrnoOr<Flags> flags = FlagsOf(**descriptor);
  if (!flags.ok()) return flags.error();
  uint8_t record[kFdstatSize] = {};
  PutField(record, 0, static_cast<uint8_t>((*descriptor)->type));
  PutField(record, 2, static_cast<uint16_t>(*flags));
  PutField<Rights>(record, 8, (*descriptor)->base.load());
  PutField<Rights>(record, 16, (*descriptor)->inheriting.load());
  std::memcpy(place->data(), record, sizeof(record));
  return Errno::kSuccess;
}

// Linux changes only two of the flags of an open file.
Errno FdFdstatSetFlags(Call& call, Fd fd, Flags flags) {
  constexpr Flags kChangeable = kFdFlagAppend | kFdFlagNonblock;
  if ((flags & ~kAllFdFlags) != 0) return Errno::kInval;
  DescriptorOr descriptor = call.context.descriptors().Get(fd, kRightFdFdstatSetFlags);
  if (!descriptor.ok()) return descriptor.error();
  ErrnoOr<Flags> present = FlagsOf(**descriptor);
  if (!present.ok()) return present.error();
  if (((flags ^ *present) & ~kChangeable) != 0) return Errno::kNotsup;
  if ((*descriptor)->IsShared()) {
    (*descriptor)->shared_flags.store(flags & kChangeable);
    return Errno::kSuccess;
  }
  int host_flags = fcntl((*descriptor)->host.get(), F_GETFL);
  if (host_flags < 0) return LastErrno();
  host_flags &= ~(O_APPEND | O_NONBLOCK);
  if ((flags & kFdFlagAppend) != 0) host_flags |= O_APPEND;
  if ((flags & kFdFlagNonblock) != 0) host_flags |= O_NONBLOCK;
  return CheckCall(fcntl((*descriptor)->host.get(), F_SETFL, host_flags));
}

// Rights can be given up, never gained.
Errno FdFdstatSetRights(Call& call, Fd fd, Rights base, Rights inheriting) {
  DescriptorOr descriptor = call.context.descriptors().Get(fd);
  if (!descriptor.ok()) return descriptor.error();
  Rights gained =
      (base & ~(*descriptor)->base.load()) | (inheriting & ~(*descriptor)->inheriting.load());
  if (gained != 0) return Errno::kNotcapable;
  // Two threads that give up rights at once both succeed.
  (*descriptor)->base.fetch_and(base);
  (*descriptor)->inheriting.fetch_and(inheriting);
  return Errno::kSuccess;
}

Errno FdFilestatGet(Call& call, Fd fd, Pointer filestat) {
  DescriptorOr descriptor = call.context.descriptors().Get(fd, kRightFdFilestatGet);
  if (!descriptor.ok()) return descriptor.error();
  return PutFilestat(call.memory, filestat, (*descriptor)->host.get());
}

Errno FdFilestatSetSize(Call& call, Fd fd, FileSize size) {
  DescriptorOr descriptor = call.context.descriptors().Get(fd, kRightFdFilestatSetSize);
  if (!descriptor.ok()) return descriptor.error();
  return CheckCall(ftruncate((*descriptor)->host.get(), static_cast<off_t>(size)));
}

Errno FdFilestatSetTimes(Call& call, Fd fd, Timestamp access, Timestamp modification,
                         Flags times_flags) {
  ErrnoOr<FileTimes> times = MakeFileTimes(access, modification, times_flags);
  if (!times.ok()) return times.error();
  DescriptorOr descriptor = call.context.descriptors().Get(fd, kRightFdFilestatSetTimes);
  if (!descriptor.ok()) return descriptor.error();
  return CheckCall(futimens((*descriptor)->host.get(), times->access_and_modification));
}

Errno FdRenumber(Call& call, Fd fd, Fd to) { return call.context.descriptors().Renumber(fd, to); }

}  // namespace wasmtier::wasi::preview1
