// A kernel is one function, `run`, exported so that a harness may call it with any size
// (`wasm-tier run --invoke run FILE SIZE`), and a main that calls it once and prints the result.
#ifndef WASMTIER_BENCH_KERNELS_KERNEL_H_
#define WASMTIER_BENCH_KERNELS_KERNEL_H_

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#ifdef __wasm__
#define KERNEL_EXPORT __attribute__((export_name("run"), noinline))
#else
#define KERNEL_EXPORT __attribute__((noinline))
#endif

KERNEL_EXPORT int32_t run(int32_t size);

int main(int argc, char** argv) {
  int32_t size = argc > 1 ? atoi(argv[1]) : 10;
  printf("%d\n", (int)run(size));
  return 0;
}

#endif  // WASMTIER_BENCH_KERNELS_KERNEL_H_
