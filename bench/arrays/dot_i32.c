// Dot products of int arrays, where the order of additions does not matter.
#include <inttypes.h>

#include "bench/programs/common.h"

static int Dot(const int* a, const int* b, int n) {
  int sum = 0;
  for (int i = 0; i < n; i++) sum += a[i] * b[i];
  return sum;
}

int main(int argc, char** argv) {
  uint32_t rounds = SizeArgument(argc, argv, 5);
  int n = 8000;
  int* a = malloc((size_t)n * sizeof(int));
  int* b = malloc((size_t)n * sizeof(int));
  if (a == NULL || b == NULL) return 3;
  uint64_t random = 14;
  for (int i = 0; i < n; i++) {
    a[i] = (int)(NextRandom(&random) % 400) - 200;
    b[i] = (int)(NextRandom(&random) % 400) - 200;
  }
  uint64_t sum = 0;
  for (uint32_t round = 0; round < rounds; round++) {
    int offset = (int)(round % 9);
    sum = Checksum(sum, (uint64_t)Dot(a + offset, b, n - offset));
  }
  printf("dot %016" PRIx64 "\n", sum);
  free(a);
  free(b);
  return 0;
}
