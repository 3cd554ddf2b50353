// Averages of five neighbours in a plane of f64 whose row length is known at run time.
#include <inttypes.h>

#include "bench/programs/common.h"

static void Relax(size_t n, const double from[n][n], double to[n][n]) {
  for (size_t i = 1; i < n - 1; i++) {
    for (size_t j = 1; j < n - 1; j++) {
      to[i][j] = 0.2 * (from[i][j] + from[i][j - 1] + from[i][j + 1] + from[i + 1][j] +
                        from[i - 1][j]);
    }
  }
}

int main(int argc, char** argv) {
  uint32_t steps = SizeArgument(argc, argv, 3);
  size_t n = 150 + steps % 2;  // not a constant
  double(*a)[n] = malloc(n * sizeof(*a));
  double(*b)[n] = malloc(n * sizeof(*b));
  if (a == NULL || b == NULL) return 3;
  for (size_t i = 0; i < n; i++) {
    for (size_t j = 0; j < n; j++) {
      a[i][j] = ((double)i * (double)(j + 2) + 2) / (double)n;
      b[i][j] = ((double)i * (double)(j + 3) + 3) / (double)n;
    }
  }
  for (uint32_t step = 0; step < steps; step++) {
    Relax(n, a, b);
    Relax(n, b, a);
  }
  uint64_t sum = 0;
  for (size_t i = 0; i < n; i++) {
    for (size_t j = 0; j < n; j++) sum = Checksum(sum, BitsOf(a[i][j]));
  }
  printf("plane %016" PRIx64 "\n", sum);
  free(a);
  free(b);
  return 0;
}
