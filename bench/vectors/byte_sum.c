// Sum, minimum and maximum of bytes, again and again: sixteen narrow lanes that are widened.
#include <inttypes.h>

#include "bench/programs/common.h"

enum { kBytes = 1 << 16 };

int main(int argc, char** argv) {
  uint32_t rounds = SizeArgument(argc, argv, 20);
  uint8_t* bytes = malloc(kBytes);
  if (bytes == NULL) return 3;
  uint64_t random = 7;
  for (uint32_t i = 0; i < kBytes; ++i) bytes[i] = (uint8_t)NextRandom(&random);
  uint64_t check = 0;
  for (uint32_t round = 0; round < rounds; ++round) {
    uint32_t sum = 0;
    uint8_t least = 255;
    uint8_t most = 0;
    for (uint32_t i = 0; i < kBytes; ++i) sum += bytes[i];
    for (uint32_t i = 0; i < kBytes; ++i) {
      least = bytes[i] < least ? bytes[i] : least;
      most = bytes[i] > most ? bytes[i] : most;
    }
    check = Checksum(check, sum + 1000u * least + most);
    bytes[round % kBytes] ^= (uint8_t)sum;
  }
  printf("sums %016" PRIx64 "\n", check);
  free(bytes);
  return 0;
}
