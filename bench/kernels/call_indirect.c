// Kernel: calls through a function table, the target changing with every call. size: thousands.
#include "kernel.h"

typedef int32_t (*Operation)(int32_t, int32_t);

static int32_t Add(int32_t a, int32_t b) { return (int32_t)((uint32_t)a + (uint32_t)b); }
static int32_t Subtract(int32_t a, int32_t b) { return (int32_t)((uint32_t)a - (uint32_t)b); }
static int32_t Exclusive(int32_t a, int32_t b) { return a ^ b; }
static int32_t Scale(int32_t a, int32_t b) { return (int32_t)((uint32_t)a * 3u + (uint32_t)b); }
static int32_t Fold(int32_t a, int32_t b) { return (int32_t)(((uint32_t)a >> 3) ^ (uint32_t)b); }
static int32_t Larger(int32_t a, int32_t b) { return a > b ? a : b; }
static int32_t Masked(int32_t a, int32_t b) { return (a & 0xffffff) | (b & 1); }
static int32_t Swapped(int32_t a, int32_t b) { return (int32_t)((uint32_t)b - (uint32_t)a); }

static Operation volatile source[8] = {Add,  Subtract, Exclusive, Scale,
                                       Fold, Larger,   Masked,    Swapped};

int32_t run(int32_t size) {
  Operation table[8];
  for (int i = 0; i < 8; ++i) table[i] = source[i];
  int32_t value = 1;
  for (int32_t thousand = 0; thousand < size; ++thousand) {
    for (int32_t i = 0; i < 1000; ++i) value = table[i & 7](value, i);
  }
  return value;
}
