// LU decomposition with partial pivoting, a solve, and the residual of the solution.
#include <inttypes.h>
#include <math.h>

#include "common.h"

static void SwapRows(double* a, uint32_t n, uint32_t first, uint32_t second) {
  for (uint32_t j = 0; j < n; ++j) {
    double value = a[first * n + j];
    a[first * n + j] = a[second * n + j];
    a[second * n + j] = value;
  }
}

// Returns the number of row exchanges.
static uint32_t Decompose(double* a, uint32_t* permutation, uint32_t n) {
  uint32_t exchanges = 0;
  for (uint32_t i = 0; i < n; ++i) permutation[i] = i;
  for (uint32_t k = 0; k < n; ++k) {
    uint32_t pivot = k;
    for (uint32_t i = k + 1; i < n; ++i) {
      if (fabs(a[i * n + k]) > fabs(a[pivot * n + k])) pivot = i;
    }
    if (pivot != k) {
      SwapRows(a, n, pivot, k);
      uint32_t index = permutation[pivot];
      permutation[pivot] = permutation[k];
      permutation[k] = index;
      ++exchanges;
    }
    for (uint32_t i = k + 1; i < n; ++i) {
      double factor = a[i * n + k] /= a[k * n + k];
      for (uint32_t j = k + 1; j < n; ++j) a[i * n + j] -= factor * a[k * n + j];
    }
  }
  return exchanges;
}

static void Solve(const double* lu, const uint32_t* permutation, const double* right, double* x,
                  uint32_t n) {
  for (uint32_t i = 0; i < n; ++i) {
    double sum = right[permutation[i]];
    for (uint32_t j = 0; j < i; ++j) sum -= lu[i * n + j] * x[j];
    x[i] = sum;
  }
  for (uint32_t i = n; i-- > 0;) {
    double sum = x[i];
    for (uint32_t j = i + 1; j < n; ++j) sum -= lu[i * n + j] * x[j];
    x[i] = sum / lu[i * n + i];
  }
}

int main(int argc, char** argv) {
  uint32_t n = SizeArgument(argc, argv, 50);
  double* original = malloc(sizeof(double) * n * n);
  double* lu = malloc(sizeof(double) * n * n);
  double* right = malloc(sizeof(double) * n);
  double* x = malloc(sizeof(double) * n);
  uint32_t* permutation = malloc(sizeof(uint32_t) * n);
  if (!original || !lu || !right || !x || !permutation) return 3;
  uint64_t random = 7;
  for (uint32_t i = 0; i < n * n; ++i) {
    lu[i] = original[i] = (double)(int32_t)NextRandom(&random) / 65536.0;
  }
  for (uint32_t i = 0; i < n; ++i) right[i] = (double)(i % 17) - 8.0;

  uint32_t exchanges = Decompose(lu, permutation, n);
  Solve(lu, permutation, right, x, n);
  uint64_t sum = 0;
  double residual = 0;
  for (uint32_t i = 0; i < n; ++i) {
    double row = -right[i];
    for (uint32_t j = 0; j < n; ++j) row += original[i * n + j] * x[j];
    if (fabs(row) > residual) residual = fabs(row);
    sum = Checksum(sum, BitsOf(x[i]));
  }
  printf("exchanges %" PRIu32 "\nsolution  %016" PRIx64 "\nresidual  %s\n", exchanges, sum,
         residual < 1e-6 ? "small" : "large");
  free(original);
  free(lu);
  free(right);
  free(x);
  free(permutation);
  return residual < 1e-6 ? 0 : 1;
}
