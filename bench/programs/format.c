// printf, scanf and varargs of our own; large structs passed and returned by value.
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>

#include "common.h"

typedef struct {
  int64_t numbers[12];
  double reals[4];
  char label[40];
} Parcel;

static Parcel Pack(int64_t seed, const char* label) {
  Parcel parcel;
  for (int i = 0; i < 12; ++i) parcel.numbers[i] = seed * (i + 1) - i;
  for (int i = 0; i < 4; ++i) parcel.reals[i] = (double)seed / (1 << i);
  snprintf(parcel.label, sizeof(parcel.label), "%s-%" PRId64, label, seed);
  return parcel;
}

static Parcel Merge(Parcel left, Parcel right) {
  for (int i = 0; i < 12; ++i) left.numbers[i] ^= right.numbers[11 - i];
  for (int i = 0; i < 4; ++i) left.reals[i] += right.reals[3 - i];
  memcpy(left.label + 8, right.label, 16);
  left.label[24] = '\0';
  return left;
}

// Kinds: i int, l int64, d double, s string, c char.
static int64_t Total(const char* kinds, ...) {
  va_list arguments;
  va_start(arguments, kinds);
  int64_t total = 0;
  for (; *kinds != '\0'; ++kinds) {
    switch (*kinds) {
      case 'i':
        total += va_arg(arguments, int);
        break;
      case 'l':
        total += va_arg(arguments, int64_t);
        break;
      case 'd':
        total += (int64_t)(va_arg(arguments, double) * 4);
        break;
      case 's':
        total += (int64_t)strlen(va_arg(arguments, const char*));
        break;
      default:
        total += va_arg(arguments, int) - 'a';
        break;
    }
  }
  va_end(arguments);
  return total;
}

static void Integers(void) {
  printf("[%d] [%5d] [%-5d] [%05d] [%+d] [% d]\n", 42, 42, 42, 42, 42, 42);
  printf("[%x] [%X] [%#x] [%o] [%u] [%c]\n", 48879u, 48879u, 48879u, 8u, UINT_MAX, 'w');
  printf("[%d] [%" PRId64 "] [%" PRIu64 "]\n", INT_MIN, INT64_MIN, UINT64_MAX);
  printf("[%hhd] [%hd] [%.3d] [%*d] [%-*d]\n", (signed char)-5, (short)-300, 7, 6, 12, 6, 12);
}

static void Reals(void) {
  printf("[%f] [%.2f] [%10.3f] [%-10.1f] [%+.1f]\n", 3.25, 2.675, -1.5, 99.95, 0.25);
  printf("[%e] [%.3E] [%g] [%g] [%g]\n", 123456.789, 0.00012, 1e20, 0.0001, 100000.0);
  printf("[%.17g] [%a] [%f] [%f]\n", 0.1, 1.0, 1e300 * 1e300, -0.0);
  printf("[%.0f] [%.0f] [%.0f] [%.20f]\n", 0.5, 1.5, 2.5, 1.0 / 3.0);
}

static void Texts(void) {
  printf("[%s] [%8s] [%-8s] [%.2s] [%%]\n", "text", "text", "text", "text");
  char small[8];
  int wanted = snprintf(small, sizeof(small), "%s", "far too long");
  printf("[%s] %d\n", small, wanted);
  int whole = 0;
  unsigned hexadecimal = 0;
  double real = 0;
  char word[16];
  int fields =
      sscanf("  -17 0xff 2.5e3 word!", "%d %x %lf %15[a-z]", &whole, &hexadecimal, &real, word);
  printf("%d fields: %d %u %.1f %s\n", fields, whole, hexadecimal, real, word);
  printf("%ld %g %d\n", strtol("7fz", NULL, 16), strtod("1e-3x", NULL), atoi("12ab"));
}

int main(int argc, char** argv) {
  uint32_t rounds = SizeArgument(argc, argv, 60);
  Integers();
  Reals();
  Texts();
  printf("total %" PRId64 "\n",
         Total("ildscsild", 1, INT64_C(1) << 40, 2.25, "four", 'e', "", -9, INT64_C(-3), -0.5));
  uint64_t sum = 0;
  char line[512];
  for (uint32_t i = 0; i < rounds; ++i) {
    Parcel parcel = Merge(Pack(i, "first-one"), Pack(3 * (int64_t)i + 1, "second"));
    int size = snprintf(line, sizeof(line), "%" PRId64 " %8.3f %s %" PRIx64 " %g %05u|%-12s|",
                        parcel.numbers[i % 12], parcel.reals[i % 4], parcel.label,
                        (uint64_t)parcel.numbers[3], parcel.reals[1], i, parcel.label + 4);
    sum = ChecksumBytes(sum, line, (size_t)size);
  }
  printf("%s\nsum %016" PRIx64 "\n", line, sum);
  return 0;
}
