// An electromagnetic field in a plane, by finite differences in time: three arrays that are
// updated from each other.
#include <inttypes.h>

#include "bench/programs/common.h"

enum { kWidth = 120, kHeight = 100 };

static double ex[kHeight][kWidth];
static double ey[kHeight][kWidth];
static double hz[kHeight][kWidth];

static void Step(double source) {
  for (int j = 0; j < kWidth; j++) ey[0][j] = source;
  for (int i = 1; i < kHeight; i++) {
    for (int j = 0; j < kWidth; j++) ey[i][j] = ey[i][j] - 0.5 * (hz[i][j] - hz[i - 1][j]);
  }
  for (int i = 0; i < kHeight; i++) {
    for (int j = 1; j < kWidth; j++) ex[i][j] = ex[i][j] - 0.5 * (hz[i][j] - hz[i][j - 1]);
  }
  for (int i = 0; i < kHeight - 1; i++) {
    for (int j = 0; j < kWidth - 1; j++) {
      hz[i][j] = hz[i][j] - 0.7 * (ex[i][j + 1] - ex[i][j] + ey[i + 1][j] - ey[i][j]);
    }
  }
}

int main(int argc, char** argv) {
  uint32_t steps = SizeArgument(argc, argv, 8);
  for (int i = 0; i < kHeight; i++) {
    for (int j = 0; j < kWidth; j++) {
      ex[i][j] = (double)i * (j + 1) / kWidth;
      ey[i][j] = (double)i * (j + 2) / kHeight;
      hz[i][j] = (double)i * (j + 3) / kWidth;
    }
  }
  for (uint32_t step = 0; step < steps; step++) Step((double)(step % 50));
  uint64_t sum = 0;
  for (int i = 0; i < kHeight; i++) {
    for (int j = 0; j < kWidth; j++) sum = Checksum(sum, BitsOf(hz[i][j]));
  }
  printf("field %016" PRIx64 "\n", sum);
  return 0;
}
