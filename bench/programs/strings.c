// The C library's memory and string functions: copies, overlaps, fills, searches, tokens. Tested,
// not measured: glibc's vector code against musl's loops would say nothing about an engine.
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "common.h"

enum { kSize = 4096 };

static uint64_t Copies(uint32_t rounds) {
  static uint8_t buffer[kSize + 256];
  static uint8_t other[kSize + 256];
  uint64_t random = 41;
  for (int i = 0; i < kSize; ++i) buffer[i] = (uint8_t)NextRandom(&random);
  uint64_t sum = 0;
  for (uint32_t i = 0; i < rounds; ++i) {
    uint32_t choice = NextRandom(&random);
    size_t from = choice % 1000;
    size_t to = (choice >> 10) % 1000;
    size_t length = (choice >> 20) % 2048;
    memmove(buffer + to, buffer + from, length);
    memcpy(other + from, buffer + to, length);
    memset(other + to, (int)(choice & 0xff), length % 64);
    sum += (uint64_t)(memcmp(buffer + from, other + from, length) > 0) << (i % 48);
    const uint8_t* found = memchr(buffer + from, (int)(choice >> 24), kSize - from);
    sum += found == NULL ? 1 : (uint64_t)(found - buffer);
  }
  return ChecksumBytes(sum, buffer, kSize);
}

static uint64_t Searches(uint32_t rounds) {
  static char text[kSize];
  uint64_t random = 43;
  for (int i = 0; i < kSize - 1; ++i) text[i] = (char)('a' + NextRandom(&random) % 4);
  uint64_t sum = 0;
  for (uint32_t i = 0; i < rounds; ++i) {
    char needle[8];
    int length = 3 + (int)(i % 4);
    for (int j = 0; j < length; ++j) needle[j] = (char)('a' + NextRandom(&random) % 4);
    needle[length] = '\0';
    const char* found = strstr(text, needle);
    const char* last = strrchr(text, needle[0]);
    sum = Checksum(sum, found == NULL ? 0 : (uint64_t)(found - text));
    sum = Checksum(sum, (uint64_t)(last - text) + strspn(text, needle) + strcspn(text, needle));
    sum =
        Checksum(sum, (uint64_t)(strncmp(text + i % 512, needle, 2) < 0) + strlen(text + i % 512));
  }
  return sum;
}

static void Tokens(void) {
  char path[] = "/usr//lib:/opt/lib::/home";
  char* rest = NULL;
  for (char* part = strtok_r(path, ":", &rest); part; part = strtok_r(NULL, ":", &rest)) {
    printf("<%s>", part);
  }
  char shout[64] = "strcat and ";
  strcat(shout, "toupper");
  strncat(shout, " and more that is cut", 9);
  for (char* c = shout; *c != '\0'; ++c) *c = (char)toupper((unsigned char)*c);
  char* copy = strdup(shout);
  printf(" %s %zu\n", copy, strnlen(copy, 10));
  free(copy);
}

int main(int argc, char** argv) {
  uint32_t rounds = SizeArgument(argc, argv, 60);
  printf("copies   %016" PRIx64 "\n", Copies(rounds));
  printf("searches %016" PRIx64 "\n", Searches(rounds));
  Tokens();
  return 0;
}
