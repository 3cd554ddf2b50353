// Dot products of f64 arrays, added up in order: nothing to vectorize without changing the result.
#include <inttypes.h>

#include "bench/programs/common.h"

enum { kCount = 2000 };

static double a[kCount];
static double b[kCount];

static double Dot(const double* x, const double* y, size_t n) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) sum += x[i] * y[i];
  return sum;
}

int main(int argc, char** argv) {
  uint32_t rounds = SizeArgument(argc, argv, 10);
  uint64_t random = 15;
  for (int i = 0; i < kCount; i++) {
    a[i] = (double)(NextRandom(&random) % 2000) / 70.0 - 15.0;
    b[i] = (double)(NextRandom(&random) % 2000) / 70.0 - 15.0;
  }
  uint64_t sum = 0;
  for (uint32_t round = 0; round < rounds; round++) {
    size_t offset = round % 9;
    sum = Checksum(sum, BitsOf(Dot(a + offset, b, kCount - offset)));
  }
  printf("dot %016" PRIx64 "\n", sum);
  return 0;
}
