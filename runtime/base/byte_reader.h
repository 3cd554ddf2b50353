// A cursor over a part of a module's bytes, whose errors stick: after the first one every read
// yields 0 and the rest counts as read, so that parsers check for errors once a loop, not once a
// read.
#ifndef WASMTIER_RUNTIME_BASE_BYTE_READER_H_
#define WASMTIER_RUNTIME_BASE_BYTE_READER_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "runtime/base/leb128.h"

namespace wasmtier::runtime {

class ByteReader {
 public:
  // Reads module[offset, end). Offsets in errors are the module's.
  ByteReader(std::span<const uint8_t> module, uint32_t offset, uint32_t end)
      : module_(module), position_(module.data() + offset), end_(module.data() + end) {}

  bool ok() const { return status_.ok(); }
  // True after an error, too.
  bool AtEnd() const { return position_ == end_; }
  uint32_t offset() const { return static_cast<uint32_t>(position_ - module_.data()); }
  uint32_t end_offset() const { return static_cast<uint32_t>(end_ - module_.data()); }
  uint32_t remaining() const { return static_cast<uint32_t>(end_ - position_); }
  // OK, or the first error.
  const absl::Status& status() const { return status_; }
  // The part that errors name: "in the type section".
  void set_place(const char* place) { place_ = place; }

  uint8_t Byte() {
    if (AtEnd()) [[unlikely]] {
      FailAtEnd();
      return 0;
    }
    return *position_++;
  }
  // The next byte, which stays; 0 at the end.
  uint8_t Peek() const { return AtEnd() ? 0 : *position_; }
  uint32_t U32() { return Leb<uint32_t, 32>(); }
  uint64_t U64() { return Leb<uint64_t, 64>(); }
  int32_t S32() { return Leb<int32_t, 32>(); }
  int64_t S64() { return Leb<int64_t, 64>(); }
  int64_t S33() { return Leb<int64_t, 33>(); }
  // The next `size` bytes.
  std::span<const uint8_t> Bytes(uint32_t size) {
    if (size > remaining()) [[unlikely]] {
      FailAtEnd();
      return {};
    }
    const std::span<const uint8_t> bytes(position_, size);
    position_ += size;
    return bytes;
  }
  // A length and as many bytes of UTF-8.
  std::string_view Name(uint64_t longest);
  // A count of entries that take at least `entry_bytes` each, so that the caller may reserve room
  // for them: a count that cannot fit is an error here. `existing` entries count against `limit`.
  uint32_t Count(const char* what, uint64_t limit, uint32_t entry_bytes, uint64_t existing = 0);
  // Continues at a later offset up to the end.
  void MoveTo(uint32_t offset) { position_ = module_.data() + offset; }

  // Keeps the first error and moves to the end. The message gets the offset and the place.
  void Fail(std::string_view message) { FailAt(offset(), message); }
  void FailAt(uint32_t offset, std::string_view message);
  void FailWith(absl::Status status);
  // A limit of ours is exceeded, not one of the format: ResourceExhausted, "too many types: 2, the
  // limit is 1".
  void FailLimit(uint32_t offset, std::string_view excess, uint64_t limit);

 private:
  template <typename T, int kBits>
  T Leb() {
    T value = 0;
    const LebError error = ReadLeb<T, kBits>(&position_, end_, &value);
    if (error != LebError::kNone) [[unlikely]] {
      FailLeb(error);
      return 0;
    }
    return value;
  }
  absl::Status Error(absl::StatusCode code, uint32_t offset, std::string_view message) const;
  void FailLeb(LebError error);
  void FailAtEnd();

  std::span<const uint8_t> module_;
  const uint8_t* position_;
  const uint8_t* end_;
  const char* place_ = "";
  absl::Status status_;
};

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_BASE_BYTE_READER_H_
