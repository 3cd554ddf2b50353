// What paths name: attributes, making, removing, renaming and linking.
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wasi/preview1/filestat.h"
#include "wasi/preview1/functions.h"
#include "wasi/preview1/time.h"

namespace wasmtier::wasi::preview1 {
namespace {

constexpr unsigned kDirectoryMode = 0777;  // less the host's umask

// A name in a directory; keeps the guest's descriptor open that it was reached from.
struct Place {
  std::shared_ptr<Descriptor> origin;
  DirectoryEntry entry;

  int directory() const { return entry.directory.get(); }
  const char* name() const { return entry.name.c_str(); }
};

ErrnoOr<Place> FindPlace(Call& call, Fd fd, Rights needed, Pointer path, Size length) {
  auto origin = call.context.descriptors().GetDirectory(fd, needed);
  if (!origin.ok()) return origin.error();
  ErrnoOr<std::string> text = call.memory.ReadPath(path, length);
  if (!text.ok()) return text.error();
  auto entry = call.context.sandbox().OpenParent((*origin)->host.get(), *text);
  if (!entry.ok()) return entry.error();
  return Place{std::move(*origin), std::move(*entry)};
}

// Opens what the path names, without access to its contents.
ErrnoOr<HostFd> OpenNode(Call& call, Fd fd, Rights needed, Flags lookup_flags, Pointer path,
                         Size length) {
  if ((lookup_flags & ~kAllLookupFlags) != 0) return Errno::kInval;
  auto origin = call.context.descriptors().GetDirectory(fd, needed);
  if (!origin.ok()) return origin.error();
  ErrnoOr<std::string> text = call.memory.ReadPath(path, length);
  if (!text.ok()) return text.error();
  int follow = (lookup_flags & kLookupSymlinkFollow) != 0 ? 0 : O_NOFOLLOW;
  return call.context.sandbox().Open((*origin)->host.get(), *text, O_PATH | follow);
}

}  // namespace

Errno PathCreateDirectory(Call& call, Fd fd, Pointer path, Size path_length) {
  ErrnoOr<Place> place = FindPlace(call, fd, kRightPathCreateDirectory, path, path_length);
  if (!place.ok()) return place.error();
  return CheckCall(mkdirat(place->directory(), place->name(), kDirectoryMode));
}

Errno PathFilestatGet(Call& call, Fd fd, Flags lookup_flags, Pointer path, Size path_length,
                      Pointer filestat) {
  ErrnoOr<HostFd> node = OpenNode(call, fd, kRightPathFilestatGet, lookup_flags, path, path_length);
  if (!node.ok()) return node.error();
  return PutFilestat(call.memory, filestat, node->get());
}

Errno PathFilestatSetTimes(Call& call, Fd fd, Flags lookup_flags, Pointer path, Size path_length,
                           Timestamp access, Timestamp modification, Flags times_flags) {
  ErrnoOr<FileTimes> times = MakeFileTimes(access, modification, times_flags);
  if (!times.ok()) return times.error();
  ErrnoOr<HostFd> node =
      OpenNode(call, fd, kRightPathFilestatSetTimes, lookup_flags, path, path_length);
  if (!node.ok()) return node.error();
  if (utimensat(node->get(), "", times->access_and_modification, AT_EMPTY_PATH) == 0) {
    return Errno::kSuccess;
  }
  if (errno != EINVAL) return LastErrno();
  // Kernels before 5.8 do not take AT_EMPTY_PATH here. This name of /proc is our own descriptor's.
  std::string name = absl::StrCat("/proc/self/fd/", node->get());
  return CheckCall(utimensat(AT_FDCWD, name.c_str(), times->access_and_modification, 0));
}

// Links to what a symbolic link names cannot be made without a privilege; Wasmtime refuses, too.
Errno PathLink(Call& call, Fd old_fd, Flags lookup_flags, Pointer old_path, Size old_path_length,
               Fd new_fd, Pointer new_path, Size new_path_length) {
  if (lookup_flags != 0) return Errno::kInval;
  ErrnoOr<Place> from = FindPlace(call, old_fd, kRightPathLinkSource, old_path, old_path_length);
  if (!from.ok()) return from.error();
  ErrnoOr<Place> to = FindPlace(call, new_fd, kRightPathLinkTarget, new_path, new_path_length);
  if (!to.ok()) return to.error();
  // The kernel would follow a symbolic link before the slash. A directory it is or nothing, and
  // directories cannot be linked.
  if (from->entry.name.ends_with('/')) {
    ErrnoOr<HostFd> node =
        OpenNode(call, old_fd, kRightPathLinkSource, 0, old_path, old_path_length);
    return node.ok() ? Errno::kPerm : node.error();
  }
  return CheckCall(linkat(from->directory(), from->name(), to->directory(), to->name(), 0));
}

// The link's text is cut off where the buffer ends, and has no NUL byte at its end.
Errno PathReadlink(Call& call, Fd fd, Pointer path, Size path_length, Pointer buffer,
                   Size buffer_size, Pointer used_size) {
  ErrnoOr<HostFd> node = OpenNode(call, fd, kRightPathReadlink, 0, path, path_length);
  if (!node.ok()) return node.error();
  auto place = call.memory.Range(buffer, buffer_size);
  if (!place || !call.memory.Holds<Size>(used_size)) return Errno::kFault;
  char text[PATH_MAX];
  ssize_t length = readlinkat(node->get(), "", text, sizeof(text));
  // An empty path is no error of the guest's: what it names is no link.
  if (length < 0) return errno == ENOENT ? Errno::kInval : LastErrno();
  size_t used = std::min<size_t>(static_cast<size_t>(length), place->size());
  std::memcpy(place->data(), text, used);
  (void)call.memory.Write(used_size, static_cast<Size>(used));
  return Errno::kSuccess;
}

Errno PathRemoveDirectory(Call& call, Fd fd, Pointer path, Size path_length) {
  ErrnoOr<Place> place = FindPlace(call, fd, kRightPathRemoveDirectory, path, path_length);
  if (!place.ok()) return place.error();
  return CheckCall(unlinkat(place->directory(), place->name(), AT_REMOVEDIR));
}

Errno PathRename(Call& call, Fd old_fd, Pointer old_path, Size old_path_length, Fd new_fd,
                 Pointer new_path, Size new_path_length) {
  ErrnoOr<Place> from = FindPlace(call, old_fd, kRightPathRenameSource, old_path, old_path_length);
  if (!from.ok()) return from.error();
  ErrnoOr<Place> to = FindPlace(call, new_fd, kRightPathRenameTarget, new_path, new_path_length);
  if (!to.ok()) return to.error();
  return CheckCall(renameat(from->directory(), from->name(), to->directory(), to->name()));
}

// A link may say what it likes beneath: where it leads is checked when it is followed. One that
// leaves for certain is not made, since other programs might follow it.
Errno PathSymlink(Call& call, Pointer target, Size target_length, Fd fd, Pointer path,
                  Size path_length) {
  ErrnoOr<std::string> text = call.memory.ReadPath(target, target_length);
  if (!text.ok()) return text.error();
  if (text->find('\0') != std::string::npos) return Errno::kInval;
  if (text->starts_with('/')) return Errno::kPerm;
  ErrnoOr<Place> place = FindPlace(call, fd, kRightPathSymlink, path, path_length);
  if (!place.ok()) return place.error();
  return CheckCall(symlinkat(text->c_str(), place->directory(), place->name()));
}

Errno PathUnlinkFile(Call& call, Fd fd, Pointer path, Size path_length) {
  ErrnoOr<Place> place = FindPlace(call, fd, kRightPathUnlinkFile, path, path_length);
  if (!place.ok()) return place.error();
  return CheckCall(unlinkat(place->directory(), place->name(), 0));
}

}  // namespace wasmtier::wasi::preview1
