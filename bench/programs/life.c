// Conway's game of life on a torus: once cell by cell in bytes, once 32 cells to a word; they
// agree.
#include <inttypes.h>
#include <string.h>

#include "common.h"

enum { kSide = 64, kWords = kSide / 32 };

static uint8_t cells[2][kSide][kSide];
static uint32_t words[2][kSide][kWords];

static void StepCells(int from) {
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      int neighbours = 0;
      for (int dy = -1; dy <= 1; ++dy) {
        for (int dx = -1; dx <= 1; ++dx) {
          if (dx != 0 || dy != 0) {
            neighbours += cells[from][(y + dy) & (kSide - 1)][(x + dx) & (kSide - 1)];
          }
        }
      }
      cells[!from][y][x] = neighbours == 3 || (neighbours == 2 && cells[from][y][x]);
    }
  }
}

// Adds one bit to each of 32 counters of three bits (saturation is not needed: 8 reads as 0 here,
// and a cell with eight neighbours dies as one with none does).
static void Count(uint32_t bits, uint32_t counter[3]) {
  uint32_t carry = counter[0] & bits;
  counter[0] ^= bits;
  uint32_t carry2 = counter[1] & carry;
  counter[1] ^= carry;
  counter[2] ^= carry2;
}

static void StepWords(int from) {
  for (int y = 0; y < kSide; ++y) {
    for (int w = 0; w < kWords; ++w) {
      uint32_t counter[3] = {0, 0, 0};
      for (int dy = -1; dy <= 1; ++dy) {
        const uint32_t* row = words[from][(y + dy) & (kSide - 1)];
        uint32_t before = row[(w + kWords - 1) % kWords];
        uint32_t after = row[(w + 1) % kWords];
        Count(row[w] << 1 | before >> 31, counter);
        Count(row[w] >> 1 | after << 31, counter);
        if (dy != 0) Count(row[w], counter);
      }
      uint32_t two_or_three = counter[1] & ~counter[2];
      words[!from][y][w] = two_or_three & (counter[0] | words[from][y][w]);
    }
  }
}

int main(int argc, char** argv) {
  uint32_t generations = SizeArgument(argc, argv, 12);
  uint64_t random = 17;
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      uint8_t alive = NextRandom(&random) % 3 == 0;
      cells[0][y][x] = alive;
      words[0][y][x / 32] |= (uint32_t)alive << (x % 32);
    }
  }
  int from = 0;
  for (uint32_t i = 0; i < generations; ++i, from = !from) {
    StepCells(from);
    StepWords(from);
  }
  uint32_t alive = 0;
  uint32_t wrong = 0;
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      alive += cells[from][y][x];
      wrong += cells[from][y][x] != (words[from][y][x / 32] >> (x % 32) & 1);
    }
  }
  printf("alive %" PRIu32 ", wrong %" PRIu32 ", sum %016" PRIx64 "\n", alive, wrong,
         ChecksumBytes(0, cells[from], sizeof(cells[from])));
  for (int y = 0; y < 8; ++y) {
    for (int x = 0; x < kSide; ++x) putchar(cells[from][y][x] ? '#' : '.');
    putchar('\n');
  }
  return wrong == 0 ? 0 : 1;
}
