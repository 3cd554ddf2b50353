// How often each byte occurs: stores whose places depend on data, which cannot be vectorized.
#include <inttypes.h>

#include "bench/programs/common.h"

enum { kBytes = 64 * 1024 };

static uint8_t text[kBytes];
static uint32_t counts[256];

static void Count(const uint8_t* bytes, size_t length) {
  for (size_t i = 0; i < length; i++) counts[bytes[i]]++;
}

int main(int argc, char** argv) {
  uint32_t rounds = SizeArgument(argc, argv, 3);
  uint64_t random = 12;
  for (size_t i = 0; i < kBytes; i++) {
    text[i] = (uint8_t)(NextRandom(&random) % 64 + NextRandom(&random) % 128);
  }
  for (uint32_t round = 0; round < rounds; round++) Count(text, kBytes - round % 100);
  uint64_t sum = 0;
  for (int i = 0; i < 256; i++) sum = Checksum(sum, counts[i]);
  printf("counts %016" PRIx64 "\n", sum);
  return 0;
}
