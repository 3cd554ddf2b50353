#include "wasi/preview1/errno.h"

#include <cerrno>

namespace wasmtier::wasi::preview1 {

static_assert(static_cast<int>(Errno::k2Big) == 1);
static_assert(static_cast<int>(Errno::kInval) == 28);
static_assert(static_cast<int>(Errno::kXdev) == 75);
static_assert(static_cast<int>(Errno::kNotcapable) == 76);

Errno FromLinux(int linux_errno) {
  switch (linux_errno) {
    case 0:
      return Errno::kSuccess;
#define WASI_ERRNO(enumerator, linux_errno, name) \
  case linux_errno:                               \
    return Errno::enumerator;
#include "wasi/preview1/errno.def"
    default:
      return Errno::kIo;
  }
}

Errno LastErrno() { return FromLinux(errno); }

Errno CheckCall(int64_t result) { return result >= 0 ? Errno::kSuccess : LastErrno(); }

std::string_view Name(Errno error) {
  switch (error) {
    case Errno::kSuccess:
      return "success";
#define WASI_ERRNO(enumerator, linux_errno, name) \
  case Errno::enumerator:                         \
    return name;
#include "wasi/preview1/errno.def"
    case Errno::kNotcapable:
      return "notcapable";
  }
  return "unknown";
}

}  // namespace wasmtier::wasi::preview1
