// Conway's game of life in bytes, with a dead border around it.
#include <inttypes.h>

#include "bench/programs/common.h"

static void Step(size_t width, size_t height, const uint8_t from[height][width],
                 uint8_t to[height][width]) {
  for (size_t y = 1; y < height - 1; y++) {
    for (size_t x = 1; x < width - 1; x++) {
      uint8_t neighbours = (uint8_t)(from[y - 1][x - 1] + from[y - 1][x] + from[y - 1][x + 1] +
                                     from[y][x - 1] + from[y][x + 1] + from[y + 1][x - 1] +
                                     from[y + 1][x] + from[y + 1][x + 1]);
      to[y][x] = neighbours == 3 || (neighbours == 2 && from[y][x]);
    }
  }
}

int main(int argc, char** argv) {
  uint32_t rounds = SizeArgument(argc, argv, 4);
  size_t width = 200 + rounds % 2;  // not a constant
  size_t height = 130;
  uint8_t(*cells)[width] = calloc(height, width);
  uint8_t(*next)[width] = calloc(height, width);
  if (cells == NULL || next == NULL) return 3;
  uint64_t random = 11;
  for (size_t y = 1; y < height - 1; y++) {
    for (size_t x = 1; x < width - 1; x++) cells[y][x] = NextRandom(&random) % 3 == 0;
  }
  for (uint32_t round = 0; round < rounds; round++) {
    Step(width, height, cells, next);
    Step(width, height, next, cells);
  }
  uint32_t alive = 0;
  for (size_t y = 0; y < height; y++) {
    for (size_t x = 0; x < width; x++) alive += cells[y][x];
  }
  printf("alive %" PRIu32 ", sum %016" PRIx64 "\n", alive,
         ChecksumBytes(0, cells, width * height));
  free(cells);
  free(next);
  return 0;
}
