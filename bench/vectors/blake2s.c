// BLAKE2s of four messages at once, one in each lane, or (the scalar build) one after another:
// additions, exclusive ors and rotations of 32 bits.
#include <inttypes.h>
#include <string.h>

#include "bench/programs/common.h"

#ifdef WITHOUT_VECTORS
typedef uint32_t Lanes;
#else
typedef uint32_t Lanes __attribute__((vector_size(16)));
#endif
enum { kAtOnce = sizeof(Lanes) / sizeof(uint32_t) };

static const uint32_t kStart[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                   0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
static const uint8_t kOrder[10][16] = {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
                                       {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
                                       {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
                                       {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
                                       {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
                                       {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
                                       {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
                                       {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
                                       {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
                                       {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0}};

static inline Lanes Rotate(Lanes value, uint32_t count) {
  return value >> count | value << (32 - count);
}

#define MIX(a, b, c, d, x, y) \
  do {                        \
    a = a + b + (x);          \
    d = Rotate(d ^ a, 16);    \
    c = c + d;                \
    b = Rotate(b ^ c, 12);    \
    a = a + b + (y);          \
    d = Rotate(d ^ a, 8);     \
    c = c + d;                \
    b = Rotate(b ^ c, 7);     \
  } while (0)

static void Compress(Lanes* state, const Lanes* message, uint32_t length, int is_last) {
  Lanes v[16];
  for (int i = 0; i < 8; ++i) {
    v[i] = state[i];
    v[8 + i] = (Lanes){0} + kStart[i];
  }
  v[12] ^= length;
  if (is_last) v[14] = ~v[14];
  for (int round = 0; round < 10; ++round) {
    const uint8_t* s = kOrder[round];
    MIX(v[0], v[4], v[8], v[12], message[s[0]], message[s[1]]);
    MIX(v[1], v[5], v[9], v[13], message[s[2]], message[s[3]]);
    MIX(v[2], v[6], v[10], v[14], message[s[4]], message[s[5]]);
    MIX(v[3], v[7], v[11], v[15], message[s[6]], message[s[7]]);
    MIX(v[0], v[5], v[10], v[15], message[s[8]], message[s[9]]);
    MIX(v[1], v[6], v[11], v[12], message[s[10]], message[s[11]]);
    MIX(v[2], v[7], v[8], v[13], message[s[12]], message[s[13]]);
    MIX(v[3], v[4], v[9], v[14], message[s[14]], message[s[15]]);
  }
  for (int i = 0; i < 8; ++i) state[i] ^= v[i] ^ v[8 + i];
}

// Sets or reads the word of one message.
static void SetLane(Lanes* words, int lane, uint32_t value) {
  memcpy((char*)words + sizeof(value) * lane, &value, sizeof(value));
}
static uint32_t GetLane(const Lanes* words, int lane) {
  uint32_t value;
  memcpy(&value, (const char*)words + sizeof(value) * lane, sizeof(value));
  return value;
}

int main(int argc, char** argv) {
  uint32_t blocks = SizeArgument(argc, argv, 50);
  uint32_t messages[4][16];
  uint64_t random = 3;
  for (int i = 0; i < 64; ++i) messages[i / 16][i % 16] = NextRandom(&random);
  uint64_t sum = 0;
  for (int first = 0; first < 4; first += kAtOnce) {
    Lanes state[8];
    Lanes message[16];
    for (int i = 0; i < 8; ++i) state[i] = (Lanes){0} + kStart[i];
    state[0] ^= 0x01010020;
    for (int lane = 0; lane < kAtOnce; ++lane) {
      for (int i = 0; i < 16; ++i) SetLane(&message[i], lane, messages[first + lane][i]);
    }
    for (uint32_t block = 0; block < blocks; ++block) {
      message[block & 15] += block;
      Compress(state, message, 64 * (block + 1), block + 1 == blocks);
    }
    for (int lane = 0; lane < kAtOnce; ++lane) {
      for (int i = 0; i < 8; ++i) sum = Checksum(sum, GetLane(&state[i], lane));
    }
  }
  printf("digests %016" PRIx64 "\n", sum);
  return 0;
}
