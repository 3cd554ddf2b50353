// Relaxed vector operators (spec: "Execution / Numerics", relaxed operations). An engine may choose
// among several results. The deterministic profile fixes the choice (spec: "Profiles"): strict
// operators' results where there is one, unfused multiplication and addition, signed operands of
// dot products, whose pairs' sums saturate. That is the default here. The names in Fast... are what
// x86-64's own instructions give, for who asks for them (runtime::RelaxedSimd): every tier must
// give the same.
#ifndef WASMTIER_TIERS_SEMANTICS_VECTOR_RELAXED_H_
#define WASMTIER_TIERS_SEMANTICS_VECTOR_RELAXED_H_

#include <cstdint>
#include <limits>

#include "tiers/semantics/vector.h"

namespace wasmtier::semantics {

template <typename T>
[[gnu::always_inline]] constexpr T MultiplyAdd(T a, T b, T c) {
  return a * b + c;
}
// The sign of a product is that of its factors: negating one is exact.
template <typename T>
[[gnu::always_inline]] constexpr T NegatedMultiplyAdd(T a, T b, T c) {
  return Neg(a) * b + c;
}

// Products of signed bytes, added in pairs; only the sum of -128 * -128 twice does not fit.
[[gnu::always_inline]] constexpr V128 DotInt8(const V128& a, const V128& b) {
  const Lanes<int8_t> lanes_a = LanesOf<int8_t>(a);
  const Lanes<int8_t> lanes_b = LanesOf<int8_t>(b);
  Lanes<int16_t> result{};
  for (int i = 0; i < 8; ++i) {
    result[i] = Saturate<int16_t>(lanes_a[2 * i] * lanes_b[2 * i] +
                                  lanes_a[2 * i + 1] * lanes_b[2 * i + 1]);
  }
  return VectorOf<int16_t>(result);
}
[[gnu::always_inline]] constexpr V128 DotInt8Add(const V128& a, const V128& b, const V128& c) {
  return Lanewise<Add<uint32_t>>(AddPairs<int16_t>(DotInt8(a, b)), c);
}

// fma, with one rounding.
template <typename T>
[[gnu::always_inline]] inline T FastMultiplyAdd(T a, T b, T c) {
  if constexpr (sizeof(T) == 4) {
    return __builtin_fmaf(a, b, c);
  } else {
    return __builtin_fma(a, b, c);
  }
}
template <typename T>
[[gnu::always_inline]] inline T FastNegatedMultiplyAdd(T a, T b, T c) {
  return FastMultiplyAdd(Neg(a), b, c);
}
// pshufb: an index below 128 counts modulo 16.
[[gnu::always_inline]] constexpr V128 FastSwizzle(const V128& a, const V128& indices) {
  V128 result{};
  for (int i = 0; i < 16; ++i)
    result.bytes[i] = indices.bytes[i] < 128 ? a.bytes[indices.bytes[i] & 15] : uint8_t{0};
  return result;
}
// blendv: by the mask's sign.
template <typename T>
[[gnu::always_inline]] constexpr T FastLaneSelect(T a, T b, T mask) {
  return Signed(mask) < 0 ? a : b;
}
// cvttps2dq, cvttpd2dq: the least integer for what does not fit.
template <typename Float>
[[gnu::always_inline]] constexpr uint32_t FastTrunc(Float a) {
  return TruncFits<int32_t>(a) ? TruncToInt<int32_t>(a) : 0x80000000;
}
// minps, maxps: the second operand if one is a NaN or both are zeros.
template <typename T>
[[gnu::always_inline]] constexpr T FastMin(T a, T b) {
  return a < b ? a : b;
}
template <typename T>
[[gnu::always_inline]] constexpr T FastMax(T a, T b) {
  return b < a ? a : b;
}
// pmaddubsw: b's bytes are unsigned, sums saturate.
[[gnu::always_inline]] constexpr V128 FastDotInt8(const V128& a, const V128& b) {
  const Lanes<int8_t> lanes_a = LanesOf<int8_t>(a);
  const Lanes<uint8_t> lanes_b = LanesOf<uint8_t>(b);
  Lanes<int16_t> result{};
  for (int i = 0; i < 8; ++i) {
    result[i] = Saturate<int16_t>(lanes_a[2 * i] * lanes_b[2 * i] +
                                  lanes_a[2 * i + 1] * lanes_b[2 * i + 1]);
  }
  return VectorOf<int16_t>(result);
}
[[gnu::always_inline]] constexpr V128 FastDotInt8Add(const V128& a, const V128& b, const V128& c) {
  return Lanewise<Add<uint32_t>>(AddPairs<int16_t>(FastDotInt8(a, b)), c);
}

}  // namespace wasmtier::semantics

#endif  // WASMTIER_TIERS_SEMANTICS_VECTOR_RELAXED_H_
