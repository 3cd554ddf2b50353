// A sparse matrix in compressed rows times a vector: loads at indexes that are loaded themselves.
#include <inttypes.h>

#include "bench/programs/common.h"

enum { kRows = 3000, kPerRow = 12 };

static int starts[kRows + 1];
static int columns[kRows * kPerRow];
static double values[kRows * kPerRow];
static double x[kRows];
static double y[kRows];

static void Multiply(void) {
  for (int i = 0; i < kRows; i++) {
    double sum = 0;
    for (int k = starts[i]; k < starts[i + 1]; k++) sum += values[k] * x[columns[k]];
    y[i] = sum;
  }
}

int main(int argc, char** argv) {
  uint32_t rounds = SizeArgument(argc, argv, 3);
  uint64_t random = 19;
  int count = 0;
  for (int i = 0; i < kRows; i++) {
    starts[i] = count;
    int length = 1 + (int)(NextRandom(&random) % kPerRow);
    for (int k = 0; k < length; k++) {
      columns[count] = (int)(NextRandom(&random) % kRows);
      values[count++] = (double)(NextRandom(&random) % 1000) / 8000;
    }
    x[i] = (double)(i % 11);
  }
  starts[kRows] = count;
  for (uint32_t round = 0; round < rounds; round++) {
    Multiply();
    for (int i = 0; i < kRows; i++) x[i] = 0.5 * (x[i] + y[i]) + 1.0;
  }
  uint64_t sum = 0;
  for (int i = 0; i < kRows; i++) sum = Checksum(sum, BitsOf(x[i]));
  printf("sparse %016" PRIx64 "\n", sum);
  return 0;
}
