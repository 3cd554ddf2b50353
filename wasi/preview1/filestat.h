// The record `filestat`, as fd_filestat_get and path_filestat_get give it.
#ifndef WASMTIER_WASI_PREVIEW1_FILESTAT_H_
#define WASMTIER_WASI_PREVIEW1_FILESTAT_H_

#include "wasi/preview1/errno.h"
#include "wasi/preview1/guest_memory.h"

namespace wasmtier::wasi::preview1 {

// Of an open file; it may have been opened with O_PATH.
Errno PutFilestat(const GuestMemory& memory, Pointer filestat, int host_fd);

}  // namespace wasmtier::wasi::preview1

#endif  // WASMTIER_WASI_PREVIEW1_FILESTAT_H_
