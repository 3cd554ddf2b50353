// Grows the memory in steps to SIZE megabytes, keeps what was written, touches one page in many.
// The pointer to the first block stays valid: memory never moves for the program.
#include <inttypes.h>
#include <string.h>

#include "common.h"

enum { kMegabyte = 1 << 20, kMostBlocks = 64 };

int main(int argc, char** argv) {
  uint32_t megabytes = SizeArgument(argc, argv, 1024);
  uint32_t step = megabytes < kMostBlocks ? 1 : megabytes / kMostBlocks;
  uint8_t* blocks[kMostBlocks];
  uint32_t count = 0;
  uint32_t total = 0;
  while (count < kMostBlocks && total + step <= megabytes) {
    size_t size = (size_t)step * kMegabyte;
    uint8_t* block = malloc(size);
    if (block == NULL) {
      printf("out of memory after %" PRIu32 " MB\n", total);
      return 3;
    }
    for (size_t at = 0; at < size; at += kMegabyte / 4) {
      uint32_t mark = count * 1000003u + (uint32_t)(at >> 12);
      memcpy(block + at, &mark, sizeof(mark));
    }
    block[size - 1] = (uint8_t)count;
    blocks[count++] = block;
    total += step;
  }
  uint64_t sum = 0;
  for (uint32_t i = 0; i < count; ++i) {
    size_t size = (size_t)step * kMegabyte;
    for (size_t at = 0; at < size; at += kMegabyte / 4) {
      uint32_t mark;
      memcpy(&mark, blocks[i] + at, sizeof(mark));
      sum = Checksum(sum, mark);
    }
    sum = Checksum(sum, blocks[i][size - 1]);
  }
  printf("%" PRIu32 " blocks, %" PRIu32 " MB, sum %016" PRIx64 "\n", count, total, sum);

  // Half of the address space can be had neither here nor in the native twin, and asking is
  // harmless.
  volatile size_t too_much = SIZE_MAX / 2 + 1;
  void* volatile impossible = malloc(too_much);
  printf("impossible request %s\n", impossible == NULL ? "refused" : "granted");
  free(impossible);
  for (uint32_t i = 0; i < count; ++i) free(blocks[i]);
  return 0;
}
