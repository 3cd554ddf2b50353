#include "wasi/preview1/fd_table.h"

#include <utility>

namespace wasmtier::wasi::preview1 {
namespace {

bool HasRights(const Descriptor& descriptor, Rights needed) {
  return (needed & ~descriptor.base.load(std::memory_order_relaxed)) == 0;
}

}  // namespace

ErrnoOr<Fd> FdTable::Insert(std::shared_ptr<Descriptor> descriptor) {
  absl::MutexLock lock(&mutex_);
  if (!free_.empty()) {
    Fd fd = free_.top();
    free_.pop();
    descriptors_[fd] = std::move(descriptor);
    return fd;
  }
  if (descriptors_.size() >= kMaximumDescriptors) return Errno::kMfile;
  descriptors_.push_back(std::move(descriptor));
  return static_cast<Fd>(descriptors_.size() - 1);
}

ErrnoOr<std::shared_ptr<Descriptor>> FdTable::Get(Fd fd) const {
  absl::MutexLock lock(&mutex_);
  if (fd >= descriptors_.size() || descriptors_[fd] == nullptr) return Errno::kBadf;
  return descriptors_[fd];
}

ErrnoOr<std::shared_ptr<Descriptor>> FdTable::Get(Fd fd, Rights needed) const {
  ErrnoOr<std::shared_ptr<Descriptor>> descriptor = Get(fd);
  if (descriptor.ok() && !HasRights(**descriptor, needed)) return Errno::kNotcapable;
  return descriptor;
}

ErrnoOr<std::shared_ptr<Descriptor>> FdTable::GetDirectory(Fd fd, Rights needed) const {
  ErrnoOr<std::shared_ptr<Descriptor>> descriptor = Get(fd);
  if (!descriptor.ok()) return descriptor;
  if ((*descriptor)->type != FileType::kDirectory) return Errno::kNotdir;
  if (!HasRights(**descriptor, needed)) return Errno::kNotcapable;
  return descriptor;
}

Errno FdTable::Close(Fd fd) {
  // Closes the host's descriptor, which may take long, after the lock is released.
  std::shared_ptr<Descriptor> closed;
  absl::MutexLock lock(&mutex_);
  if (fd >= descriptors_.size() || descriptors_[fd] == nullptr) return Errno::kBadf;
  closed.swap(descriptors_[fd]);
  free_.push(fd);
  return Errno::kSuccess;
}

Errno FdTable::Renumber(Fd from, Fd to) {
  std::shared_ptr<Descriptor> closed;
  absl::MutexLock lock(&mutex_);
  for (Fd fd : {from, to}) {
    if (fd >= descriptors_.size() || descriptors_[fd] == nullptr) return Errno::kBadf;
  }
  if (from == to) return Errno::kSuccess;
  closed.swap(descriptors_[to]);
  descriptors_[to].swap(descriptors_[from]);
  free_.push(from);
  return Errno::kSuccess;
}

}  // namespace wasmtier::wasi::preview1
