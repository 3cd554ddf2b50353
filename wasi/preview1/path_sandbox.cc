#include "wasi/preview1/path_sandbox.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>

#include "wasi/preview1/path_walk.h"

namespace wasmtier::wasi::preview1 {
namespace {

// The kernel gives up when directories are renamed while it goes through "..".
constexpr int kMaximumAttempts = 16;

int OpenBeneath(int directory, const char* path, int flags, unsigned mode) {
  open_how how = {};
  how.flags = static_cast<uint64_t>(flags);
  how.mode = (flags & O_CREAT) != 0 ? mode : 0;  // refused otherwise
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  return static_cast<int>(syscall(SYS_openat2, directory, path, &how, sizeof(how)));
}

// Kernels without it say ENOSYS; filters of system calls, which containers have, often EPERM.
bool KernelResolves() {
  HostFd probe = HostFd::Own(OpenBeneath(AT_FDCWD, ".", O_PATH | O_CLOEXEC, 0));
  return probe.get() >= 0 || (errno != ENOSYS && errno != EPERM);
}

Errno CheckPath(std::string_view path) {
  if (path.empty()) return Errno::kNoent;
  if (path.size() >= PATH_MAX) return Errno::kNametoolong;
  if (path.find('\0') != std::string_view::npos) return Errno::kInval;
  if (path.front() == '/') return Errno::kPerm;
  return Errno::kSuccess;
}

}  // namespace

ErrnoOr<HostFd> PathSandbox::Open(int directory, std::string_view path, int flags,
                                  unsigned mode) const {
  Errno checked = CheckPath(path);
  if (checked != Errno::kSuccess) return checked;
  flags |= O_CLOEXEC;
  if (resolver_.load(std::memory_order_relaxed) == Resolver::kAuto) {
    resolver_.store(KernelResolves() ? Resolver::kKernel : Resolver::kWalk,
                    std::memory_order_relaxed);
  }
  if (resolver_.load(std::memory_order_relaxed) == Resolver::kWalk) {
    return PathWalk(directory).Open(path, flags, mode);
  }
  return OpenInKernel(directory, std::string(path), flags, mode);
}

ErrnoOr<HostFd> PathSandbox::OpenInKernel(int directory, const std::string& path, int flags,
                                          unsigned mode) const {
  for (int attempt = 0; attempt < kMaximumAttempts; ++attempt) {
    int fd = OpenBeneath(directory, path.c_str(), flags, mode);
    if (fd >= 0) return HostFd::Own(fd);
    if (errno == EXDEV) return Errno::kPerm;  // the path leads out
    if (errno != EAGAIN) return LastErrno();
  }
  return PathWalk(directory).Open(path, flags, mode);
}

ErrnoOr<DirectoryEntry> PathSandbox::OpenParent(int directory, std::string_view path) const {
  Errno checked = CheckPath(path);
  if (checked != Errno::kSuccess) return checked;
  // A path of slashes only was refused as absolute, so there is a component.
  size_t end = path.find_last_not_of('/') + 1;
  size_t begin = path.find_last_of('/', end - 1) + 1;  // 0 if there is none
  std::string name(path.substr(begin, end - begin));
  if (name == "." || name == "..") {
    ErrnoOr<HostFd> whole = Open(directory, path, O_PATH | O_DIRECTORY);
    if (!whole.ok()) return whole.error();
  }
  if (end < path.size()) name += '/';
  if (begin == 0) return DirectoryEntry{HostFd::Borrow(directory), std::move(name)};
  ErrnoOr<HostFd> parent = Open(directory, path.substr(0, begin), O_PATH | O_DIRECTORY);
  if (!parent.ok()) return parent.error();
  return DirectoryEntry{std::move(*parent), std::move(name)};
}

}  // namespace wasmtier::wasi::preview1
