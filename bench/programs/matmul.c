// Matrix products in f64 and f32, the inner loop over rows (so that native code vectorizes it) and,
// for f64, over columns (so that it does not).
#include <inttypes.h>

#include "common.h"

static void MultiplyRows64(const double* a, const double* b, double* c, uint32_t n) {
  for (uint32_t i = 0; i < n; ++i) {
    for (uint32_t j = 0; j < n; ++j) c[i * n + j] = 0;
    for (uint32_t k = 0; k < n; ++k) {
      double factor = a[i * n + k];
      for (uint32_t j = 0; j < n; ++j) c[i * n + j] += factor * b[k * n + j];
    }
  }
}

static void MultiplyColumns64(const double* a, const double* b, double* c, uint32_t n) {
  for (uint32_t i = 0; i < n; ++i) {
    for (uint32_t j = 0; j < n; ++j) {
      double sum = 0;
      for (uint32_t k = 0; k < n; ++k) sum += a[i * n + k] * b[k * n + j];
      c[i * n + j] = sum;
    }
  }
}

static void MultiplyRows32(const float* a, const float* b, float* c, uint32_t n) {
  for (uint32_t i = 0; i < n; ++i) {
    for (uint32_t j = 0; j < n; ++j) c[i * n + j] = 0;
    for (uint32_t k = 0; k < n; ++k) {
      float factor = a[i * n + k];
      for (uint32_t j = 0; j < n; ++j) c[i * n + j] += factor * b[k * n + j];
    }
  }
}

static uint64_t Sum64(const double* values, uint32_t count) {
  uint64_t sum = 0;
  for (uint32_t i = 0; i < count; ++i) sum = Checksum(sum, BitsOf(values[i]));
  return sum;
}

int main(int argc, char** argv) {
  uint32_t n = SizeArgument(argc, argv, 40);
  uint32_t count = n * n;
  double* matrices64 = malloc(3 * sizeof(double) * count);
  float* matrices32 = malloc(3 * sizeof(float) * count);
  if (matrices64 == NULL || matrices32 == NULL) return 3;
  uint64_t random = n;
  for (uint32_t i = 0; i < 2 * count; ++i) {
    matrices64[i] = (double)(NextRandom(&random) % 2000) / 70.0 - 15.0;
    matrices32[i] = (float)matrices64[i];
  }
  double* c64 = matrices64 + 2 * count;
  float* c32 = matrices32 + 2 * count;

  MultiplyRows64(matrices64, matrices64 + count, c64, n);
  printf("f64 by rows    %016" PRIx64 "\n", Sum64(c64, count));
  MultiplyColumns64(matrices64, matrices64 + count, c64, n);
  printf("f64 by columns %016" PRIx64 "\n", Sum64(c64, count));
  MultiplyRows32(matrices32, matrices32 + count, c32, n);
  for (uint32_t i = 0; i < count; ++i) c64[i] = c32[i];
  printf("f32 by rows    %016" PRIx64 "\n", Sum64(c64, count));
  free(matrices64);
  free(matrices32);
  return 0;
}
