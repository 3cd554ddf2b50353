#include "wasi/preview1/path_walk.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <string>
#include <utility>

namespace wasmtier::wasi::preview1 {
namespace {

bool IsLink(int fd) {
  struct stat status;
  return fstat(fd, &status) == 0 && S_ISLNK(status.st_mode);
}

}  // namespace

ErrnoOr<HostFd> PathWalk::Open(std::string_view path, int flags, unsigned mode) {
  Errno pushed = Push(path);
  if (pushed != Errno::kSuccess) return pushed;
  while (!pending_.empty()) {
    std::string name = std::move(pending_.back());
    pending_.pop_back();
    if (name == "..") {
      if (directories_.empty()) return Errno::kPerm;
      directories_.pop_back();
      continue;
    }
    if (pending_.empty()) {
      bool followed = false;
      ErrnoOr<HostFd> opened = OpenLast(name, flags, mode, followed);
      if (!followed || opened.error() != Errno::kSuccess) return opened;
      continue;
    }
    Errno entered = Enter(name);
    if (entered != Errno::kSuccess) return entered;
  }
  // The path ended with "." or "..", or with a link that did: it names the current directory.
  if ((flags & O_CREAT) != 0) return (flags & O_EXCL) != 0 ? Errno::kExist : Errno::kIsdir;
  int fd = openat(current(), ".", flags & ~O_NOFOLLOW);
  if (fd < 0) return LastErrno();
  return HostFd::Own(fd);
}

// Puts the path's components before those that are pending. "." takes no step.
Errno PathWalk::Push(std::string_view path) {
  if (path.empty()) return Errno::kNoent;
  if (path.front() == '/') return Errno::kPerm;
  if (pending_.empty()) wants_directory_ = path.ends_with('/') || wants_directory_;
  size_t end = path.size();
  while (end > 0) {
    size_t slash = path.find_last_of('/', end - 1);
    size_t begin = slash == std::string_view::npos ? 0 : slash + 1;
    std::string_view name = path.substr(begin, end - begin);
    if (name == "." && pending_.empty()) wants_directory_ = true;
    if (!name.empty() && name != ".") pending_.emplace_back(name);
    end = begin == 0 ? 0 : begin - 1;
  }
  return Errno::kSuccess;
}

// Goes into a directory, or replaces a link by what it says.
Errno PathWalk::Enter(const std::string& name) {
  HostFd next = HostFd::Own(openat(current(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  if (next.get() < 0) return LastErrno();
  struct stat status;
  if (fstat(next.get(), &status) != 0) return LastErrno();
  if (S_ISLNK(status.st_mode)) return FollowLink(next.get());
  if (!S_ISDIR(status.st_mode)) return Errno::kNotdir;
  directories_.push_back(std::move(next));
  return Errno::kSuccess;
}

// A link of /proc is read like any other here: its text is absolute or names nothing.
Errno PathWalk::FollowLink(int link) {
  if (++links_ > kMaximumLinks) return Errno::kLoop;
  char target[PATH_MAX];
  ssize_t length = readlinkat(link, "", target, sizeof(target));
  if (length < 0) return LastErrno();
  if (length == sizeof(target)) return Errno::kNametoolong;
  return Push(std::string_view(target, static_cast<size_t>(length)));
}

ErrnoOr<HostFd> PathWalk::OpenLast(const std::string& name, int flags, unsigned mode,
                                   bool& followed) {
  bool follows = (flags & O_NOFOLLOW) == 0;
  if (wants_directory_) {
    // What the kernel says to a path with a slash at its end.
    if ((flags & O_CREAT) != 0) return Errno::kIsdir;
    flags |= O_DIRECTORY;
    follows = true;
  }
  // O_NOFOLLOW on a link: with O_PATH it is opened itself, with O_DIRECTORY it is ENOTDIR, else
  // ELOOP.
  HostFd opened = HostFd::Own(openat(current(), name.c_str(), flags | O_NOFOLLOW, mode));
  int error = opened.get() < 0 ? errno : 0;
  if (error != 0 && error != ELOOP && error != ENOTDIR) return FromLinux(error);
  if (error == 0 && (!follows || !IsLink(opened.get()))) return opened;
  if (!follows) return FromLinux(error);
  if (error != 0) {
    opened = HostFd::Own(openat(current(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (opened.get() < 0 || !IsLink(opened.get())) return FromLinux(error);
  }
  followed = true;
  return FollowLink(opened.get());
}

}  // namespace wasmtier::wasi::preview1
