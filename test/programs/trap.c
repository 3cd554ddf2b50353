// Ends in the trap that its argument names, after a line of output; wasm only.
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The functions stay apart, so that their names stand in the backtrace.
#define APART __attribute__((noinline))

static volatile int zero = 0;
static volatile int minus_one = -1;
static volatile int lowest = INT_MIN;
static volatile uintptr_t far_away = 0xfffffff0u;
static volatile size_t block_size = 4096;
static uint32_t volatile sink;
static char block[4096];

APART static void Unreachable(void) { __builtin_trap(); }

APART static int Divide(int by) { return lowest / by; }

APART static int Remainder(int by) { return lowest % by; }

APART static void LoadFarAway(void) { sink = *(volatile uint32_t*)far_away; }

APART static void StoreFarAway(void) { *(volatile uint32_t*)far_away = 1; }

// A load whose value nobody uses has to trap all the same.
APART static void LoadAndDrop(void) { (void)*(volatile uint32_t*)far_away; }

APART static void CopyFarAway(void) { memcpy((void*)far_away, block, block_size); }

APART static uint32_t Recurse(uint32_t depth) {
  return depth == (uint32_t)lowest ? depth : Recurse(depth + 1) * 3 ^ depth;
}

APART static int TakesTwo(int a, int b) { return a + b; }

typedef void (*TakesNothing)(void);

APART static void CallOtherType(void) {
  int (*volatile right)(int, int) = TakesTwo;
  TakesNothing volatile wrong = (TakesNothing)(uintptr_t)right;
  wrong();
}

APART static void CallNull(void) {
  TakesNothing volatile null = NULL;
  null();
}

APART static void CallBeyondTable(void) {
  TakesNothing volatile beyond = (TakesNothing)(uintptr_t)0x10000000;
  beyond();
}

static const struct {
  const char* name;
  void (*run)(void);
} kTraps[] = {
    {"abort", abort},
    {"unreachable", Unreachable},
    {"load", LoadFarAway},
    {"store", StoreFarAway},
    {"drop", LoadAndDrop},
    {"copy", CopyFarAway},
    {"other-type", CallOtherType},
    {"null", CallNull},
    {"beyond-table", CallBeyondTable},
};

int main(int argc, char** argv) {
  const char* kind = argc > 1 ? argv[1] : "none";
  printf("before %s\n", kind);
  fflush(stdout);
  for (size_t i = 0; i < sizeof(kTraps) / sizeof(kTraps[0]); ++i) {
    if (strcmp(kind, kTraps[i].name) == 0) kTraps[i].run();
  }
  if (strcmp(kind, "divide") == 0) sink = (uint32_t)Divide(zero);
  if (strcmp(kind, "overflow") == 0) sink = (uint32_t)Divide(minus_one);
  // Defined in wasm, and zero, unlike the division.
  if (strcmp(kind, "remainder") == 0) sink = (uint32_t)Remainder(minus_one);
  if (strcmp(kind, "recurse") == 0) sink = Recurse(0);
  printf("after %s\n", kind);
  return 0;
}
