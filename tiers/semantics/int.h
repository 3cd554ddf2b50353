// Integer operators (spec: "Execution / Numerics / Integer Operations") on uint32_t and uint64_t,
// in lanes on uint8_t and uint16_t, too; signedness is the operator's. The names are the spec's:
// IaddN is Add.
#ifndef WASMTIER_TIERS_SEMANTICS_INT_H_
#define WASMTIER_TIERS_SEMANTICS_INT_H_

#include <bit>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace wasmtier::semantics {

template <typename T>
inline constexpr int kBits = sizeof(T) * 8;

template <typename T>
constexpr std::make_signed_t<T> Signed(T value) {
  return static_cast<std::make_signed_t<T>>(value);
}

template <typename T>
[[gnu::always_inline]] constexpr T Add(T a, T b) {
  return static_cast<T>(a + b);
}
template <typename T>
[[gnu::always_inline]] constexpr T Sub(T a, T b) {
  return static_cast<T>(a - b);
}
template <typename T>
[[gnu::always_inline]] constexpr T Mul(T a, T b) {
  return static_cast<T>(a * (0u + b));  // of int, which uint16_t becomes, it could overflow
}

// Division traps for a zero divisor, signed division also where the quotient does not fit. The
// operators must not be called then.
template <typename T>
[[gnu::always_inline]] constexpr bool DividesByZero(T divisor) {
  return divisor == 0;
}
template <typename T>
[[gnu::always_inline]] constexpr bool DivSignedOverflows(T a, T b) {
  return Signed(a) == std::numeric_limits<std::make_signed_t<T>>::min() && Signed(b) == -1;
}
template <typename T>
[[gnu::always_inline]] constexpr T DivSigned(T a, T b) {
  return static_cast<T>(Signed(a) / Signed(b));
}
template <typename T>
[[gnu::always_inline]] constexpr T DivUnsigned(T a, T b) {
  return a / b;
}
// The remainder of the one overflowing division is 0; the machine's division would fault.
template <typename T>
[[gnu::always_inline]] constexpr T RemSigned(T a, T b) {
  return Signed(b) == -1 ? 0 : static_cast<T>(Signed(a) % Signed(b));
}
template <typename T>
[[gnu::always_inline]] constexpr T RemUnsigned(T a, T b) {
  return a % b;
}

template <typename T>
[[gnu::always_inline]] constexpr T And(T a, T b) {
  return a & b;
}
template <typename T>
[[gnu::always_inline]] constexpr T Or(T a, T b) {
  return a | b;
}
template <typename T>
[[gnu::always_inline]] constexpr T Xor(T a, T b) {
  return a ^ b;
}

// Shift and rotation counts are taken modulo the width.
template <typename T>
[[gnu::always_inline]] constexpr T Shl(T a, T count) {
  return static_cast<T>(a << (count & (kBits<T> - 1)));
}
template <typename T>
[[gnu::always_inline]] constexpr T ShrSigned(T a, T count) {
  return static_cast<T>(Signed(a) >> (count & (kBits<T> - 1)));
}
template <typename T>
[[gnu::always_inline]] constexpr T ShrUnsigned(T a, T count) {
  return static_cast<T>(a >> (count & (kBits<T> - 1)));
}
template <typename T>
[[gnu::always_inline]] constexpr T Rotl(T a, T count) {
  return std::rotl(a, static_cast<int>(count & (kBits<T> - 1)));
}
template <typename T>
[[gnu::always_inline]] constexpr T Rotr(T a, T count) {
  return std::rotr(a, static_cast<int>(count & (kBits<T> - 1)));
}

template <typename T>
[[gnu::always_inline]] constexpr T Clz(T a) {
  return static_cast<T>(std::countl_zero(a));
}
template <typename T>
[[gnu::always_inline]] constexpr T Ctz(T a) {
  return static_cast<T>(std::countr_zero(a));
}
template <typename T>
[[gnu::always_inline]] constexpr T Popcnt(T a) {
  return static_cast<T>(std::popcount(a));
}

// Sign extension of the low bits, which Narrow is as wide as.
template <typename Narrow, typename T>
[[gnu::always_inline]] constexpr T ExtendSigned(T a) {
  return static_cast<T>(std::make_signed_t<T>{static_cast<Narrow>(a)});
}

template <typename T>
[[gnu::always_inline]] constexpr uint32_t Eqz(T a) {
  return a == 0;
}
template <typename T>
[[gnu::always_inline]] constexpr uint32_t LtSigned(T a, T b) {
  return Signed(a) < Signed(b);
}
template <typename T>
[[gnu::always_inline]] constexpr uint32_t GtSigned(T a, T b) {
  return Signed(a) > Signed(b);
}
template <typename T>
[[gnu::always_inline]] constexpr uint32_t LeSigned(T a, T b) {
  return Signed(a) <= Signed(b);
}
template <typename T>
[[gnu::always_inline]] constexpr uint32_t GeSigned(T a, T b) {
  return Signed(a) >= Signed(b);
}

// Comparisons that are those of C++: of unsigned integers and of floats (false for a NaN, Ne true).
template <typename T>
[[gnu::always_inline]] constexpr uint32_t Eq(T a, T b) {
  return a == b;
}
template <typename T>
[[gnu::always_inline]] constexpr uint32_t Ne(T a, T b) {
  return a != b;
}
template <typename T>
[[gnu::always_inline]] constexpr uint32_t Lt(T a, T b) {
  return a < b;
}
template <typename T>
[[gnu::always_inline]] constexpr uint32_t Gt(T a, T b) {
  return a > b;
}
template <typename T>
[[gnu::always_inline]] constexpr uint32_t Le(T a, T b) {
  return a <= b;
}
template <typename T>
[[gnu::always_inline]] constexpr uint32_t Ge(T a, T b) {
  return a >= b;
}

}  // namespace wasmtier::semantics

#endif  // WASMTIER_TIERS_SEMANTICS_INT_H_
