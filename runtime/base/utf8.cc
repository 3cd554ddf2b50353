#include "runtime/base/utf8.h"

#include <cstddef>
#include <cstring>

namespace wasmtier::runtime {
namespace {

bool IsContinuation(uint8_t byte) { return (byte & 0xc0) == 0x80; }

// The length of the valid encoding of one code point above U+007F at `p`, or 0.
size_t SequenceLength(const uint8_t* p, size_t available) {
  const uint8_t first = p[0];
  if (first < 0xc2 || first > 0xf4) return 0;
  const size_t length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (available < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if (!IsContinuation(p[i])) return 0;
  }
  if (first == 0xe0 && p[1] < 0xa0) return 0;  // overlong
  if (first == 0xed && p[1] > 0x9f) return 0;  // surrogates
  if (first == 0xf0 && p[1] < 0x90) return 0;  // overlong
  if (first == 0xf4 && p[1] > 0x8f) return 0;  // above U+10FFFF
  return length;
}

}  // namespace

bool IsValidUtf8(std::span<const uint8_t> bytes) {
  const uint8_t* p = bytes.data();
  size_t left = bytes.size();
  while (left != 0) {
    uint64_t word;
    if (left >= sizeof word) {
      std::memcpy(&word, p, sizeof word);
      if ((word & 0x8080808080808080) == 0) {  // eight ASCII characters
        p += sizeof word;
        left -= sizeof word;
        continue;
      }
    }
    const size_t length = *p < 0x80 ? 1 : SequenceLength(p, left);
    if (length == 0) return false;
    p += length;
    left -= length;
  }
  return true;
}

}  // namespace wasmtier::runtime
