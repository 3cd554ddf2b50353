// Recursion of four kinds: fib, tak, ackermann, and two functions that call each other.
#include <inttypes.h>

#include "common.h"

static uint32_t Fib(uint32_t n) { return n < 2 ? n : Fib(n - 1) + Fib(n - 2); }

static int32_t Tak(int32_t x, int32_t y, int32_t z) {
  if (y >= x) return z;
  return Tak(Tak(x - 1, y, z), Tak(y - 1, z, x), Tak(z - 1, x, y));
}

static uint32_t Ackermann(uint32_t m, uint32_t n) {
  if (m == 0) return n + 1;
  if (n == 0) return Ackermann(m - 1, 1);
  return Ackermann(m - 1, Ackermann(m, n - 1));
}

// Hofstadter's female and male sequences.
static uint32_t Male(uint32_t n);
static uint32_t Female(uint32_t n) { return n == 0 ? 1 : n - Male(Female(n - 1)); }
static uint32_t Male(uint32_t n) { return n == 0 ? 0 : n - Female(Male(n - 1)); }

int main(int argc, char** argv) {
  uint32_t size = SizeArgument(argc, argv, 18);
  printf("fib(%" PRIu32 ") = %" PRIu32 "\n", size, Fib(size));
  int32_t tak = (int32_t)size / 2;
  printf("tak(%" PRId32 ") = %" PRId32 "\n", tak, Tak(tak, tak / 2, 3));
  uint32_t depth = size / 4 + 1;
  printf("ackermann(3, %" PRIu32 ") = %" PRIu32 "\n", depth / 2, Ackermann(3, depth / 2));
  printf("ackermann(2, %" PRIu32 ") = %" PRIu32 "\n", size, Ackermann(2, size));
  printf("female(%" PRIu32 ") = %" PRIu32 "\n", size * 2, Female(size * 2));
  printf("male(%" PRIu32 ") = %" PRIu32 "\n", size * 2, Male(size * 2));
  return 0;
}
