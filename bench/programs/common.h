// What the benchmark programs share: reading the size argument, a random generator, a checksum.
// Every program prints the same bytes on every machine, so nothing here depends on the width of
// `long`, on addresses or on the math library.
#ifndef WASMTIER_BENCH_PROGRAMS_COMMON_H_
#define WASMTIER_BENCH_PROGRAMS_COMMON_H_

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

// The size is the first argument; without one the program does its small test run.
static inline uint32_t SizeArgument(int argc, char** argv, uint32_t small_size) {
  if (argc < 2) return small_size;
  char* end = NULL;
  unsigned long long value = strtoull(argv[1], &end, 10);
  if (end == argv[1] || *end != '\0' || value == 0 || value > UINT32_MAX) {
    fprintf(stderr, "size must be a positive number: %s\n", argv[1]);
    exit(2);
  }
  return (uint32_t)value;
}

// A 64-bit linear congruential step whose upper half is folded down.
static inline uint32_t NextRandom(uint64_t* state) {
  *state = *state * UINT64_C(0x5851f42d4c957f2d) + UINT64_C(0x14057b7ef767814f);
  uint32_t high = (uint32_t)(*state >> 32);
  return high ^ (high >> 15);
}

// Folds a value into a running checksum; the order of the values matters.
static inline uint64_t Checksum(uint64_t sum, uint64_t value) {
  sum ^= value;
  sum *= UINT64_C(0x9fb21c651e98df25);
  return sum ^ (sum >> 29);
}

static inline uint64_t ChecksumBytes(uint64_t sum, const void* bytes, size_t count) {
  const uint8_t* byte = (const uint8_t*)bytes;
  for (size_t i = 0; i < count; ++i) sum = Checksum(sum, byte[i]);
  return sum;
}

// The bits of a double, so that results are compared exactly.
static inline uint64_t BitsOf(double value) {
  union {
    double value;
    uint64_t bits;
  } view;
  view.value = value;
  return view.bits;
}

#endif  // WASMTIER_BENCH_PROGRAMS_COMMON_H_
