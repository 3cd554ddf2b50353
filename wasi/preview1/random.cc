// Random bytes, from the kernel.
#include <sys/random.h>

#include <cerrno>

#include "wasi/preview1/functions.h"

namespace wasmtier::wasi::preview1 {

Errno RandomGet(Call& call, Pointer buffer, Size buffer_size) {
  auto bytes = call.memory.Range(buffer, buffer_size);
  if (!bytes) return Errno::kFault;
  // The kernel gives at most 32 MiB at once, and less when a signal comes.
  for (size_t done = 0; done < bytes->size();) {
    ssize_t got = getrandom(bytes->data() + done, bytes->size() - done, 0);
    if (got >= 0) {
      done += static_cast<size_t>(got);
    } else if (errno != EINTR) {
      return LastErrno();
    }
  }
  return Errno::kSuccess;
}

}  // namespace wasmtier::wasi::preview1
