// Kernel: bytes in memory, short loops. size: rounds over 100,000 numbers.
#include "kernel.h"

enum { kNumbers = 100000 };
static uint8_t composite[kNumbers];

int32_t run(int32_t size) {
  int32_t primes = 0;
  for (int32_t round = 0; round < size; ++round) {
    for (int32_t i = 0; i < kNumbers; ++i) composite[i] = 0;
    for (int32_t i = 2; i < kNumbers; ++i) {
      if (composite[i]) continue;
      ++primes;
      for (int32_t j = i + i; j < kNumbers; j += i) composite[j] = 1;
    }
  }
  return primes;
}
