// y = a * x + y in f32, on the heap.
#include <inttypes.h>

#include "bench/programs/common.h"

static void Saxpy(int n, float a, const float* x, float* y) {
  for (int i = 0; i < n; i++) y[i] = a * x[i] + y[i];
}

int main(int argc, char** argv) {
  uint32_t rounds = SizeArgument(argc, argv, 5);
  int n = 8000;
  float* x = malloc((size_t)n * sizeof(float));
  float* y = malloc((size_t)n * sizeof(float));
  if (x == NULL || y == NULL) return 3;
  uint64_t random = 13;
  for (int i = 0; i < n; i++) {
    x[i] = (float)(NextRandom(&random) % 1000) / 64;
    y[i] = (float)(NextRandom(&random) % 1000) / 64;
  }
  for (uint32_t round = 0; round < rounds; round++) {
    Saxpy(n - (int)(round % 7), round % 2 == 0 ? 0.5f : -0.5f, x, y);
  }
  uint64_t sum = 0;
  for (int i = 0; i < n; i++) sum = Checksum(sum, BitsOf(y[i]));
  printf("vector %016" PRIx64 "\n", sum);
  free(x);
  free(y);
  return 0;
}
