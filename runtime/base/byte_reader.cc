#include "runtime/base/byte_reader.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/base/utf8.h"

namespace wasmtier::runtime {

void ByteReader::FailWith(absl::Status status) {
  if (status_.ok()) status_ = std::move(status);
  position_ = end_;
}

absl::Status ByteReader::Error(absl::StatusCode code, uint32_t offset,
                               std::string_view message) const {
  return absl::Status(code, absl::StrCat(std::string(message), " (at offset 0x", absl::Hex(offset),
                                         *place_ ? " " : "", place_, ")"));
}

void ByteReader::FailAt(uint32_t offset, std::string_view message) {
  if (ok()) status_ = Error(absl::StatusCode::kInvalidArgument, offset, message);
  position_ = end_;
}

void ByteReader::FailLimit(uint32_t offset, std::string_view excess, uint64_t limit) {
  if (ok()) {
    status_ = Error(absl::StatusCode::kResourceExhausted, offset,
                    absl::StrCat(std::string(excess), ", the limit is ", limit));
  }
  position_ = end_;
}

void ByteReader::FailAtEnd() {
  const bool is_module_end = end_ == module_.data() + module_.size();
  FailAt(end_offset(), is_module_end ? "unexpected end" : "unexpected end of section or function");
}

void ByteReader::FailLeb(LebError error) {
  if (error == LebError::kUnexpectedEnd) {
    FailAtEnd();
  } else {
    Fail(ToString(error));
  }
}

std::string_view ByteReader::Name(uint64_t longest) {
  const uint32_t start = offset();
  const uint32_t length = U32();
  if (length > longest) {
    FailLimit(start, absl::StrCat("name too long: ", length, " bytes"), longest);
    return {};
  }
  const std::span<const uint8_t> bytes = Bytes(length);
  if (!IsValidUtf8(bytes)) {
    FailAt(start, "malformed UTF-8 encoding");
    return {};
  }
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

uint32_t ByteReader::Count(const char* what, uint64_t limit, uint32_t entry_bytes,
                           uint64_t existing) {
  const uint32_t start = offset();
  const uint32_t count = U32();
  if (existing + count > limit) {
    FailLimit(start, absl::StrCat("too many ", what, ": ", existing + count), limit);
    return 0;
  }
  if (count > remaining() / entry_bytes) {
    FailAtEnd();
    return 0;
  }
  return count;
}

}  // namespace wasmtier::runtime
