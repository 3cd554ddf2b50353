// SHA-256 of a few known messages and of a long pseudo-random stream.
#include <inttypes.h>
#include <string.h>

#include "common.h"

typedef struct {
  uint32_t state[8];
  uint64_t length;
  uint8_t block[64];
} Sha256;

static uint32_t round_constants[64];
static uint32_t initial_state[8];

// The constants are the first 32 bits of the fractional parts of cube and square roots of primes
// (FIPS 180-4, 4.2.2 and 5.3.3); bisection finds them exactly.
static uint64_t RootBits(uint32_t prime, int degree) {
  uint64_t low = 0;
  uint64_t high = UINT64_C(1) << 37;
  while (high - low > 1) {
    // Is (middle / 2^32)^degree <= prime? Exact in 128 bits.
    uint64_t middle = low + (high - low) / 2;
    unsigned __int128 power = (unsigned __int128)middle * middle;
    if (degree == 3) power *= middle;
    if (power <= (unsigned __int128)prime << (32 * degree)) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return low;
}

static void MakeConstants(void) {
  uint32_t found = 0;
  for (uint32_t candidate = 2; found < 64; ++candidate) {
    int prime = 1;
    for (uint32_t divisor = 2; divisor * divisor <= candidate; ++divisor) {
      if (candidate % divisor == 0) prime = 0;
    }
    if (!prime) continue;
    if (found < 8) initial_state[found] = (uint32_t)RootBits(candidate, 2);
    round_constants[found++] = (uint32_t)RootBits(candidate, 3);
  }
}

static uint32_t Rotate(uint32_t value, int count) {
  return (value >> count) | (value << (32 - count));
}

static void Compress(uint32_t* state, const uint8_t* block) {
  uint32_t w[64];
  for (int i = 0; i < 16; ++i) {
    w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
           (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
  }
  for (int i = 16; i < 64; ++i) {
    uint32_t s0 = Rotate(w[i - 15], 7) ^ Rotate(w[i - 15], 18) ^ (w[i - 15] >> 3);
    uint32_t s1 = Rotate(w[i - 2], 17) ^ Rotate(w[i - 2], 19) ^ (w[i - 2] >> 10);
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
  uint32_t v[8];
  memcpy(v, state, sizeof(v));
  for (int i = 0; i < 64; ++i) {
    uint32_t s1 = Rotate(v[4], 6) ^ Rotate(v[4], 11) ^ Rotate(v[4], 25);
    uint32_t choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
    uint32_t first = v[7] + s1 + choice + round_constants[i] + w[i];
    uint32_t s0 = Rotate(v[0], 2) ^ Rotate(v[0], 13) ^ Rotate(v[0], 22);
    uint32_t majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
    uint32_t second = s0 + majority;
    v[7] = v[6];
    v[6] = v[5];
    v[5] = v[4];
    v[4] = v[3] + first;
    v[3] = v[2];
    v[2] = v[1];
    v[1] = v[0];
    v[0] = first + second;
  }
  for (int i = 0; i < 8; ++i) state[i] += v[i];
}

static void Start(Sha256* sha) {
  memcpy(sha->state, initial_state, sizeof(sha->state));
  sha->length = 0;
}

static void Update(Sha256* sha, const uint8_t* data, size_t size) {
  while (size > 0) {
    size_t used = sha->length % 64;
    size_t part = size < 64 - used ? size : 64 - used;
    memcpy(sha->block + used, data, part);
    sha->length += part;
    data += part;
    size -= part;
    if (sha->length % 64 == 0) Compress(sha->state, sha->block);
  }
}

static void Finish(Sha256* sha, char* text) {
  uint64_t bits = sha->length * 8;
  const uint8_t one = 0x80;
  const uint8_t zero = 0;
  Update(sha, &one, 1);
  while (sha->length % 64 != 56) Update(sha, &zero, 1);
  uint8_t length[8];
  for (int i = 0; i < 8; ++i) length[i] = (uint8_t)(bits >> (56 - 8 * i));
  Update(sha, length, 8);
  for (int i = 0; i < 8; ++i) sprintf(text + 8 * i, "%08" PRIx32, sha->state[i]);
}

static int Expect(const char* message, const char* digest) {
  Sha256 sha;
  char text[65];
  Start(&sha);
  Update(&sha, (const uint8_t*)message, strlen(message));
  Finish(&sha, text);
  printf("%s  \"%s\"\n", text, message);
  return strcmp(text, digest) == 0;
}

int main(int argc, char** argv) {
  uint32_t kilobytes = SizeArgument(argc, argv, 64);
  MakeConstants();
  // The first two digests are published test vectors.
  int good = Expect("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855") &
             Expect("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  Sha256 sha;
  char text[65];
  uint8_t buffer[1024];
  uint64_t random = 1;
  Start(&sha);
  for (uint32_t i = 0; i < kilobytes; ++i) {
    for (int j = 0; j < 1024; ++j) buffer[j] = (uint8_t)NextRandom(&random);
    Update(&sha, buffer, sizeof(buffer));
  }
  Finish(&sha, text);
  printf("%s  %" PRIu32 " KB\n", text, kilobytes);
  return good ? 0 : 1;
}
