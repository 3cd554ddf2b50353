// Running sums in place: each element needs the one before, so the loop must not be vectorized as
// if they were independent.
#include <inttypes.h>

#include "bench/programs/common.h"

static void Accumulate(uint32_t* values, int n) {
  for (int i = 1; i < n; i++) values[i] += values[i - 1];
}

int main(int argc, char** argv) {
  uint32_t rounds = SizeArgument(argc, argv, 5);
  int n = 10000;
  uint32_t* values = malloc((size_t)n * sizeof(uint32_t));
  if (values == NULL) return 3;
  uint64_t random = 16;
  for (int i = 0; i < n; i++) values[i] = NextRandom(&random);
  for (uint32_t round = 0; round < rounds; round++) Accumulate(values, n - (int)(round % 5));
  uint64_t sum = 0;
  for (int i = 0; i < n; i++) sum = Checksum(sum, values[i]);
  printf("sums %016" PRIx64 "\n", sum);
  free(values);
  return 0;
}
