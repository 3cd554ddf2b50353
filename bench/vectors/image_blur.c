// A separable blur of an image of bytes with weights 1 4 6 4 1, in 16-bit lanes, and its
// difference from the original.
#include <inttypes.h>

#include "bench/programs/common.h"

static void BlurRows(const uint8_t* restrict from, uint8_t* restrict to, uint32_t size) {
  for (uint32_t y = 0; y < size; ++y) {
    const uint8_t* row = from + y * size;
    uint8_t* restrict out = to + y * size;
    out[0] = row[0];
    out[1] = row[1];
    for (uint32_t x = 2; x + 2 < size; ++x) {
      uint16_t sum =
          (uint16_t)(row[x - 2] + row[x + 2] + 4 * (row[x - 1] + row[x + 1]) + 6 * row[x] + 8);
      out[x] = (uint8_t)(sum >> 4);
    }
    out[size - 2] = row[size - 2];
    out[size - 1] = row[size - 1];
  }
}

static void BlurColumns(const uint8_t* restrict from, uint8_t* restrict to, uint32_t size) {
  for (uint32_t x = 0; x < 2 * size; ++x) {
    to[x] = from[x];
    to[size * size - 1 - x] = from[size * size - 1 - x];
  }
  for (uint32_t y = 2; y + 2 < size; ++y) {
    const uint8_t* a = from + (y - 2) * size;
    const uint8_t* b = a + size;
    const uint8_t* c = b + size;
    const uint8_t* d = c + size;
    const uint8_t* e = d + size;
    uint8_t* restrict out = to + y * size;
    for (uint32_t x = 0; x < size; ++x) {
      uint16_t sum = (uint16_t)(a[x] + e[x] + 4 * (b[x] + d[x]) + 6 * c[x] + 8);
      out[x] = (uint8_t)(sum >> 4);
    }
  }
}

static uint64_t Difference(const uint8_t* a, const uint8_t* b, uint32_t count) {
  uint32_t sum = 0;
  for (uint32_t i = 0; i < count; ++i) sum += (uint32_t)(a[i] > b[i] ? a[i] - b[i] : b[i] - a[i]);
  return sum;
}

int main(int argc, char** argv) {
  uint32_t rounds = SizeArgument(argc, argv, 3);
  uint32_t size = 512;
  uint8_t* image = malloc(3 * size * size);
  if (image == NULL) return 3;
  uint8_t* scratch = image + size * size;
  uint8_t* original = scratch + size * size;
  uint64_t random = 11;
  for (uint32_t i = 0; i < size * size; ++i) original[i] = image[i] = (uint8_t)NextRandom(&random);
  uint64_t sum = 0;
  for (uint32_t round = 0; round < rounds; ++round) {
    BlurRows(image, scratch, size);
    BlurColumns(scratch, image, size);
    sum = Checksum(sum, Difference(image, original, size * size));
  }
  printf("blur %016" PRIx64 " %016" PRIx64 "\n", sum, ChecksumBytes(0, image, size * size));
  free(image);
  return 0;
}
