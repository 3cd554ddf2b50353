// Arguments and environment: lists of strings that end with a NUL byte.
#include <limits>

#include "wasi/preview1/functions.h"

namespace wasmtier::wasi::preview1 {
namespace {

// With the NUL bytes. More than a guest can address is no size.
ErrnoOr<Size> BufferSize(const std::vector<std::string>& strings) {
  uint64_t size = 0;
  for (const std::string& string : strings) size += string.size() + 1;
  if (size > std::numeric_limits<Size>::max()) return Errno::kOverflow;
  return static_cast<Size>(size);
}

Errno PutStrings(const GuestMemory& memory, const std::vector<std::string>& strings,
                 Pointer pointers, Pointer buffer) {
  ErrnoOr<Size> size = BufferSize(strings);
  if (!size.ok()) return size.error();
  auto texts = memory.Range(buffer, *size);
  auto table = memory.Range(pointers, strings.size() * sizeof(Pointer));
  if (!texts || !table) return Errno::kFault;
  Size offset = 0;
  for (size_t i = 0; i < strings.size(); ++i) {
    PutField<Pointer>(table->data(), i * sizeof(Pointer), buffer + offset);
    std::memcpy(texts->data() + offset, strings[i].c_str(), strings[i].size() + 1);
    offset += static_cast<Size>(strings[i].size() + 1);
  }
  return Errno::kSuccess;
}

Errno PutSizes(const GuestMemory& memory, const std::vector<std::string>& strings, Pointer count,
               Pointer buffer_size) {
  ErrnoOr<Size> size = BufferSize(strings);
  if (!size.ok()) return size.error();
  bool is_put = memory.Write<Size>(count, static_cast<Size>(strings.size())) &&
                memory.Write<Size>(buffer_size, *size);
  return is_put ? Errno::kSuccess : Errno::kFault;
}

}  // namespace

Errno ArgsGet(Call& call, Pointer argv, Pointer buffer) {
  return PutStrings(call.memory, call.context.args(), argv, buffer);
}

Errno ArgsSizesGet(Call& call, Pointer count, Pointer buffer_size) {
  return PutSizes(call.memory, call.context.args(), count, buffer_size);
}

Errno EnvironGet(Call& call, Pointer environ, Pointer buffer) {
  return PutStrings(call.memory, call.context.environment(), environ, buffer);
}

Errno EnvironSizesGet(Call& call, Pointer count, Pointer buffer_size) {
  return PutSizes(call.memory, call.context.environment(), count, buffer_size);
}

}  // namespace wasmtier::wasi::preview1
