// A separable blur of an f32 image, then a byte-wise median of three: stencils that native code
// vectorizes.
#include <inttypes.h>

#include "common.h"

static const float kWeights[5] = {0.0625f, 0.25f, 0.375f, 0.25f, 0.0625f};

static void BlurRows(const float* from, float* to, uint32_t size) {
  for (uint32_t y = 0; y < size; ++y) {
    const float* row = from + y * size;
    for (uint32_t x = 2; x + 2 < size; ++x) {
      to[y * size + x] = row[x - 2] * kWeights[0] + row[x - 1] * kWeights[1] +
                         row[x] * kWeights[2] + row[x + 1] * kWeights[3] + row[x + 2] * kWeights[4];
    }
    to[y * size] = row[0];
    to[y * size + 1] = row[1];
    to[y * size + size - 2] = row[size - 2];
    to[y * size + size - 1] = row[size - 1];
  }
}

static void BlurColumns(const float* from, float* to, uint32_t size) {
  for (uint32_t y = 0; y < size; ++y) {
    for (uint32_t x = 0; x < size; ++x) {
      if (y < 2 || y + 2 >= size) {
        to[y * size + x] = from[y * size + x];
        continue;
      }
      const float* at = from + y * size + x;
      to[y * size + x] = at[-2 * (int32_t)size] * kWeights[0] + at[-(int32_t)size] * kWeights[1] +
                         at[0] * kWeights[2] + at[size] * kWeights[3] + at[2 * size] * kWeights[4];
    }
  }
}

static uint8_t Median(uint8_t a, uint8_t b, uint8_t c) {
  uint8_t low = a < b ? a : b;
  uint8_t high = a < b ? b : a;
  uint8_t rest = high < c ? high : c;
  return low > rest ? low : rest;
}

int main(int argc, char** argv) {
  uint32_t size = SizeArgument(argc, argv, 96);
  if (size < 8) return 2;
  float* image = malloc(sizeof(float) * size * size);
  float* scratch = malloc(sizeof(float) * size * size);
  uint8_t* bytes = malloc(2 * (size_t)size * size);
  if (!image || !scratch || !bytes) return 3;
  uint64_t random = 99;
  for (uint32_t i = 0; i < size * size; ++i) image[i] = (float)(NextRandom(&random) % 256);
  for (int pass = 0; pass < 4; ++pass) {
    BlurRows(image, scratch, size);
    BlurColumns(scratch, image, size);
  }
  uint64_t sum = 0;
  for (uint32_t i = 0; i < size * size; ++i) {
    bytes[i] = (uint8_t)image[i];
    sum += (uint64_t)(image[i] * 1024.0f);
  }
  uint8_t* median = bytes + size * size;
  median[0] = bytes[0];
  median[size * size - 1] = bytes[size * size - 1];
  for (uint32_t i = 1; i + 1 < size * size; ++i) {
    median[i] = Median(bytes[i - 1], bytes[i], bytes[i + 1]);
  }
  printf("blur   %" PRIu64 "\nmedian %016" PRIx64 "\n", sum,
         ChecksumBytes(0, median, (size_t)size * size));
  free(image);
  free(scratch);
  free(bytes);
  return 0;
}
