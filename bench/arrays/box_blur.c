// The mean of 3 x 3 bytes of a grey image, whose width is known at run time.
#include <inttypes.h>
#include <string.h>

#include "bench/programs/common.h"

static void Blur(const uint8_t* from, uint8_t* to, int width, int height) {
  for (int y = 1; y < height - 1; y++) {
    for (int x = 1; x < width - 1; x++) {
      int sum = from[(y - 1) * width + x - 1] + from[(y - 1) * width + x] +
                from[(y - 1) * width + x + 1] + from[y * width + x - 1] + from[y * width + x] +
                from[y * width + x + 1] + from[(y + 1) * width + x - 1] +
                from[(y + 1) * width + x] + from[(y + 1) * width + x + 1];
      to[y * width + x] = (uint8_t)(sum / 9);
    }
  }
}

int main(int argc, char** argv) {
  uint32_t rounds = SizeArgument(argc, argv, 3);
  int width = 320 + (int)(rounds % 2);  // not a constant
  int height = 240;
  size_t bytes = (size_t)(width * height);
  uint8_t* image = malloc(bytes);
  uint8_t* blurred = malloc(bytes);
  if (image == NULL || blurred == NULL) return 3;
  uint64_t random = 10;
  for (size_t i = 0; i < bytes; i++) image[i] = (uint8_t)NextRandom(&random);
  memcpy(blurred, image, bytes);
  for (uint32_t round = 0; round < rounds; round++) {
    Blur(image, blurred, width, height);
    image[round % bytes] = (uint8_t)NextRandom(&random);
    Blur(blurred, image, width, height);
  }
  printf("image %016" PRIx64 "\n", ChecksumBytes(0, image, bytes));
  free(image);
  free(blurred);
  return 0;
}
