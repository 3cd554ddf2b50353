// exit() from a nested call: handlers run in reverse order, buffered output appears, the code
// counts.
#include <inttypes.h>

#include "common.h"

static void First(void) { puts("first registered, last run"); }
static void Second(void) { puts("second registered, first run"); }

static uint32_t Descend(uint32_t depth, uint32_t code) {
  if (depth == 0) {
    printf("leaving with %" PRIu32, code);
    putchar('\n');
    exit((int)code);
  }
  return Descend(depth - 1, code) + 1;
}

int main(int argc, char** argv) {
  uint32_t code = SizeArgument(argc, argv, 42);
  atexit(First);
  atexit(Second);
  fprintf(stderr, "this line goes to standard error\n");
  return (int)Descend(100, code);
}
