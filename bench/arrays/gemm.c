// C = alpha * A * B + beta * C in f64, of global matrices with constant and different sizes.
#include <inttypes.h>

#include "bench/programs/common.h"

enum { kRows = 120, kInner = 140, kColumns = 132 };

static double a[kRows][kInner];
static double b[kInner][kColumns];
static double c[kRows][kColumns];

static void Gemm(double alpha, double beta) {
  for (int i = 0; i < kRows; i++) {
    for (int j = 0; j < kColumns; j++) c[i][j] *= beta;
    for (int k = 0; k < kInner; k++) {
      for (int j = 0; j < kColumns; j++) c[i][j] += alpha * a[i][k] * b[k][j];
    }
  }
}

int main(int argc, char** argv) {
  uint32_t rounds = SizeArgument(argc, argv, 2);
  for (int i = 0; i < kRows; i++) {
    for (int k = 0; k < kInner; k++) a[i][k] = (double)(i * (k + 1) % kInner) / kInner;
  }
  for (int k = 0; k < kInner; k++) {
    for (int j = 0; j < kColumns; j++) b[k][j] = (double)(k * (j + 2) % kColumns) / kColumns;
  }
  for (int i = 0; i < kRows; i++) {
    for (int j = 0; j < kColumns; j++) c[i][j] = (double)((i * j + 1) % kRows) / kRows;
  }
  for (uint32_t round = 0; round < rounds; round++) Gemm(1.5, 0.75);
  uint64_t sum = 0;
  for (int i = 0; i < kRows; i++) {
    for (int j = 0; j < kColumns; j++) sum = Checksum(sum, BitsOf(c[i][j]));
  }
  printf("gemm %016" PRIx64 "\n", sum);
  return 0;
}
