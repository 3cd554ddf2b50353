// Directories: the preopened ones and their names, and what is in a directory.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>

#include "wasi/preview1/functions.h"

namespace wasmtier::wasi::preview1 {
namespace {

using DescriptorOr = ErrnoOr<std::shared_ptr<Descriptor>>;

// The kernel's entries of one read. It takes about as much for an entry as preview1 does, so that
// reading by small buffers does not read the rest of the directory over and over.
constexpr size_t kMinimumHostBuffer = 1024;  // holds one entry of the longest name
constexpr size_t kMaximumHostBuffer = 32768;

DescriptorOr GetPreopen(Call& call, Fd fd) {
  DescriptorOr descriptor = call.context.descriptors().Get(fd);
  if (descriptor.ok() && !(*descriptor)->preopen_path) return Errno::kBadf;
  return descriptor;
}

FileType FileTypeOfEntry(int directory, const dirent64& entry) {
  struct stat status;
  switch (entry.d_type) {
    case DT_UNKNOWN:  // the file system does not keep types in directories
      if (fstatat(directory, entry.d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) break;
      return FileTypeOfMode(status.st_mode);
    default:
      return FileTypeOfMode(DTTOIF(entry.d_type));
  }
  return FileType::kUnknown;
}

// Inode number of the directory itself.
uint64_t OwnInode(int directory) {
  struct stat status;
  return fstat(directory, &status) == 0 ? status.st_ino : 0;
}

// Copies entries, each a header and its name, as far as there is room; the last one may be cut off.
class EntryWriter {
 public:
  explicit EntryWriter(std::span<uint8_t> buffer) : buffer_(buffer) {}

  bool IsFull() const { return used_ == buffer_.size(); }
  Size used() const { return static_cast<Size>(used_); }

  void Put(uint64_t next_cookie, uint64_t inode, FileType type, std::string_view name) {
    constexpr size_t kDirentSize = 24;
    uint8_t header[kDirentSize] = {};
    PutField(header, 0, next_cookie);
    PutField(header, 8, inode);
    PutField(header, 16, static_cast<uint32_t>(name.size()));
    PutField(header, 20, static_cast<uint8_t>(type));
    Copy(header, sizeof(header));
    Copy(name.data(), name.size());
  }

 private:
  void Copy(const void* bytes, size_t size) {
    size_t fitting = std::min(size, buffer_.size() - used_);
    std::memcpy(buffer_.data() + used_, bytes, fitting);
    used_ += fitting;
  }

  std::span<uint8_t> buffer_;
  size_t used_ = 0;
};

// A cookie is the position that the kernel gave with an entry. Others, which a guest may make up,
// are refused by the kernel or lie anywhere in the same directory.
Errno ReadEntries(Descriptor& descriptor, DirectoryCookie cookie, EntryWriter& writer,
                  size_t buffer_size) {
  int directory = descriptor.host.get();
  absl::MutexLock lock(&descriptor.directory_position);
  if (lseek(directory, static_cast<off_t>(cookie), SEEK_SET) < 0) return LastErrno();
  alignas(dirent64) char host_buffer[kMaximumHostBuffer];
  size_t host_size = std::clamp(buffer_size, kMinimumHostBuffer, kMaximumHostBuffer);
  while (!writer.IsFull()) {
    ssize_t read = getdents64(directory, host_buffer, host_size);
    if (read < 0) return LastErrno();
    if (read == 0) break;
    for (ssize_t offset = 0; offset < read && !writer.IsFull();) {
      const auto* entry = reinterpret_cast<const dirent64*>(host_buffer + offset);
      std::string_view name(entry->d_name);
      // The directory above a preopened one is none of the guest's business.
      bool is_hidden = descriptor.preopen_path && name == "..";
      uint64_t inode = is_hidden ? OwnInode(directory) : entry->d_ino;
      writer.Put(static_cast<uint64_t>(entry->d_off), inode, FileTypeOfEntry(directory, *entry),
                 name);
      offset += entry->d_reclen;
    }
  }
  return Errno::kSuccess;
}

}  // namespace

Errno FdPrestatGet(Call& call, Fd fd, Pointer prestat) {
  constexpr uint8_t kPreopenDirectory = 0;
  DescriptorOr descriptor = GetPreopen(call, fd);
  if (!descriptor.ok()) return descriptor.error();
  auto place = call.memory.Range(prestat, 8);
  if (!place) return Errno::kFault;
  PutField<uint32_t>(place->data(), 0, kPreopenDirectory);
  PutField(place->data(), 4, static_cast<Size>((*descriptor)->preopen_path->size()));
  return Errno::kSuccess;
}

// The name has no NUL byte at its end.
Errno FdPrestatDirName(Call& call, Fd fd, Pointer path, Size path_length) {
  DescriptorOr descriptor = GetPreopen(call, fd);
  if (!descriptor.ok()) return descriptor.error();
  const std::string& name = *(*descriptor)->preopen_path;
  auto place = call.memory.Range(path, path_length);
  if (!place) return Errno::kFault;
  if (place->size() < name.size()) return Errno::kNametoolong;
  std::memcpy(place->data(), name.data(), name.size());
  return Errno::kSuccess;
}

// A buffer that is not full afterwards is how the guest sees the end of the directory.
Errno FdReaddir(Call& call, Fd fd, Pointer buffer, Size buffer_size, DirectoryCookie cookie,
                Pointer used_size) {
  DescriptorOr descriptor = call.context.descriptors().GetDirectory(fd, kRightFdReaddir);
  if (!descriptor.ok()) return descriptor.error();
  auto place = call.memory.Range(buffer, buffer_size);
  if (!place || !call.memory.Holds<Size>(used_size)) return Errno::kFault;
  EntryWriter writer(*place);
  Errno read = ReadEntries(**descriptor, cookie, writer, buffer_size);
  if (read != Errno::kSuccess) return read;
  (void)call.memory.Write(used_size, writer.used());
  return Errno::kSuccess;
}

}  // namespace wasmtier::wasi::preview1
