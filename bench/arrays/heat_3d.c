// How heat spreads in a cube of f64, a global array of three dimensions.
#include <inttypes.h>

#include "bench/programs/common.h"

enum { kSide = 40 };

static double a[kSide][kSide][kSide];
static double b[kSide][kSide][kSide];

static void Spread(double from[kSide][kSide][kSide], double to[kSide][kSide][kSide]) {
  for (int i = 1; i < kSide - 1; i++) {
    for (int j = 1; j < kSide - 1; j++) {
      for (int k = 1; k < kSide - 1; k++) {
        to[i][j][k] = 0.125 * (from[i + 1][j][k] - 2.0 * from[i][j][k] + from[i - 1][j][k]) +
                      0.125 * (from[i][j + 1][k] - 2.0 * from[i][j][k] + from[i][j - 1][k]) +
                      0.125 * (from[i][j][k + 1] - 2.0 * from[i][j][k] + from[i][j][k - 1]) +
                      from[i][j][k];
      }
    }
  }
}

int main(int argc, char** argv) {
  uint32_t steps = SizeArgument(argc, argv, 2);
  for (int i = 0; i < kSide; i++) {
    for (int j = 0; j < kSide; j++) {
      for (int k = 0; k < kSide; k++) {
        a[i][j][k] = b[i][j][k] = (double)(i + j + (kSide - k)) * 10 / kSide;
      }
    }
  }
  for (uint32_t step = 0; step < steps; step++) {
    Spread(a, b);
    Spread(b, a);
  }
  uint64_t sum = 0;
  for (int i = 0; i < kSide; i++) {
    for (int j = 0; j < kSide; j++) {
      for (int k = 0; k < kSide; k++) sum = Checksum(sum, BitsOf(a[i][j][k]));
    }
  }
  printf("cube %016" PRIx64 "\n", sum);
  return 0;
}
