// The smallest program that prints: start-up time and memory are measured with it.
#include <stdio.h>

int main(void) {
  puts("hello, world");
  return 0;
}
