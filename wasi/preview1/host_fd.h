// A descriptor of the host with its owner.
#ifndef WASMTIER_WASI_PREVIEW1_HOST_FD_H_
#define WASMTIER_WASI_PREVIEW1_HOST_FD_H_

#include <unistd.h>

#include <utility>

namespace wasmtier::wasi::preview1 {

// Movable. Closes what it owns; what it borrows stays open.
class HostFd {
 public:
  HostFd() = default;
  static HostFd Own(int fd) { return HostFd(fd, true); }
  static HostFd Borrow(int fd) { return HostFd(fd, false); }
  HostFd(HostFd&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), is_owned_(std::exchange(other.is_owned_, false)) {}
  HostFd& operator=(HostFd&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(is_owned_, other.is_owned_);
    return *this;
  }
  ~HostFd() {
    // Linux frees the number even where close fails, so there is nothing to try again.
    if (is_owned_ && fd_ >= 0) close(fd_);
  }

  int get() const { return fd_; }
  bool is_owned() const { return is_owned_; }

 private:
  HostFd(int fd, bool is_owned) : fd_(fd), is_owned_(is_owned) {}

  int fd_ = -1;
  bool is_owned_ = false;
};

}  // namespace wasmtier::wasi::preview1

#endif  // WASMTIER_WASI_PREVIEW1_HOST_FD_H_
