// The strict LEB128 reader (spec: "Binary Format / Values / Integers"), shared by the loader and
// the body decoder: no more bytes than the type needs, and unused bits of the last byte are the
// sign.
#ifndef WASMTIER_RUNTIME_BASE_LEB128_H_
#define WASMTIER_RUNTIME_BASE_LEB128_H_

#include <cstdint>
#include <type_traits>

namespace wasmtier::runtime {

enum class LebError : uint8_t { kNone, kUnexpectedEnd, kTooLong, kTooLarge };

inline const char* ToString(LebError error) {
  switch (error) {
    case LebError::kNone:
      return "no error";
    case LebError::kUnexpectedEnd:
      return "unexpected end";
    case LebError::kTooLong:
      return "integer representation too long";
    case LebError::kTooLarge:
      return "integer too large";
  }
  return "";
}

namespace leb128_internal {

// The part of ReadLeb after the fast path. On an error `*position` is the offending byte.
template <typename T, int kBits>
[[gnu::noinline]] LebError ReadLong(const uint8_t** position, const uint8_t* end, T* value) {
  using Unsigned = std::make_unsigned_t<T>;
  constexpr int kTypeBits = sizeof(T) * 8;
  constexpr int kMaxBytes = (kBits + 6) / 7;
  constexpr int kLastBits = kBits - 7 * (kMaxBytes - 1);  // value bits in the last possible byte
  const uint8_t* p = *position;
  Unsigned result = 0;
  for (int i = 0; i < kMaxBytes; ++i, ++p) {
    if (p == end) {
      *position = p;
      return LebError::kUnexpectedEnd;
    }
    const uint8_t byte = *p;
    if (i == kMaxBytes - 1) {
      *position = p;
      if (byte & 0x80) return LebError::kTooLong;
      // The bits above the value's: all zero, or all copies of the sign bit.
      constexpr int kSigned = std::is_signed_v<T> ? 1 : 0;
      const int rest = byte >> (kLastBits - kSigned);
      constexpr int kAllOnes = 0x7f >> (kLastBits - kSigned);
      if (rest != 0 && !(kSigned && rest == kAllOnes)) return LebError::kTooLarge;
    }
    result |= static_cast<Unsigned>(byte & 0x7f) << (7 * i);
    if (!(byte & 0x80)) {
      const int bits = 7 * (i + 1);
      if (std::is_signed_v<T> && bits < kTypeBits && (byte & 0x40)) {
        result |= static_cast<Unsigned>(~Unsigned{0}) << bits;
      }
      *value = static_cast<T>(result);
      *position = p + 1;
      return LebError::kNone;
    }
  }
  __builtin_unreachable();  // the last byte returns
}

}  // namespace leb128_internal

// Reads an integer of `kBits` bits at `*position` and moves it behind. T is uint32_t, int32_t,
// uint64_t or int64_t; ReadLeb<int64_t, 33> reads the spec's s33. On an error `*position` is the
// offending byte and `*value` is unchanged.
template <typename T, int kBits = sizeof(T) * 8>
[[gnu::always_inline]] inline LebError ReadLeb(const uint8_t** position, const uint8_t* end,
                                               T* value) {
  static_assert(kBits > 7 && kBits <= static_cast<int>(sizeof(T)) * 8);
  const uint8_t* p = *position;
  if (p != end && *p < 0x80) [[likely]] {
    if constexpr (std::is_signed_v<T>) {
      *value = static_cast<T>(static_cast<int8_t>(*p << 1) >> 1);
    } else {
      *value = *p;
    }
    *position = p + 1;
    return LebError::kNone;
  }
  return leb128_internal::ReadLong<T, kBits>(position, end, value);
}

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_BASE_LEB128_H_
