// Integer operators that only vectors have (spec: "Execution / Numerics / Integer Operations"), on
// one lane: unsigned integers of 8 to 64 bits, as in int.h.
#ifndef WASMTIER_TIERS_SEMANTICS_VECTOR_INT_H_
#define WASMTIER_TIERS_SEMANTICS_VECTOR_INT_H_

#include <algorithm>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "tiers/semantics/int.h"

namespace wasmtier::semantics {

// The value of To that is nearest.
template <typename To>
[[gnu::always_inline]] constexpr To Saturate(int32_t value) {
  using Limits = std::numeric_limits<To>;
  return static_cast<To>(std::clamp<int32_t>(value, Limits::min(), Limits::max()));
}

template <typename T>
[[gnu::always_inline]] constexpr T Negate(T a) {
  return Sub(T{0}, a);
}
// The least number stays what it is.
template <typename T>
[[gnu::always_inline]] constexpr T AbsSigned(T a) {
  return Signed(a) < 0 ? Negate(a) : a;
}
template <typename T>
[[gnu::always_inline]] constexpr T Not(T a) {
  return static_cast<T>(~a);
}
template <typename T>
[[gnu::always_inline]] constexpr T AndNot(T a, T b) {
  return static_cast<T>(a & ~b);
}
// a where the mask's bits are set, b elsewhere.
template <typename T>
[[gnu::always_inline]] constexpr T BitSelect(T a, T b, T mask) {
  return static_cast<T>((a & mask) | (b & ~mask));
}

template <typename T>
[[gnu::always_inline]] constexpr T MinSigned(T a, T b) {
  return Signed(a) < Signed(b) ? a : b;
}
template <typename T>
[[gnu::always_inline]] constexpr T MaxSigned(T a, T b) {
  return Signed(a) < Signed(b) ? b : a;
}
template <typename T>
[[gnu::always_inline]] constexpr T MinUnsigned(T a, T b) {
  return a < b ? a : b;
}
template <typename T>
[[gnu::always_inline]] constexpr T MaxUnsigned(T a, T b) {
  return a < b ? b : a;
}

// Of 8 and 16 bits only, as all that follow.
template <typename T>
[[gnu::always_inline]] constexpr T AddSaturatingSigned(T a, T b) {
  return static_cast<T>(Saturate<std::make_signed_t<T>>(Signed(a) + Signed(b)));
}
template <typename T>
[[gnu::always_inline]] constexpr T AddSaturatingUnsigned(T a, T b) {
  return Saturate<T>(a + b);
}
template <typename T>
[[gnu::always_inline]] constexpr T SubSaturatingSigned(T a, T b) {
  return static_cast<T>(Saturate<std::make_signed_t<T>>(Signed(a) - Signed(b)));
}
template <typename T>
[[gnu::always_inline]] constexpr T SubSaturatingUnsigned(T a, T b) {
  return Saturate<T>(a - b);
}
template <typename T>
[[gnu::always_inline]] constexpr T AverageRounded(T a, T b) {
  return static_cast<T>((a + b + 1) / 2);
}

// Products of fractions with 15 bits, rounded. Only -1 * -1 does not fit.
[[gnu::always_inline]] constexpr uint16_t Q15MultiplyRounded(uint16_t a, uint16_t b) {
  return static_cast<uint16_t>((Signed(a) * Signed(b) + 0x4000) >> 15);
}
[[gnu::always_inline]] constexpr uint16_t Q15MultiplySaturating(uint16_t a, uint16_t b) {
  return static_cast<uint16_t>(Saturate<int16_t>((Signed(a) * Signed(b) + 0x4000) >> 15));
}

}  // namespace wasmtier::semantics

#endif  // WASMTIER_TIERS_SEMANTICS_VECTOR_INT_H_
