// Two functions that share the time three to one, for perf; wasm only.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define APART __attribute__((noinline))

APART static uint32_t Slow(uint32_t value, uint32_t rounds) {
  for (uint32_t i = 0; i < rounds; ++i) {
    value = value * 1664525u + 1013904223u;
    value ^= value >> 13;
  }
  return value;
}

APART static uint32_t Fast(uint32_t value, uint32_t rounds) {
  for (uint32_t i = 0; i < rounds; ++i) {
    value = value * 22695477u + 1u;
    value ^= value >> 11;
  }
  return value;
}

int main(int argc, char** argv) {
  const int calls = argc > 1 ? atoi(argv[1]) : 1000;
  uint32_t value = 1;
  for (int i = 0; i < calls; ++i) {
    value = Slow(value, 30000);
    value = Fast(value, 10000);
  }
  printf("%u\n", value);
  return 0;
}
