// Floating-point operators (spec: "Execution / Numerics / Floating-Point Operations") on float and
// double.
//
// NaNs: an operator that computes returns a quiet NaN, as the SSE instruction does that it compiles
// to; abs, neg and copysign only touch the sign bit, of NaNs too. Rounding is to nearest, ties to
// even. Nothing here becomes a call: with -msse4.1 the rounding operators are roundss and roundsd.
#ifndef WASMTIER_TIERS_SEMANTICS_FLOAT_H_
#define WASMTIER_TIERS_SEMANTICS_FLOAT_H_

#include <bit>
#include <cstdint>
#include <type_traits>

namespace wasmtier::semantics {

// The unsigned integer of a float's width.
template <typename T>
using BitsOf = std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>;

template <typename T>
inline constexpr BitsOf<T> kSignBit = BitsOf<T>{1} << (sizeof(T) * 8 - 1);

template <typename T>
[[gnu::always_inline]] constexpr BitsOf<T> ToBits(T value) {
  return std::bit_cast<BitsOf<T>>(value);
}
template <typename T>
[[gnu::always_inline]] constexpr T FromBits(BitsOf<T> bits) {
  return std::bit_cast<T>(bits);
}

template <typename T>
[[gnu::always_inline]] constexpr bool IsNan(T a) {
  return a != a;
}

template <typename T>
[[gnu::always_inline]] constexpr T FloatAdd(T a, T b) {
  return a + b;
}
template <typename T>
[[gnu::always_inline]] constexpr T FloatSub(T a, T b) {
  return a - b;
}
template <typename T>
[[gnu::always_inline]] constexpr T FloatMul(T a, T b) {
  return a * b;
}
template <typename T>
[[gnu::always_inline]]
#if defined(__clang__)
[[clang::no_sanitize("float-divide-by-zero")]]
#endif
constexpr T FloatDiv(T a, T b) {
  return a / b;
}

// The lesser operand, -0 before +0; NaN if one is.
template <typename T>
[[gnu::always_inline]] constexpr T Min(T a, T b) {
  if (IsNan(a) || IsNan(b)) return a + b;
  if (a == b) return FromBits<T>(ToBits(a) | ToBits(b));  // zeros differ in the sign alone
  return a < b ? a : b;
}
template <typename T>
[[gnu::always_inline]] constexpr T Max(T a, T b) {
  if (IsNan(a) || IsNan(b)) return a + b;
  if (a == b) return FromBits<T>(ToBits(a) & ToBits(b));
  return a > b ? a : b;
}

template <typename T>
[[gnu::always_inline]] constexpr T Abs(T a) {
  return FromBits<T>(ToBits(a) & ~kSignBit<T>);
}
template <typename T>
[[gnu::always_inline]] constexpr T Neg(T a) {
  return FromBits<T>(ToBits(a) ^ kSignBit<T>);
}
template <typename T>
[[gnu::always_inline]] constexpr T Copysign(T a, T b) {
  return FromBits<T>((ToBits(a) & ~kSignBit<T>) | (ToBits(b) & kSignBit<T>));
}

[[gnu::always_inline]] inline float Ceil(float a) { return __builtin_ceilf(a); }
[[gnu::always_inline]] inline double Ceil(double a) { return __builtin_ceil(a); }
[[gnu::always_inline]] inline float Floor(float a) { return __builtin_floorf(a); }
[[gnu::always_inline]] inline double Floor(double a) { return __builtin_floor(a); }
[[gnu::always_inline]] inline float Trunc(float a) { return __builtin_truncf(a); }
[[gnu::always_inline]] inline double Trunc(double a) { return __builtin_trunc(a); }
[[gnu::always_inline]] inline float Nearest(float a) { return __builtin_roundevenf(a); }
[[gnu::always_inline]] inline double Nearest(double a) { return __builtin_roundeven(a); }
[[gnu::always_inline]] inline float Sqrt(float a) { return __builtin_sqrtf(a); }
[[gnu::always_inline]] inline double Sqrt(double a) { return __builtin_sqrt(a); }

}  // namespace wasmtier::semantics

#endif  // WASMTIER_TIERS_SEMANTICS_FLOAT_H_
