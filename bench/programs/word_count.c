// Counts lines, words and bytes of standard input, its longest line and its commonest letters.
// With a SIZE argument the input is taken that many times.
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "common.h"

typedef struct {
  uint64_t lines;
  uint64_t words;
  uint64_t bytes;
  uint64_t letters[26];
} Counts;

static void Count(Counts* counts, const char* text, size_t size) {
  int in_word = 0;
  for (size_t i = 0; i < size; ++i) {
    unsigned char c = (unsigned char)text[i];
    ++counts->bytes;
    counts->lines += c == '\n';
    if (isspace(c)) {
      in_word = 0;
    } else if (!in_word) {
      in_word = 1;
      ++counts->words;
    }
    if (isalpha(c)) ++counts->letters[tolower(c) - 'a'];
  }
}

int main(int argc, char** argv) {
  uint32_t times = SizeArgument(argc, argv, 1);
  char* text = NULL;
  size_t size = 0;
  size_t capacity = 0;
  size_t longest = 0;
  char line[256];
  while (fgets(line, sizeof(line), stdin) != NULL) {
    size_t length = strlen(line);
    if (size + length > capacity) {
      capacity = 2 * capacity + sizeof(line);
      text = realloc(text, capacity);
      if (text == NULL) return 3;
    }
    memcpy(text + size, line, length);
    size += length;
    if (length > longest) longest = length;
  }
  printf("end of input %s\n", feof(stdin) && !ferror(stdin) ? "reached" : "missed");
  Counts counts = {0};
  for (uint32_t i = 0; i < times; ++i) Count(&counts, text, size);
  printf("lines %" PRIu64 " words %" PRIu64 " bytes %" PRIu64 " longest %zu\n", counts.lines,
         counts.words, counts.bytes, longest);
  for (int shown = 0; shown < 5; ++shown) {
    int best = 0;
    for (int i = 1; i < 26; ++i) {
      if (counts.letters[i] > counts.letters[best]) best = i;
    }
    printf("%c %" PRIu64 "\n", 'a' + best, counts.letters[best]);
    counts.letters[best] = 0;
  }
  free(text);
  return counts.bytes == 0 ? 1 : 0;
}
