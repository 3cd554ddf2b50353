// Grey from red, green and blue bytes: loads that are interleaved by three.
#include <inttypes.h>

#include "bench/programs/common.h"

enum { kPixels = 100 * 1000 };

static uint8_t colours[3 * kPixels];
static uint8_t grey[kPixels];

static void Convert(const uint8_t* rgb, uint8_t* out, int pixels) {
  for (int i = 0; i < pixels; i++) {
    out[i] = (uint8_t)((77 * rgb[3 * i] + 150 * rgb[3 * i + 1] + 29 * rgb[3 * i + 2]) >> 8);
  }
}

int main(int argc, char** argv) {
  uint32_t rounds = SizeArgument(argc, argv, 2);
  uint64_t random = 18;
  for (int i = 0; i < 3 * kPixels; i++) colours[i] = (uint8_t)NextRandom(&random);
  uint64_t sum = 0;
  for (uint32_t round = 0; round < rounds; round++) {
    Convert(colours, grey, kPixels - (int)(round % 11));
    sum = Checksum(sum, grey[round % kPixels]);
    colours[round % (3 * kPixels)] = (uint8_t)round;
  }
  printf("grey %016" PRIx64 "\n", ChecksumBytes(sum, grey, kPixels));
  return 0;
}
