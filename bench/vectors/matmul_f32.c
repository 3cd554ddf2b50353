// A matrix product in f32, the inner loop over rows: multiplications and additions of four lanes.
#include <inttypes.h>

#include "bench/programs/common.h"

static void Multiply(const float* restrict a, const float* restrict b, float* restrict c,
                     uint32_t n) {
  for (uint32_t i = 0; i < n; ++i) {
    float* row = c + i * n;
    for (uint32_t j = 0; j < n; ++j) row[j] = 0;
    for (uint32_t k = 0; k < n; ++k) {
      float factor = a[i * n + k];
      const float* other = b + k * n;
      for (uint32_t j = 0; j < n; ++j) row[j] += factor * other[j];
    }
  }
}

int main(int argc, char** argv) {
  uint32_t n = SizeArgument(argc, argv, 48);
  float* matrices = malloc(3 * sizeof(float) * n * n);
  if (matrices == NULL) return 3;
  uint64_t random = n;
  for (uint32_t i = 0; i < 2 * n * n; ++i) {
    matrices[i] = (float)(NextRandom(&random) % 2000) / 64.0f - 15.0f;
  }
  float* product = matrices + 2 * n * n;
  Multiply(matrices, matrices + n * n, product, n);
  uint64_t sum = 0;
  for (uint32_t i = 0; i < n * n; ++i) sum = Checksum(sum, BitsOf(product[i]));
  printf("product %016" PRIx64 "\n", sum);
  free(matrices);
  return 0;
}
