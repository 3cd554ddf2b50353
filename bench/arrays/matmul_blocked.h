// Matrix products in blocks that stay in the first cache, of global matrices whose size is a
// constant; for the type Real.
#include <inttypes.h>
#include <string.h>

#include "bench/programs/common.h"

enum { kSize = 192, kBlock = 48 };

static Real a[kSize][kSize];
static Real b[kSize][kSize];
static Real c[kSize][kSize];

static void Multiply(void) {
  memset(c, 0, sizeof(c));
  for (int ii = 0; ii < kSize; ii += kBlock) {
    for (int kk = 0; kk < kSize; kk += kBlock) {
      for (int jj = 0; jj < kSize; jj += kBlock) {
        for (int i = ii; i < ii + kBlock; i++) {
          for (int k = kk; k < kk + kBlock; k++) {
            for (int j = jj; j < jj + kBlock; j++) c[i][j] += a[i][k] * b[k][j];
          }
        }
      }
    }
  }
}

int main(int argc, char** argv) {
  uint32_t rounds = SizeArgument(argc, argv, 1);
  uint64_t random = 4;
  for (int i = 0; i < kSize; i++) {
    for (int j = 0; j < kSize; j++) {
      a[i][j] = (Real)(NextRandom(&random) % 2000) / 64 - 15;
      b[i][j] = (Real)(NextRandom(&random) % 2000) / 64 - 15;
    }
  }
  uint64_t sum = 0;
  for (uint32_t round = 0; round < rounds; round++) {
    Multiply();
    for (int j = 0; j < kSize; j++) {
      sum = Checksum(sum, BitsOf(c[kSize / 3][j]));
      a[j][round % kSize] += 0.25f;
    }
  }
  for (int i = 0; i < kSize; i++) {
    for (int j = 0; j < kSize; j++) sum = Checksum(sum, BitsOf(c[i][j]));
  }
  printf("product %016" PRIx64 "\n", sum);
  return 0;
}
