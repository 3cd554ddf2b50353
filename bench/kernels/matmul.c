// Kernel: f64 arithmetic and indexed loads. size: rounds of a product of 120 x 120 matrices.
#include "kernel.h"

enum { kSide = 120 };
static double a[kSide][kSide];
static double b[kSide][kSide];
static double c[kSide][kSide];

int32_t run(int32_t size) {
  for (int i = 0; i < kSide; ++i) {
    for (int j = 0; j < kSide; ++j) {
      a[i][j] = (i * 7 + j * 3) % 11 * 0.25;
      b[i][j] = (i * 5 + j * 9) % 13 * 0.5;
      c[i][j] = 0;
    }
  }
  for (int32_t round = 0; round < size; ++round) {
    for (int i = 0; i < kSide; ++i) {
      for (int j = 0; j < kSide; ++j) {
        double sum = c[i][j] * 0.5;
        for (int k = 0; k < kSide; ++k) sum += a[i][k] * b[k][j];
        c[i][j] = sum;
      }
    }
  }
  return (int32_t)(c[size % kSide][size * 3 % kSide] * 16.0);
}
