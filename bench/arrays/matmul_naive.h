// A matrix product of three plain loops, rows innermost, with row lengths known at run time; for
// the type Real.
#include <inttypes.h>

#include "bench/programs/common.h"

static void Multiply(const Real* a, const Real* b, Real* c, int n) {
  for (int i = 0; i < n; i++) {
    for (int j = 0; j < n; j++) c[i * n + j] = 0;
    for (int k = 0; k < n; k++) {
      for (int j = 0; j < n; j++) c[i * n + j] += a[i * n + k] * b[k * n + j];
    }
  }
}

int main(int argc, char** argv) {
  int n = (int)SizeArgument(argc, argv, 37);
  size_t count = (size_t)n * (size_t)n;
  Real* a = malloc(count * sizeof(Real));
  Real* b = malloc(count * sizeof(Real));
  Real* c = malloc(count * sizeof(Real));
  if (a == NULL || b == NULL || c == NULL) return 3;
  uint64_t random = 3;
  for (size_t i = 0; i < count; i++) {
    a[i] = (Real)(NextRandom(&random) % 2000) / 64 - 15;
    b[i] = (Real)(NextRandom(&random) % 2000) / 64 - 15;
  }
  Multiply(a, b, c, n);
  uint64_t sum = 0;
  for (size_t i = 0; i < count; i++) sum = Checksum(sum, BitsOf(c[i]));
  printf("product %016" PRIx64 "\n", sum);
  free(a);
  free(b);
  free(c);
  return 0;
}
