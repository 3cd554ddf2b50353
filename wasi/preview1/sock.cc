// Sockets are not made yet: no guest can come by one, but for a standard stream that the host
// made a socket. Errors are those that a guest expects of descriptors of other kinds.
#include "wasi/preview1/functions.h"

namespace wasmtier::wasi::preview1 {
namespace {

Errno Refuse(Call& call, Fd fd) {
  ErrnoOr<std::shared_ptr<Descriptor>> descriptor = call.context.descriptors().Get(fd);
  if (!descriptor.ok()) return descriptor.error();
  return (*descriptor)->type == FileType::kSocketStream ? Errno::kNosys : Errno::kNotsock;
}

}  // namespace

Errno SockAccept(Call& call, Fd fd, Flags /*fd_flags*/, Pointer /*accepted_fd*/) {
  return Refuse(call, fd);
}

Errno SockRecv(Call& call, Fd fd, Pointer /*iovecs*/, Size /*iovec_count*/, Flags /*receive_flags*/,
               Pointer /*read_size*/, Pointer /*output_flags*/) {
  return Refuse(call, fd);
}

Errno SockSend(Call& call, Fd fd, Pointer /*iovecs*/, Size /*iovec_count*/, Flags /*send_flags*/,
               Pointer /*written_size*/) {
  return Refuse(call, fd);
}

Errno SockShutdown(Call& call, Fd fd, Flags /*how*/) { return Refuse(call, fd); }

}  // namespace wasmtier::wasi::preview1
