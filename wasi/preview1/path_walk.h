// The resolver for kernels without openat2.
#ifndef WASMTIER_WASI_PREVIEW1_PATH_WALK_H_
#define WASMTIER_WASI_PREVIEW1_PATH_WALK_H_

#include <string>
#include <string_view>
#include <vector>

#include "wasi/preview1/errno.h"
#include "wasi/preview1/host_fd.h"

namespace wasmtier::wasi::preview1 {

// Walks one path from a directory, opening each component without following links. The directories
// on the way stay open, so ".." goes back the way that was come, whatever is renamed meanwhile,
// and never above the first.
class PathWalk {
 public:
  explicit PathWalk(int root) : root_(root) {}

  // As PathSandbox::Open. Once for each object.
  ErrnoOr<HostFd> Open(std::string_view path, int flags, unsigned mode);

 private:
  // As the kernel's limit.
  static constexpr int kMaximumLinks = 40;

  int current() const { return directories_.empty() ? root_ : directories_.back().get(); }
  Errno Push(std::string_view path);
  Errno Enter(const std::string& name);
  Errno FollowLink(int link);
  // `followed` if it was a link, whose text is pending now; an error or nothing is returned then.
  ErrnoOr<HostFd> OpenLast(const std::string& name, int flags, unsigned mode, bool& followed);

  const int root_;
  std::vector<HostFd> directories_;
  // Components still to go, the next one at the back.
  std::vector<std::string> pending_;
  // The path, or a link at its end, ends with a slash or ".": what it names must be a directory.
  bool wants_directory_ = false;
  int links_ = 0;
};

}  // namespace wasmtier::wasi::preview1

#endif  // WASMTIER_WASI_PREVIEW1_PATH_WALK_H_
