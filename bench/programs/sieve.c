// A segmented sieve over odd numbers, one bit each, counting primes and twins.
#include <inttypes.h>
#include <string.h>

#include "common.h"

enum { kSegment = 1 << 15 };  // odd numbers in a segment

int main(int argc, char** argv) {
  uint32_t limit = SizeArgument(argc, argv, 100000);
  uint32_t root = 3;
  while ((uint64_t)root * root <= limit) root += 2;
  uint8_t* small = calloc(root + 1, 1);
  uint32_t* primes = malloc(sizeof(uint32_t) * (root + 1));
  uint64_t* next = malloc(sizeof(uint64_t) * (root + 1));
  if (!small || !primes || !next) return 3;
  uint32_t base = 0;
  for (uint32_t i = 3; i <= root; i += 2) {
    if (small[i]) continue;
    primes[base] = i;
    next[base++] = (uint64_t)i * i;
    for (uint64_t j = (uint64_t)i * i; j <= root; j += 2 * i) small[j] = 1;
  }

  static uint32_t bits[kSegment / 32];
  uint64_t count = limit >= 2;
  uint64_t twins = 0;
  uint64_t last = 2;
  for (uint64_t low = 1; low <= limit; low += 2 * kSegment) {
    memset(bits, 0, sizeof(bits));
    uint64_t high = low + 2 * kSegment;
    for (uint32_t i = 0; i < base; ++i) {
      uint64_t multiple = next[i];
      for (; multiple < high; multiple += 2 * primes[i]) {
        uint32_t index = (uint32_t)(multiple - low) / 2;
        bits[index / 32] |= 1u << (index % 32);
      }
      next[i] = multiple;
    }
    for (uint32_t i = low == 1 ? 1 : 0; i < kSegment; ++i) {
      uint64_t number = low + 2 * (uint64_t)i;
      if (number > limit) break;
      if (bits[i / 32] >> (i % 32) & 1) continue;
      ++count;
      twins += number - last == 2;
      last = number;
    }
  }
  printf("primes %" PRIu64 ", twins %" PRIu64 ", last %" PRIu64 "\n", count, twins, last);
  free(small);
  free(primes);
  free(next);
  return 0;
}
