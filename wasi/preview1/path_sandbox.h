// Paths that stay beneath a directory (design §14).
#ifndef WASMTIER_WASI_PREVIEW1_PATH_SANDBOX_H_
#define WASMTIER_WASI_PREVIEW1_PATH_SANDBOX_H_

#include <atomic>
#include <string>
#include <string_view>

#include "wasi/preview1/errno.h"
#include "wasi/preview1/host_fd.h"

namespace wasmtier::wasi::preview1 {

// How paths are resolved.
enum class Resolver {
  kAuto,    // kKernel where the kernel has it, otherwise kWalk
  kKernel,  // openat2 with RESOLVE_BENEATH
  kWalk,    // here, a component at a time; for kernels before 5.6 and filters of system calls
};

// A directory and a name in it, which the *at calls that do not follow links can be given.
struct DirectoryEntry {
  HostFd directory;
  // One component, never empty; it ends with "/" if the path did.
  std::string name;
};

// Resolves paths beneath directories: neither "..", nor an absolute path, nor a symbolic link, nor
// a link of /proc leads out. A path that would is EPERM (as in Wasmtime), an empty one ENOENT, one
// that holds a NUL byte EINVAL. Thread-safe.
class PathSandbox {
 public:
  explicit PathSandbox(Resolver resolver = Resolver::kAuto) : resolver_(resolver) {}

  // As open(2): a symbolic link at the end is followed unless O_NOFOLLOW is among the flags, which
  // is then ELOOP (with O_PATH: the link itself). The descriptor is closed on exec.
  ErrnoOr<HostFd> Open(int directory, std::string_view path, int flags, unsigned mode = 0) const;

  // The directory that the path's last component is in, for calls which create, rename or remove
  // it. If the last component is "." or "..", the whole path is known to be beneath; the kernel
  // refuses these names in such calls.
  ErrnoOr<DirectoryEntry> OpenParent(int directory, std::string_view path) const;

 private:
  ErrnoOr<HostFd> OpenInKernel(int directory, const std::string& path, int flags,
                               unsigned mode) const;

  // Becomes kKernel or kWalk when kAuto has found out.
  mutable std::atomic<Resolver> resolver_;
};

}  // namespace wasmtier::wasi::preview1

#endif  // WASMTIER_WASI_PREVIEW1_PATH_SANDBOX_H_
