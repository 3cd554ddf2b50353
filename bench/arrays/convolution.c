// A layer of a convolutional network in f32: every output plane is the sum of all input planes,
// each filtered with 3 x 3 weights of its own; then a bias and ReLU.
#include <inttypes.h>

#include "bench/programs/common.h"

enum { kInputs = 4, kOutputs = 6, kSide = 48, kInside = kSide - 2 };

static float input[kInputs][kSide][kSide];
static float weights[kOutputs][kInputs][3][3];
static float bias[kOutputs];
static float output[kOutputs][kInside][kInside];

static void Convolve(void) {
  for (int o = 0; o < kOutputs; o++) {
    for (int y = 0; y < kInside; y++) {
      for (int x = 0; x < kInside; x++) output[o][y][x] = bias[o];
      for (int i = 0; i < kInputs; i++) {
        for (int dy = 0; dy < 3; dy++) {
          for (int x = 0; x < kInside; x++) {
            output[o][y][x] += input[i][y + dy][x] * weights[o][i][dy][0] +
                               input[i][y + dy][x + 1] * weights[o][i][dy][1] +
                               input[i][y + dy][x + 2] * weights[o][i][dy][2];
          }
        }
      }
      for (int x = 0; x < kInside; x++) {
        if (output[o][y][x] < 0) output[o][y][x] = 0;
      }
    }
  }
}

int main(int argc, char** argv) {
  uint32_t rounds = SizeArgument(argc, argv, 3);
  uint64_t random = 8;
  for (int i = 0; i < kInputs; i++) {
    for (int y = 0; y < kSide; y++) {
      for (int x = 0; x < kSide; x++) input[i][y][x] = (float)(NextRandom(&random) % 256) / 256;
    }
  }
  for (int o = 0; o < kOutputs; o++) {
    bias[o] = (float)(NextRandom(&random) % 100) / 100;
    for (int i = 0; i < kInputs; i++) {
      for (int k = 0; k < 9; k++) {
        weights[o][i][k / 3][k % 3] = (float)(int)(NextRandom(&random) % 512 - 256) / 512;
      }
    }
  }
  uint64_t sum = 0;
  for (uint32_t round = 0; round < rounds; round++) {
    Convolve();
    float* pixel = &input[round % kInputs][round % kSide][round % kInside];
    *pixel = output[round % kOutputs][round % kInside][7] / 32;
    sum = Checksum(sum, BitsOf(*pixel));
  }
  for (int o = 0; o < kOutputs; o++) {
    for (int y = 0; y < kInside; y++) {
      for (int x = 0; x < kInside; x++) sum = Checksum(sum, BitsOf(output[o][y][x]));
    }
  }
  printf("planes %016" PRIx64 "\n", sum);
  return 0;
}
