// Kernel: 32-bit arithmetic and rotation in one long loop body. size: blocks of SHA-256's rounds,
// with constants of its own.
#include "kernel.h"

static uint32_t constants[64];

static uint32_t Rotate(uint32_t value, int count) {
  return (value >> count) | (value << (32 - count));
}

static void Block(uint32_t* state, uint32_t* w) {
  for (int i = 16; i < 64; ++i) {
    uint32_t s0 = Rotate(w[i - 15], 7) ^ Rotate(w[i - 15], 18) ^ (w[i - 15] >> 3);
    uint32_t s1 = Rotate(w[i - 2], 17) ^ Rotate(w[i - 2], 19) ^ (w[i - 2] >> 10);
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
  uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
  uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
  for (int i = 0; i < 64; ++i) {
    uint32_t first = h + (Rotate(e, 6) ^ Rotate(e, 11) ^ Rotate(e, 25)) + ((e & f) ^ (~e & g)) +
                     constants[i] + w[i];
    uint32_t second =
        (Rotate(a, 2) ^ Rotate(a, 13) ^ Rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = d + first;
    d = c;
    c = b;
    b = a;
    a = first + second;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}

int32_t run(int32_t size) {
  uint32_t state[8] = {1, 2, 3, 4, 5, 6, 7, 8};
  uint32_t w[64];
  for (uint32_t i = 0; i < 64; ++i) constants[i] = (i + 1) * 0x9e3779b1u;
  for (int32_t block = 0; block < size; ++block) {
    for (int i = 0; i < 16; ++i) w[i] = state[i & 7] + (uint32_t)(block * (i + 3));
    Block(state, w);
  }
  return (int32_t)(state[0] ^ state[7]);
}
