// Vector operators (spec: "Execution / Numerics", the definitions of vectors), as templates over
// what they do with a lane. Lanes are unsigned integers or floats; where the sign matters, the
// signed type is the template argument. Loops over lanes have constant bounds: clang makes vector
// instructions of most of them.
#ifndef WASMTIER_TIERS_SEMANTICS_VECTOR_H_
#define WASMTIER_TIERS_SEMANTICS_VECTOR_H_

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "tiers/semantics/convert.h"
#include "tiers/semantics/float.h"
#include "tiers/semantics/int.h"
#include "tiers/semantics/vector_int.h"

namespace wasmtier::semantics {

// 16 bytes, lane 0 first, each lane little-endian.
struct V128 {
  std::array<uint8_t, 16> bytes;
  bool operator==(const V128&) const = default;
};

template <typename T>
inline constexpr int kLanes = 16 / sizeof(T);
template <typename T>
struct LanesType {
  typedef T Type __attribute__((vector_size(16)));
};
template <typename T>
using Lanes = typename LanesType<T>::Type;

template <typename T>
[[gnu::always_inline]] constexpr Lanes<T> LanesOf(const V128& vector) {
  return std::bit_cast<Lanes<T>>(vector);
}
template <typename T>
[[gnu::always_inline]] constexpr V128 VectorOf(const Lanes<T>& lanes) {
  return std::bit_cast<V128>(lanes);
}

// The integer of twice the width.
template <typename T>
using Twice =
    std::conditional_t<std::is_signed_v<T>,
                       std::conditional_t<sizeof(T) == 1, int16_t,
                                          std::conditional_t<sizeof(T) == 2, int32_t, int64_t>>,
                       std::conditional_t<sizeof(T) == 1, uint16_t,
                                          std::conditional_t<sizeof(T) == 2, uint32_t, uint64_t>>>;

template <auto function>
struct LaneFunction;
template <typename Result, typename Operand, typename... Operands,
          Result (*function)(Operand, Operands...)>
struct LaneFunction<function> {
  using R = Result;
  using T = Operand;
};

// The function on every lane. If operands have more lanes than the result, on the lower ones (the
// "low" conversions); if they have fewer, the result's upper lanes are zero ("zero").
template <auto function, typename... Vectors>
[[gnu::always_inline]] constexpr V128 Lanewise(const Vectors&... operands) {
  using R = typename LaneFunction<function>::R;
  using T = typename LaneFunction<function>::T;
  Lanes<R> result{};
  for (int i = 0; i < kLanes<R> && i < kLanes<T>; ++i)
    result[i] = function(LanesOf<T>(operands)[i]...);
  return VectorOf<R>(result);
}

// A comparison of lanes: all bits of a lane are set where it is true.
template <auto comparison>
[[gnu::always_inline]] constexpr V128 Comparison(const V128& a, const V128& b) {
  using T = typename LaneFunction<comparison>::T;
  using Mask = std::conditional_t<
      sizeof(T) == 1, uint8_t,
      std::conditional_t<sizeof(T) == 2, uint16_t,
                         std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>>>;
  const Lanes<T> lanes_a = LanesOf<T>(a);
  const Lanes<T> lanes_b = LanesOf<T>(b);
  Lanes<Mask> result{};
  for (int i = 0; i < kLanes<T>; ++i)
    result[i] = comparison(lanes_a[i], lanes_b[i]) != 0 ? static_cast<Mask>(~Mask{0}) : Mask{0};
  return VectorOf<Mask>(result);
}

// The count is taken modulo the lane's width.
template <auto shift>
[[gnu::always_inline]] constexpr V128 Shift(const V128& a, uint32_t count) {
  using T = typename LaneFunction<shift>::T;
  Lanes<T> lanes = LanesOf<T>(a);
  for (int i = 0; i < kLanes<T>; ++i) lanes[i] = shift(lanes[i], static_cast<T>(count));
  return VectorOf<T>(lanes);
}

[[gnu::always_inline]] constexpr V128 Identity(const V128& a) { return a; }

template <typename T>
[[gnu::always_inline]] constexpr V128 Splat(T value) {
  Lanes<T> lanes{};
  for (int i = 0; i < kLanes<T>; ++i) lanes[i] = value;
  return VectorOf<T>(lanes);
}
// Of integers narrower than what is on the operand stack.
template <typename T>
[[gnu::always_inline]] constexpr V128 SplatLow(uint32_t value) {
  return Splat(static_cast<T>(value));
}
template <typename T>
[[gnu::always_inline]] constexpr V128 SplatLowestLane(const V128& a) {
  return Splat(LanesOf<T>(a)[0]);
}

// Lane is the lane's type, its signedness that of the extension to Result.
template <typename Lane, typename Result = Lane>
[[gnu::always_inline]] constexpr Result ExtractLane(const V128& a, uint32_t lane) {
  return static_cast<Result>(LanesOf<Lane>(a)[lane]);
}
template <typename Lane, typename Value = Lane>
[[gnu::always_inline]] constexpr V128 ReplaceLane(const V128& a, Value value, uint32_t lane) {
  Lanes<Lane> lanes = LanesOf<Lane>(a);
  lanes[lane] = static_cast<Lane>(value);
  return VectorOf<Lane>(lanes);
}

// What Swizzle selects by an index: 0 beyond the vector.
[[gnu::always_inline]] constexpr V128 Swizzle(const V128& a, const V128& indices) {
  V128 result{};
  for (int i = 0; i < 16; ++i)
    result.bytes[i] = indices.bytes[i] < 16 ? a.bytes[indices.bytes[i]] : uint8_t{0};
  return result;
}
// Indices from 16 on select of b.
[[gnu::always_inline]] constexpr V128 Shuffle(const V128& a, const V128& b, const uint8_t* lanes) {
  std::array<uint8_t, 32> both{};
  for (int i = 0; i < 16; ++i) {
    both[i] = a.bytes[i];
    both[16 + i] = b.bytes[i];
  }
  V128 result{};
  for (int i = 0; i < 16; ++i) result.bytes[i] = both[lanes[i]];
  return result;
}

[[gnu::always_inline]] constexpr uint32_t AnyTrue(const V128& a) {
  const Lanes<uint64_t> lanes = LanesOf<uint64_t>(a);
  return (lanes[0] | lanes[1]) != 0;
}
template <typename T>
[[gnu::always_inline]] constexpr uint32_t AllTrue(const V128& a) {
  const Lanes<T> lanes = LanesOf<T>(a);
  bool result = true;
  for (int i = 0; i < kLanes<T>; ++i) result &= lanes[i] != 0;
  return result;
}
// The lanes' sign bits, lane 0's lowest.
template <typename T>
[[gnu::always_inline]] constexpr uint32_t Bitmask(const V128& a) {
  const Lanes<T> lanes = LanesOf<T>(a);
  uint32_t result = 0;
  for (int i = 0; i < kLanes<T>; ++i)
    result |= static_cast<uint32_t>(lanes[i] >> (kBits<T> - 1)) << i;
  return result;
}

// Lanes of both, saturated to the narrower To; From is signed.
template <typename From, typename To>
[[gnu::always_inline]] constexpr V128 Narrow(const V128& a, const V128& b) {
  const Lanes<From> lanes_a = LanesOf<From>(a);
  const Lanes<From> lanes_b = LanesOf<From>(b);
  Lanes<To> result{};
  for (int i = 0; i < kLanes<From>; ++i) {
    result[i] = Saturate<To>(lanes_a[i]);
    result[kLanes<From> + i] = Saturate<To>(lanes_b[i]);
  }
  return VectorOf<To>(result);
}

// Half of the lanes at twice the width.
template <typename T, bool high>
[[gnu::always_inline]] constexpr Lanes<Twice<T>> ExtendHalf(const V128& a) {
  const Lanes<T> lanes = LanesOf<T>(a);
  Lanes<Twice<T>> result{};
  for (int i = 0; i < kLanes<Twice<T>>; ++i) result[i] = lanes[i + (high ? kLanes<T> / 2 : 0)];
  return result;
}
template <typename T>
[[gnu::always_inline]] constexpr V128 ExtendLow(const V128& a) {
  return VectorOf<Twice<T>>(ExtendHalf<T, false>(a));
}
template <typename T>
[[gnu::always_inline]] constexpr V128 ExtendHigh(const V128& a) {
  return VectorOf<Twice<T>>(ExtendHalf<T, true>(a));
}
template <typename T, bool high>
[[gnu::always_inline]] constexpr V128 MultiplyHalf(const V128& a, const V128& b) {
  using Wide = Twice<T>;
  using Bits = std::make_unsigned_t<Wide>;
  const Lanes<Wide> lanes_a = ExtendHalf<T, high>(a);
  const Lanes<Wide> lanes_b = ExtendHalf<T, high>(b);
  Lanes<Bits> result{};
  for (int i = 0; i < kLanes<Wide>; ++i)
    result[i] = Mul(static_cast<Bits>(lanes_a[i]), static_cast<Bits>(lanes_b[i]));
  return VectorOf<Bits>(result);
}
template <typename T>
[[gnu::always_inline]] constexpr V128 MultiplyLow(const V128& a, const V128& b) {
  return MultiplyHalf<T, false>(a, b);
}
template <typename T>
[[gnu::always_inline]] constexpr V128 MultiplyHigh(const V128& a, const V128& b) {
  return MultiplyHalf<T, true>(a, b);
}
template <typename T>
[[gnu::always_inline]] constexpr V128 AddPairs(const V128& a) {
  const Lanes<T> lanes = LanesOf<T>(a);
  Lanes<Twice<T>> result{};
  for (int i = 0; i < kLanes<Twice<T>>; ++i)
    result[i] = static_cast<Twice<T>>(lanes[2 * i] + lanes[2 * i + 1]);
  return VectorOf<Twice<T>>(result);
}

// Sums of two products of signed lanes; the one sum that does not fit wraps.
[[gnu::always_inline]] constexpr V128 DotInt16(const V128& a, const V128& b) {
  const Lanes<int16_t> lanes_a = LanesOf<int16_t>(a);
  const Lanes<int16_t> lanes_b = LanesOf<int16_t>(b);
  Lanes<uint32_t> result{};
  for (int i = 0; i < 4; ++i) {
    result[i] = static_cast<uint32_t>(lanes_a[2 * i] * lanes_b[2 * i]) +
                static_cast<uint32_t>(lanes_a[2 * i + 1] * lanes_b[2 * i + 1]);
  }
  return VectorOf<uint32_t>(result);
}

}  // namespace wasmtier::semantics

#endif  // WASMTIER_TIERS_SEMANTICS_VECTOR_H_
