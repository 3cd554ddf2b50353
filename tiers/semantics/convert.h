// Conversions (spec: "Execution / Numerics / Conversions"). Integers are uint32_t and uint64_t;
// where the sign matters, the signed type is the template argument.
#ifndef WASMTIER_TIERS_SEMANTICS_CONVERT_H_
#define WASMTIER_TIERS_SEMANTICS_CONVERT_H_

#include <bit>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "tiers/semantics/float.h"

namespace wasmtier::semantics {

// Whether trunc(a) is a value of the integer type Int; false for NaN. The bounds are exact in
// Float: the lower one is the least value itself where Float cannot represent the number before it.
template <typename Int, typename Float>
[[gnu::always_inline]] constexpr bool TruncFits(Float a) {
  constexpr Float kUpper =
      static_cast<Float>(std::numeric_limits<Int>::max() / 2 + 1) * 2;  // max + 1, a power of two
  if constexpr (std::is_unsigned_v<Int>) {
    return a > Float{-1} && a < kUpper;
  } else if constexpr (std::is_same_v<Float, double> && sizeof(Int) == 4) {
    return a > -kUpper - 1 && a < kUpper;
  } else {
    return a >= -kUpper && a < kUpper;
  }
}

// Must fit (TruncFits). Int is the signed or unsigned type; the result is its bits.
template <typename Int, typename Float>
[[gnu::always_inline]] constexpr std::make_unsigned_t<Int> TruncToInt(Float a) {
  return static_cast<std::make_unsigned_t<Int>>(static_cast<Int>(a));
}

// NaN becomes 0, what does not fit the nearest value that does.
template <typename Int, typename Float>
[[gnu::always_inline]] constexpr std::make_unsigned_t<Int> TruncSaturating(Float a) {
  if (TruncFits<Int>(a)) [[likely]]
    return TruncToInt<Int>(a);
  if (IsNan(a)) return 0;
  return static_cast<std::make_unsigned_t<Int>>(a < 0 ? std::numeric_limits<Int>::min()
                                                      : std::numeric_limits<Int>::max());
}

template <typename Int, typename Float>
[[gnu::always_inline]] constexpr Float ConvertToFloat(std::make_unsigned_t<Int> a) {
  return static_cast<Float>(static_cast<Int>(a));
}

[[gnu::always_inline]] constexpr float Demote(double a) { return static_cast<float>(a); }
[[gnu::always_inline]] constexpr double Promote(float a) { return static_cast<double>(a); }

[[gnu::always_inline]] constexpr uint32_t Wrap(uint64_t a) { return static_cast<uint32_t>(a); }
[[gnu::always_inline]] constexpr uint64_t ExtendI32Signed(uint32_t a) {
  return static_cast<uint64_t>(int64_t{static_cast<int32_t>(a)});
}
[[gnu::always_inline]] constexpr uint64_t ExtendI32Unsigned(uint32_t a) { return a; }

template <typename To, typename From>
[[gnu::always_inline]] constexpr To Reinterpret(From a) {
  return std::bit_cast<To>(a);
}

}  // namespace wasmtier::semantics

#endif  // WASMTIER_TIERS_SEMANTICS_CONVERT_H_
