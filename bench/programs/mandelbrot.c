// Escape times of the Mandelbrot set: a loop whose trip count depends on the data, in f64 and f32.
#include <inttypes.h>

#include "common.h"

enum { kLimit = 200 };

static uint32_t Escape64(double real, double imaginary) {
  double x = 0;
  double y = 0;
  uint32_t step = 0;
  while (step < kLimit && x * x + y * y <= 4.0) {
    double next = x * x - y * y + real;
    y = 2.0 * x * y + imaginary;
    x = next;
    ++step;
  }
  return step;
}

static uint32_t Escape32(float real, float imaginary) {
  float x = 0;
  float y = 0;
  uint32_t step = 0;
  while (step < kLimit && x * x + y * y <= 4.0f) {
    float next = x * x - y * y + real;
    y = 2.0f * x * y + imaginary;
    x = next;
    ++step;
  }
  return step;
}

int main(int argc, char** argv) {
  uint32_t size = SizeArgument(argc, argv, 60);
  uint64_t sum = 0;
  uint64_t inside = 0;
  for (uint32_t row = 0; row < size; ++row) {
    for (uint32_t column = 0; column < size; ++column) {
      double real = -2.0 + 2.5 * column / size;
      double imaginary = -1.25 + 2.5 * row / size;
      uint32_t wide = Escape64(real, imaginary);
      uint32_t narrow = Escape32((float)real, (float)imaginary);
      inside += (wide == kLimit) + (narrow == kLimit);
      sum = Checksum(sum, ((uint64_t)wide << 32) | narrow);
    }
  }
  printf("inside %" PRIu64 "\nsteps  %016" PRIx64 "\n", inside, sum);
  // A picture of fixed size, for the eye.
  const char shades[] = " .:-=+*#%@";
  for (int row = 0; row < 12; ++row) {
    char line[33];
    for (int column = 0; column < 32; ++column) {
      uint32_t steps = Escape64(-2.0 + 2.5 * column / 32, -1.25 + 2.5 * row / 12);
      line[column] = shades[steps * 9 / kLimit];
    }
    line[32] = '\0';
    puts(line);
  }
  return 0;
}
