// LU decomposition in place, without exchanges of rows, of a matrix that needs none; the row length
// is known at run time.
#include <inttypes.h>

#include "bench/programs/common.h"

static void Decompose(size_t n, double a[n][n]) {
  for (size_t k = 0; k < n; k++) {
    for (size_t i = k + 1; i < n; i++) {
      a[i][k] /= a[k][k];
      for (size_t j = k + 1; j < n; j++) a[i][j] -= a[i][k] * a[k][j];
    }
  }
}

int main(int argc, char** argv) {
  size_t n = SizeArgument(argc, argv, 41);
  double(*a)[n] = malloc(n * sizeof(*a));
  if (a == NULL) return 3;
  uint64_t random = 6;
  for (size_t i = 0; i < n; i++) {
    for (size_t j = 0; j < n; j++) a[i][j] = (double)(NextRandom(&random) % 1000) / 1000.0;
    a[i][i] += (double)n;  // the diagonal outweighs its row
  }
  Decompose(n, a);
  uint64_t sum = 0;
  for (size_t i = 0; i < n; i++) {
    for (size_t j = 0; j < n; j++) sum = Checksum(sum, BitsOf(a[i][j]));
  }
  printf("lu %016" PRIx64 "\n", sum);
  free(a);
  return 0;
}
