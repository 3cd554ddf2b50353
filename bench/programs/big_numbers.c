// Arithmetic on big numbers: factorials, a modular power, and digits of pi by Machin's formula.
#include <inttypes.h>
#include <string.h>

#include "common.h"

enum { kMostLimbs = 4096 };

// Limbs of nine decimal digits, least significant first.
static const uint32_t kBase = 1000000000;

static uint32_t MultiplySmall(uint32_t* limbs, uint32_t count, uint32_t factor) {
  uint64_t carry = 0;
  for (uint32_t i = 0; i < count; ++i) {
    uint64_t value = (uint64_t)limbs[i] * factor + carry;
    limbs[i] = (uint32_t)(value % kBase);
    carry = value / kBase;
  }
  if (carry != 0 && count < kMostLimbs) limbs[count++] = (uint32_t)carry;
  return count;
}

static void DivideSmall(uint32_t* limbs, uint32_t count, uint32_t divisor) {
  uint64_t rest = 0;
  for (uint32_t i = count; i-- > 0;) {
    uint64_t value = rest * kBase + limbs[i];
    limbs[i] = (uint32_t)(value / divisor);
    rest = value % divisor;
  }
}

static void AddTo(uint32_t* sum, const uint32_t* term, uint32_t count, int negative) {
  int64_t carry = 0;
  for (uint32_t i = 0; i < count; ++i) {
    int64_t value = (int64_t)sum[i] + carry + (negative ? -(int64_t)term[i] : (int64_t)term[i]);
    carry = 0;
    if (value < 0) {
      value += kBase;
      carry = -1;
    } else if (value >= kBase) {
      value -= kBase;
      carry = 1;
    }
    sum[i] = (uint32_t)value;
  }
}

static int IsZero(const uint32_t* limbs, uint32_t count) {
  while (count > 0 && limbs[count - 1] == 0) --count;
  return count == 0;
}

// sum += sign * factor * arctan(1 / x), fixed point with the integer part in the last limb.
static void AddArctangent(uint32_t* sum, uint32_t count, uint32_t factor, uint32_t x,
                          int negative) {
  static uint32_t power[kMostLimbs];
  static uint32_t term[kMostLimbs];
  memset(power, 0, sizeof(power));
  power[count - 1] = factor;
  DivideSmall(power, count, x);
  for (uint32_t k = 1; !IsZero(power, count); k += 2) {
    memcpy(term, power, count * sizeof(uint32_t));
    DivideSmall(term, count, k);
    AddTo(sum, term, count, negative ^ (k % 4 == 3));
    DivideSmall(power, count, x * x);
  }
}

// The modulus is below 2^32. (Debian's 128-bit division for wasm32 does not link.)
static uint64_t PowerModulo(uint64_t base, uint64_t exponent, uint64_t modulus) {
  uint64_t result = 1;
  for (base %= modulus; exponent != 0; exponent >>= 1) {
    if (exponent & 1) result = result * base % modulus;
    base = base * base % modulus;
  }
  return result;
}

int main(int argc, char** argv) {
  uint32_t size = SizeArgument(argc, argv, 100);
  if (size > 9 * (kMostLimbs - 4)) return 2;
  static uint32_t limbs[kMostLimbs];
  limbs[0] = 1;
  uint32_t count = 1;
  for (uint32_t i = 2; i <= size; ++i) count = MultiplySmall(limbs, count, i);
  printf("%" PRIu32 "! has %" PRIu32 " limbs, sum %016" PRIx64 "\n", size, count,
         ChecksumBytes(0, limbs, count * sizeof(uint32_t)));

  // Two limbs more than are shown take up the rounding.
  uint32_t digits = size / 9 + 4;
  memset(limbs, 0, sizeof(limbs));
  AddArctangent(limbs, digits, 16, 5, 0);
  AddArctangent(limbs, digits, 4, 239, 1);
  printf("pi %" PRIu32 ".%09" PRIu32 "%09" PRIu32 "... last %09" PRIu32 "\n", limbs[digits - 1],
         limbs[digits - 2], limbs[digits - 3], limbs[2]);

  uint64_t sum = 0;
  for (uint32_t i = 0; i < size; ++i) {
    sum = Checksum(
        sum, PowerModulo(3 + i, UINT64_C(0xfedcba9876543210) >> (i % 32), UINT64_C(0xfffffffb)));
  }
  printf("powers %016" PRIx64 "\n", sum);
  return 0;
}
