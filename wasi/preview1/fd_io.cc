// Reading, writing and positions.
#include <limits.h>
#include <poll.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <span>

#include "wasi/preview1/functions.h"

namespace wasmtier::wasi::preview1 {
namespace {

// Buffers of one transfer, on the stack. A guest that gives more, which POSIX does not promise to
// be possible, gets a short transfer.
class Buffers {
 public:
  // Buffers of length 0 take no place. EFAULT if the list or a buffer lies out of bounds.
  Errno Gather(const GuestMemory& memory, Pointer iovecs, Size count) {
    constexpr size_t kIovecSize = 8;
    auto list = memory.Range(iovecs, uint64_t{count} * kIovecSize);
    if (!list) return Errno::kFault;
    // The count that a transfer returns is 32 bits wide.
    uint64_t room = std::numeric_limits<Size>::max();
    for (Size i = 0; i < count && count_ < entries_.size() && room > 0; ++i) {
      const uint8_t* iovec = list->data() + i * kIovecSize;
      auto buffer = memory.Range(GetField<Pointer>(iovec, 0), GetField<Size>(iovec, 4));
      if (!buffer) return Errno::kFault;
      if (buffer->empty()) continue;
      size_t length = std::min<uint64_t>(buffer->size(), room);
      entries_[count_++] = {buffer->data(), length};
      room -= length;
    }
    return Errno::kSuccess;
  }

  const iovec* data() const { return entries_.data(); }
  int count() const { return static_cast<int>(count_); }

 private:
  size_t count_ = 0;
  std::array<iovec, IOV_MAX> entries_;
};

// A non-blocking standard stream is made so here (Descriptor::IsShared).
bool WouldBlock(const Descriptor& descriptor, short event) {  // NOLINT: pollfd's type
  if ((descriptor.shared_flags.load(std::memory_order_relaxed) & kFdFlagNonblock) == 0)
    return false;
  pollfd poll_entry = {descriptor.host.get(), event, 0};
  return poll(&poll_entry, 1, 0) == 0;
}

// Transfers by a system call that is given descriptor, buffers and their count.
template <typename SystemCall>
Errno Transfer(Call& call, Fd fd, Rights needed, short event, Pointer iovecs, Size iovec_count,
               Pointer transferred_size, SystemCall system_call) {
  ErrnoOr<std::shared_ptr<Descriptor>> descriptor = call.context.descriptors().Get(fd, needed);
  if (!descriptor.ok()) return descriptor.error();
  Buffers buffers;
  Errno gathered = buffers.Gather(call.memory, iovecs, iovec_count);
  if (gathered != Errno::kSuccess) return gathered;
  if (!call.memory.Holds<Size>(transferred_size)) return Errno::kFault;
  if (WouldBlock(**descriptor, event)) return Errno::kAgain;
  ssize_t transferred = system_call((*descriptor)->host.get(), buffers.data(), buffers.count());
  if (transferred < 0) return LastErrno();
  (void)call.memory.Write(transferred_size, static_cast<Size>(transferred));
  return Errno::kSuccess;
}

Errno SeekTo(Call& call, Fd fd, Rights needed, int64_t offset, int whence, Pointer new_offset) {
  ErrnoOr<std::shared_ptr<Descriptor>> descriptor = call.context.descriptors().Get(fd, needed);
  if (!descriptor.ok()) return descriptor.error();
  if (!call.memory.Holds<FileSize>(new_offset)) return Errno::kFault;
  off_t position = lseek((*descriptor)->host.get(), offset, whence);
  if (position < 0) return LastErrno();
  (void)call.memory.Write(new_offset, static_cast<FileSize>(position));
  return Errno::kSuccess;
}

}  // namespace

Errno FdRead(Call& call, Fd fd, Pointer iovecs, Size iovec_count, Pointer read_size) {
  return Transfer(call, fd, kRightFdRead, POLLIN, iovecs, iovec_count, read_size, readv);
}

Errno FdWrite(Call& call, Fd fd, Pointer iovecs, Size iovec_count, Pointer written_size) {
  return Transfer(call, fd, kRightFdWrite, POLLOUT, iovecs, iovec_count, written_size, writev);
}

Errno FdPread(Call& call, Fd fd, Pointer iovecs, Size iovec_count, FileSize offset,
              Pointer read_size) {
  return Transfer(call, fd, kRightFdRead | kRightFdSeek, POLLIN, iovecs, iovec_count, read_size,
                  [offset](int host_fd, const iovec* buffers, int count) {
                    return preadv(host_fd, buffers, count, static_cast<off_t>(offset));
                  });
}

Errno FdPwrite(Call& call, Fd fd, Pointer iovecs, Size iovec_count, FileSize offset,
               Pointer written_size) {
  return Transfer(call, fd, kRightFdWrite | kRightFdSeek, POLLOUT, iovecs, iovec_count,
                  written_size, [offset](int host_fd, const iovec* buffers, int count) {
                    return pwritev(host_fd, buffers, count, static_cast<off_t>(offset));
                  });
}

Errno FdSeek(Call& call, Fd fd, FileDelta offset, Whence whence, Pointer new_offset) {
  constexpr int kHostWhence[] = {SEEK_SET, SEEK_CUR, SEEK_END};
  if (whence >= std::size(kHostWhence)) return Errno::kInval;
  int64_t delta = static_cast<int64_t>(offset);
  // Asking for the position is telling it.
  Rights needed = delta == 0 && kHostWhence[whence] == SEEK_CUR ? kRightFdTell : kRightFdSeek;
  return SeekTo(call, fd, needed, delta, kHostWhence[whence], new_offset);
}

Errno FdTell(Call& call, Fd fd, Pointer offset) {
  return SeekTo(call, fd, kRightFdTell, 0, SEEK_CUR, offset);
}

}  // namespace wasmtier::wasi::preview1
