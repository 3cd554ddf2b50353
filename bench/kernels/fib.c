// Kernel: direct calls. size: n of fib(n).
#include "kernel.h"

// Reached through run alone, so that a compiler may not turn the recursion into something else.
static __attribute__((noinline)) int32_t Fib(int32_t n) {
  return n < 2 ? n : Fib(n - 1) + Fib(n - 2);
}

int32_t run(int32_t size) { return Fib(size); }
