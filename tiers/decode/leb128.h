// LEB128 integers (spec: "Binary Format / Values / Integers"): at most ceil(N / 7) bytes, unused
// bits of the last one zero or a sign extension.
#ifndef WASMTIER_TIERS_DECODE_LEB128_H_
#define WASMTIER_TIERS_DECODE_LEB128_H_

#include <cstdint>

namespace wasmtier::decode {

enum class Leb128Error : uint8_t { kNone, kTooLong, kTooLarge, kUnexpectedEnd };

// The spec's phrase.
constexpr const char* ToString(Leb128Error error) {
  switch (error) {
    case Leb128Error::kTooLong:
      return "integer representation too long";
    case Leb128Error::kTooLarge:
      return "integer too large";
    case Leb128Error::kUnexpectedEnd:
      return "unexpected end";
    case Leb128Error::kNone:
      break;
  }
  return "";
}

struct Leb128Result {
  uint64_t value = 0;             // sign-extended to 64 bits where signed
  const uint8_t* next = nullptr;  // the byte after it
  Leb128Error error = Leb128Error::kNone;
};

// Reads an integer of kBits bits; reads no byte at or after `end`.
template <int kBits, bool kSigned>
constexpr Leb128Result ReadLeb128(const uint8_t* position, const uint8_t* end) {
  constexpr int kMaxBytes = (kBits + 6) / 7;
  constexpr int kLastBits = kBits - 7 * (kMaxBytes - 1);  // of the last byte that carry value
  uint64_t value = 0;
  for (int i = 0; i < kMaxBytes; ++i) {
    if (position == end) return {0, position, Leb128Error::kUnexpectedEnd};
    const uint8_t byte = *position++;
    value |= static_cast<uint64_t>(byte & 0x7f) << (7 * i);
    const bool last = i == kMaxBytes - 1;
    if ((byte & 0x80) != 0) {
      if (last) return {0, position, Leb128Error::kTooLong};
      continue;
    }
    if (last) {
      // The bits above the value's, for signed integers with its sign bit, must be all equal.
      constexpr int kUnused = kSigned ? 8 - kLastBits : 7 - kLastBits;
      constexpr uint8_t kMask = static_cast<uint8_t>(0x7f & ~(0x7f >> kUnused));
      const uint8_t unused = byte & kMask;
      if (unused != 0 && !(kSigned && unused == kMask)) {
        return {0, position, Leb128Error::kTooLarge};
      }
    }
    if (kSigned) {
      const int shift = 64 - 7 * (i + 1);
      if (shift > 0) value = static_cast<uint64_t>(static_cast<int64_t>(value << shift) >> shift);
    }
    return {value, position, Leb128Error::kNone};
  }
  return {0, position, Leb128Error::kTooLong};
}

}  // namespace wasmtier::decode

#endif  // WASMTIER_TIERS_DECODE_LEB128_H_
