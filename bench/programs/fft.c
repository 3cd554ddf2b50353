// A radix-2 Fourier transform, forward and back; the roots of unity come from half-angle formulas,
// because the math libraries' sin and cos differ in the last bit.
#include <inttypes.h>
#include <math.h>

#include "common.h"

typedef struct {
  double real;
  double imaginary;
} Complex;

// roots[i] = exp(2 pi i * index / count), built by doubling the resolution.
static void MakeRoots(Complex* roots, uint32_t count) {
  roots[0] = (Complex){1, 0};
  if (count == 1) return;
  roots[count / 2] = (Complex){-1, 0};
  double cosine = -1;
  for (uint32_t step = count / 4; step >= 1; step /= 2) {
    double half = sqrt((1 + cosine) / 2);
    Complex turn = {half, sqrt(1 - half * half)};
    for (uint32_t i = step; i < count; i += 2 * step) {
      Complex base = roots[i - step];
      roots[i].real = base.real * turn.real - base.imaginary * turn.imaginary;
      roots[i].imaginary = base.real * turn.imaginary + base.imaginary * turn.real;
    }
    cosine = half;
  }
}

static void Transform(Complex* data, const Complex* roots, uint32_t count, int inverse) {
  for (uint32_t i = 1, j = 0; i < count; ++i) {
    uint32_t bit = count >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      Complex value = data[i];
      data[i] = data[j];
      data[j] = value;
    }
  }
  for (uint32_t length = 2; length <= count; length *= 2) {
    uint32_t stride = count / length;
    for (uint32_t start = 0; start < count; start += length) {
      for (uint32_t k = 0; k < length / 2; ++k) {
        Complex root = roots[k * stride];
        if (inverse) root.imaginary = -root.imaginary;
        Complex* low = &data[start + k];
        Complex* high = &data[start + k + length / 2];
        double real = high->real * root.real - high->imaginary * root.imaginary;
        double imaginary = high->real * root.imaginary + high->imaginary * root.real;
        high->real = low->real - real;
        high->imaginary = low->imaginary - imaginary;
        low->real += real;
        low->imaginary += imaginary;
      }
    }
  }
}

int main(int argc, char** argv) {
  uint32_t rounds = SizeArgument(argc, argv, 1);
  uint32_t count = 2048;
  Complex* roots = malloc(sizeof(Complex) * count);
  Complex* data = malloc(sizeof(Complex) * count);
  if (!roots || !data) return 3;
  MakeRoots(roots, count);
  uint64_t random = 5;
  for (uint32_t i = 0; i < count; ++i) {
    data[i] = (Complex){(double)(NextRandom(&random) % 1000), 0};
  }
  for (uint32_t round = 0; round < rounds; ++round) {
    Transform(data, roots, count, 0);
    Transform(data, roots, count, 1);
    for (uint32_t i = 0; i < count; ++i) {
      data[i].real /= count;
      data[i].imaginary /= count;
    }
  }
  random = 5;
  double worst = 0;
  uint64_t sum = 0;
  for (uint32_t i = 0; i < count; ++i) {
    double difference = fabs(data[i].real - (double)(NextRandom(&random) % 1000));
    if (difference > worst) worst = difference;
    sum = Checksum(sum, BitsOf(data[i].real));
  }
  printf("round trip %s\nbits       %016" PRIx64 "\n", worst < 1e-6 ? "exact" : "drifted", sum);
  free(roots);
  free(data);
  return worst < 1e-6 ? 0 : 1;
}
