// A 64-bit hash in the style of the fast non-cryptographic ones: four lanes of multiply and rotate,
// then a table of its collisions in 16 bits.
#include <inttypes.h>
#include <string.h>

#include "common.h"

static const uint64_t kPrimes[4] = {UINT64_C(0xa24baed4963ee407), UINT64_C(0x9fb21c651e98df25),
                                    UINT64_C(0xd6e8feb86659fd93), UINT64_C(0xc4ceb9fe1a85ec53)};

static uint64_t RotateLeft(uint64_t value, int count) {
  return (value << count) | (value >> (64 - count));
}

static uint64_t ReadWord(const uint8_t* data) {
  uint64_t word;
  memcpy(&word, data, sizeof(word));
  return word;
}

static uint64_t Finalize(uint64_t hash) {
  hash ^= hash >> 32;
  hash *= kPrimes[0];
  hash ^= hash >> 29;
  hash *= kPrimes[2];
  return hash ^ (hash >> 31);
}

static uint64_t Hash(const uint8_t* data, size_t size, uint64_t seed) {
  uint64_t lanes[4] = {seed + kPrimes[0], seed ^ kPrimes[1], seed - kPrimes[2], seed};
  size_t at = 0;
  for (; at + 32 <= size; at += 32) {
    for (int lane = 0; lane < 4; ++lane) {
      uint64_t word = ReadWord(data + at + 8 * lane);
      lanes[lane] = RotateLeft(lanes[lane] + word * kPrimes[lane], 31) * kPrimes[(lane + 1) & 3];
    }
  }
  uint64_t hash = RotateLeft(lanes[0], 1) + RotateLeft(lanes[1], 7) + RotateLeft(lanes[2], 12) +
                  RotateLeft(lanes[3], 18) + size;
  for (; at + 8 <= size; at += 8) {
    hash = RotateLeft(hash ^ (ReadWord(data + at) * kPrimes[1]), 27) * kPrimes[3];
  }
  for (; at < size; ++at) hash = RotateLeft(hash ^ (data[at] * kPrimes[2]), 11) * kPrimes[0];
  return Finalize(hash);
}

int main(int argc, char** argv) {
  uint32_t rounds = SizeArgument(argc, argv, 8);
  enum { kSize = 16384 };
  static uint8_t data[kSize + 8];
  static uint8_t seen[65536 / 8];
  uint64_t random = 77;
  for (int i = 0; i < kSize; ++i) data[i] = (uint8_t)NextRandom(&random);
  uint64_t sum = 0;
  for (uint32_t round = 0; round < rounds; ++round) {
    data[round % kSize] ^= (uint8_t)(round | 1);
    sum = RotateLeft(sum, 5) + Hash(data, kSize - round % 100, round);
  }
  uint32_t collisions = 0;
  for (uint32_t i = 0; i < rounds * 128; ++i) {
    uint64_t hash = Hash(data + i % 1024, i % 48, i);
    uint32_t bucket = (uint32_t)(hash % 65521);
    collisions += (seen[bucket / 8] >> (bucket % 8)) & 1;
    seen[bucket / 8] |= (uint8_t)(1u << (bucket % 8));
    sum += (uint64_t)((unsigned __int128)hash * kPrimes[3] >> 64);
  }
  printf("hash %016" PRIx64 "\ncollisions %" PRIu32 "\n", sum, collisions);
  return 0;
}
