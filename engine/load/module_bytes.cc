// The three owners of a module's bytes: a mapped file, a vector, and the embedder.
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/load/load.h"

namespace wasmtier::engine {
namespace {

class MappedBytes : public runtime::ModuleBytes {
 public:
  explicit MappedBytes(std::span<const uint8_t> bytes) { bytes_ = bytes; }
  ~MappedBytes() override { munmap(address(), bytes_.size()); }
  // The page cache has them still.
  void Release() const override { madvise(address(), bytes_.size(), MADV_DONTNEED); }

 private:
  void* address() const { return const_cast<uint8_t*>(bytes_.data()); }
};

class OwnedBytes : public runtime::ModuleBytes {
 public:
  explicit OwnedBytes(std::vector<uint8_t> bytes) : owned_(std::move(bytes)) { bytes_ = owned_; }

 private:
  std::vector<uint8_t> owned_;
};

class BorrowedBytes : public runtime::ModuleBytes {
 public:
  explicit BorrowedBytes(std::span<const uint8_t> bytes) { bytes_ = bytes; }
};

absl::Status FileError(const char* what, const std::string& path) {
  return absl::ErrnoToStatus(errno, absl::StrCat(what, " ", path));
}

absl::StatusOr<std::shared_ptr<const runtime::ModuleBytes>> ReadToEnd(int file,
                                                                      const std::string& path) {
  constexpr size_t kChunk = 65536;
  std::vector<uint8_t> bytes;
  while (true) {
    const size_t size = bytes.size();
    if (size > UINT32_MAX) return absl::InvalidArgumentError(absl::StrCat(path, " is too large"));
    bytes.resize(size + kChunk);
    const ssize_t count = read(file, bytes.data() + size, kChunk);
    if (count < 0 && errno != EINTR) return FileError("cannot read", path);
    bytes.resize(size + static_cast<size_t>(count > 0 ? count : 0));
    if (count == 0) return OwnBytes(std::move(bytes));
  }
}

}  // namespace

absl::StatusOr<std::shared_ptr<const runtime::ModuleBytes>> MapFile(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return FileError("cannot open", path);
  const absl::Cleanup close_file = [file] { close(file); };
  struct stat status;
  if (fstat(file, &status) != 0) return FileError("cannot read", path);
  if (!S_ISREG(status.st_mode) || status.st_size == 0) return ReadToEnd(file, path);
  const size_t size = static_cast<size_t>(status.st_size);
  void* address = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
  if (address == MAP_FAILED) return FileError("cannot map", path);
  return std::make_shared<MappedBytes>(
      std::span<const uint8_t>(static_cast<const uint8_t*>(address), size));
}

std::shared_ptr<const runtime::ModuleBytes> BorrowBytes(std::span<const uint8_t> bytes) {
  return std::make_shared<BorrowedBytes>(bytes);
}

std::shared_ptr<const runtime::ModuleBytes> OwnBytes(std::vector<uint8_t> bytes) {
  return std::make_shared<OwnedBytes>(std::move(bytes));
}

}  // namespace wasmtier::engine
