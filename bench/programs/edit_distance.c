// Dynamic programming over two texts: edit distance, longest common subsequence, and their path.
#include <inttypes.h>
#include <string.h>

#include "common.h"

static uint32_t Smaller(uint32_t a, uint32_t b) { return a < b ? a : b; }

static uint32_t EditDistance(const char* a, const char* b, uint32_t size, uint32_t* row) {
  for (uint32_t j = 0; j <= size; ++j) row[j] = j;
  for (uint32_t i = 1; i <= size; ++i) {
    uint32_t diagonal = row[0];
    row[0] = i;
    for (uint32_t j = 1; j <= size; ++j) {
      uint32_t change = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      row[j] = Smaller(change, Smaller(row[j], row[j - 1]) + 1);
    }
  }
  return row[size];
}

static uint32_t CommonSubsequence(const char* a, const char* b, uint32_t size, uint16_t* table,
                                  uint64_t* path) {
  uint32_t width = size + 1;
  memset(table, 0, width * sizeof(uint16_t));
  for (uint32_t i = 1; i <= size; ++i) {
    table[i * width] = 0;
    for (uint32_t j = 1; j <= size; ++j) {
      uint16_t up = table[(i - 1) * width + j];
      uint16_t left = table[i * width + j - 1];
      uint16_t best = up > left ? up : left;
      if (a[i - 1] == b[j - 1]) best = (uint16_t)(table[(i - 1) * width + j - 1] + 1);
      table[i * width + j] = best;
    }
  }
  uint32_t i = size;
  uint32_t j = size;
  while (i > 0 && j > 0) {
    if (a[i - 1] == b[j - 1]) {
      *path = Checksum(*path, (uint64_t)a[i - 1] << 32 | i);
      --i;
      --j;
    } else if (table[(i - 1) * width + j] >= table[i * width + j - 1]) {
      --i;
    } else {
      --j;
    }
  }
  return table[size * width + size];
}

int main(int argc, char** argv) {
  uint32_t size = SizeArgument(argc, argv, 160);
  char* a = malloc(size + 1);
  char* b = malloc(size + 1);
  uint32_t* row = malloc((size + 1) * sizeof(uint32_t));
  uint16_t* table = malloc((size_t)(size + 1) * (size + 1) * sizeof(uint16_t));
  if (!a || !b || !row || !table) return 3;
  uint64_t random = 29;
  for (uint32_t i = 0; i < size; ++i) {
    a[i] = "acgt"[NextRandom(&random) & 3];
    b[i] = NextRandom(&random) % 4 == 0 ? 't' : a[i];
  }
  memmove(b + size / 8, b, size - size / 8);
  a[size] = b[size] = '\0';
  uint64_t path = 0;
  printf("distance %" PRIu32 "\n", EditDistance(a, b, size, row));
  printf("common   %" PRIu32 "\n", CommonSubsequence(a, b, size, table, &path));
  printf("path     %016" PRIx64 "\n", path);
  free(a);
  free(b);
  free(row);
  free(table);
  return 0;
}
