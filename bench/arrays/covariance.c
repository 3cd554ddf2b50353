// The covariances of the columns of a table of f64.
#include <inttypes.h>

#include "bench/programs/common.h"

enum { kRows = 130, kColumns = 110 };

static double table[kRows][kColumns];
static double mean[kColumns];
static double covariance[kColumns][kColumns];

static void Covariances(void) {
  for (int j = 0; j < kColumns; j++) mean[j] = 0;
  for (int i = 0; i < kRows; i++) {
    for (int j = 0; j < kColumns; j++) mean[j] += table[i][j];
  }
  for (int j = 0; j < kColumns; j++) mean[j] /= kRows;
  for (int i = 0; i < kRows; i++) {
    for (int j = 0; j < kColumns; j++) table[i][j] -= mean[j];
  }
  for (int i = 0; i < kColumns; i++) {
    for (int j = i; j < kColumns; j++) covariance[i][j] = 0;
  }
  for (int k = 0; k < kRows; k++) {
    for (int i = 0; i < kColumns; i++) {
      for (int j = i; j < kColumns; j++) covariance[i][j] += table[k][i] * table[k][j];
    }
  }
  for (int i = 0; i < kColumns; i++) {
    for (int j = i; j < kColumns; j++) {
      covariance[i][j] /= kRows - 1.0;
      covariance[j][i] = covariance[i][j];
    }
  }
}

int main(int argc, char** argv) {
  uint32_t rounds = SizeArgument(argc, argv, 2);
  uint64_t random = 17;
  for (int i = 0; i < kRows; i++) {
    for (int j = 0; j < kColumns; j++) table[i][j] = (double)(NextRandom(&random) % 1000) / 100;
  }
  for (uint32_t round = 0; round < rounds; round++) {
    Covariances();
    table[round % kRows][round % kColumns] += 1.5;
  }
  uint64_t sum = 0;
  for (int i = 0; i < kColumns; i++) {
    for (int j = 0; j < kColumns; j++) sum = Checksum(sum, BitsOf(covariance[i][j]));
  }
  printf("covariance %016" PRIx64 "\n", sum);
  return 0;
}
