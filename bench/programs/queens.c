// Counts the placements of n queens by backtracking over bit masks.
#include <inttypes.h>

#include "common.h"

static uint64_t Place(uint32_t all, uint32_t columns, uint32_t left, uint32_t right) {
  if (columns == all) return 1;
  uint64_t count = 0;
  uint32_t open = all & ~(columns | left | right);
  while (open != 0) {
    uint32_t bit = open & (0 - open);
    open ^= bit;
    count += Place(all, columns | bit, (left | bit) << 1, (right | bit) >> 1);
  }
  return count;
}

int main(int argc, char** argv) {
  uint32_t size = SizeArgument(argc, argv, 8);
  if (size > 20) return 2;
  for (uint32_t n = 1; n <= size; ++n) {
    printf("%2" PRIu32 " queens: %" PRIu64 "\n", n, Place((1u << n) - 1, 0, 0, 0));
  }
  return 0;
}
