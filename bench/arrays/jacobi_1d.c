// Averages of three neighbours, to and fro between two global arrays of f64.
#include <inttypes.h>

#include "bench/programs/common.h"

enum { kCount = 4000 };

static double a[kCount];
static double b[kCount];

static void Step(void) {
  for (int i = 1; i < kCount - 1; i++) b[i] = 0.33333 * (a[i - 1] + a[i] + a[i + 1]);
  for (int i = 1; i < kCount - 1; i++) a[i] = 0.33333 * (b[i - 1] + b[i] + b[i + 1]);
}

int main(int argc, char** argv) {
  uint32_t steps = SizeArgument(argc, argv, 20);
  for (int i = 0; i < kCount; i++) {
    a[i] = ((double)i + 2) / kCount;
    b[i] = ((double)i + 3) / kCount;
  }
  for (uint32_t step = 0; step < steps; step++) Step();
  uint64_t sum = 0;
  for (int i = 0; i < kCount; i++) sum = Checksum(sum, BitsOf(a[i]));
  printf("line %016" PRIx64 "\n", sum);
  return 0;
}
