#include "wasi/preview1/filestat.h"

#include <sys/stat.h>

#include "wasi/preview1/time.h"

namespace wasmtier::wasi::preview1 {

Errno PutFilestat(const GuestMemory& memory, Pointer filestat, int host_fd) {
  constexpr size_t kFilestatSize = 64;
  auto place = memory.Range(filestat, kFilestatSize);
  if (!place) return Errno::kFault;
  struct stat status;
  if (fstat(host_fd, &status) != 0) return LastErrno();
  uint8_t record[kFilestatSize] = {};
  PutField<uint64_t>(record, 0, status.st_dev);
  PutField<uint64_t>(record, 8, status.st_ino);
  PutField(record, 16, static_cast<uint8_t>(FileTypeOfMode(status.st_mode)));
  PutField<uint64_t>(record, 24, status.st_nlink);
  PutField(record, 32, static_cast<FileSize>(status.st_size));
  PutField(record, 40, ToTimestamp(status.st_atim));
  PutField(record, 48, ToTimestamp(status.st_mtim));
  PutField(record, 56, ToTimestamp(status.st_ctim));
  std::memcpy(place->data(), record, sizeof(record));
  return Errno::kSuccess;
}

}  // namespace wasmtier::wasi::preview1
