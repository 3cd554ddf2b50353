// A matrix times a vector, and its transpose times another one; as two loops over the rows.
#include <inttypes.h>

#include "bench/programs/common.h"

static void Multiply(const float* matrix, const float* x, float* y, const float* u, float* v,
                     size_t n) {
  for (size_t i = 0; i < n; i++) {
    for (size_t j = 0; j < n; j++) v[j] = v[j] + matrix[i * n + j] * u[i];
  }
  for (size_t i = 0; i < n; i++) {
    for (size_t j = 0; j < n; j++) y[i] = y[i] + matrix[i * n + j] * x[j];
  }
}

int main(int argc, char** argv) {
  uint32_t rounds = SizeArgument(argc, argv, 3);
  size_t n = 220 + rounds % 2;  // not a constant
  float* matrix = malloc(n * n * sizeof(float));
  float* vectors = calloc(4 * n, sizeof(float));
  if (matrix == NULL || vectors == NULL) return 3;
  float* x = vectors;
  float* y = vectors + n;
  float* u = vectors + 2 * n;
  float* v = vectors + 3 * n;
  for (size_t i = 0; i < n; i++) {
    x[i] = (float)(i % 7) / 7;
    u[i] = (float)(i % 5) / 5;
    for (size_t j = 0; j < n; j++) matrix[i * n + j] = (float)(i * j % n) / (float)n;
  }
  for (uint32_t round = 0; round < rounds; round++) {
    Multiply(matrix, x, y, u, v, n);
    x[round % n] = -x[round % n];
    u[round % n] = -u[round % n];
  }
  uint64_t sum = 0;
  for (size_t i = 0; i < 4 * n; i++) sum = Checksum(sum, BitsOf(vectors[i]));
  printf("vectors %016" PRIx64 "\n", sum);
  free(matrix);
  free(vectors);
  return 0;
}
