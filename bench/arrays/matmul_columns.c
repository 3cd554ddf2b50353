// A matrix product whose inner loop runs down a column and adds up in order: nothing to vectorize
// without changing the result.
#include <inttypes.h>

#include "bench/programs/common.h"

static void Multiply(size_t n, const double a[n][n], const double b[n][n], double c[n][n]) {
  for (size_t i = 0; i < n; i++) {
    for (size_t j = 0; j < n; j++) {
      double sum = 0;
      for (size_t k = 0; k < n; k++) sum += a[i][k] * b[k][j];
      c[i][j] = sum;
    }
  }
}

int main(int argc, char** argv) {
  size_t n = SizeArgument(argc, argv, 35);
  double(*a)[n] = malloc(n * sizeof(*a));
  double(*b)[n] = malloc(n * sizeof(*b));
  double(*c)[n] = malloc(n * sizeof(*c));
  if (a == NULL || b == NULL || c == NULL) return 3;
  uint64_t random = 5;
  for (size_t i = 0; i < n; i++) {
    for (size_t j = 0; j < n; j++) {
      a[i][j] = (double)(NextRandom(&random) % 2000) / 70.0 - 15.0;
      b[i][j] = (double)(NextRandom(&random) % 2000) / 70.0 - 15.0;
    }
  }
  Multiply(n, a, b, c);
  uint64_t sum = 0;
  for (size_t i = 0; i < n; i++) {
    for (size_t j = 0; j < n; j++) sum = Checksum(sum, BitsOf(c[i][j]));
  }
  printf("product %016" PRIx64 "\n", sum);
  free(a);
  free(b);
  free(c);
  return 0;
}
