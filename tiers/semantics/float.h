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

// The lesser (greater) operand as a comparison tells, the first one if neither is: of NaNs, too.
template <typename T>
[[gnu::always_inline]] constexpr T PseudoMin(T a, T b) {
  return b < a ? b : a;
}
template <typename T>
[[gnu::always_inline]] constexpr T PseudoMax(T a, T b) {
  return a < b ? b : a;
}

template <typename T>
[[gnu::always_inline]] inline T Ceil(T a) {
  if constexpr (sizeof(T) == 4)
    return __builtin_ceilf(a);
  else
    return __builtin_ceil(a);
}
template <typename T>
[[gnu::always_inline]] inline T Floor(T a) {
  if constexpr (sizeof(T) == 4)
    return __builtin_floorf(a);
  else
    return __builtin_floor(a);
}
template <typename T>
[[gnu::always_inline]] inline T Trunc(T a) {
  if constexpr (sizeof(T) == 4)
    return __builtin_truncf(a);
  else
    return __builtin_trunc(a);
}
template <typename T>
[[gnu::always_inline]] inline T Nearest(T a) {
  if constexpr (sizeof(T) == 4)
    return __builtin_roundevenf(a);
  else
    return __builtin_roundeven(a);
}
template <typename T>
[[gnu::always_inline]] inline T Sqrt(T a) {
  if constexpr (sizeof(T) == 4)
    return __builtin_sqrtf(a);
  else
    return __builtin_sqrt(a);
}

}  // namespace wasmtier::semantics

#endif  // WASMTIER_TIERS_SEMANTICS_FLOAT_H_
