// Calls through tables of function pointers with several signatures, some of them chosen by data.
#include <inttypes.h>

#include "common.h"

typedef uint32_t (*Unary)(uint32_t);
typedef uint32_t (*Binary)(uint32_t, uint32_t);
typedef double (*Real)(double, double);

static uint32_t Increment(uint32_t x) { return x + 1; }
static uint32_t Double(uint32_t x) { return x * 2; }
static uint32_t Invert(uint32_t x) { return ~x; }
static uint32_t Spread(uint32_t x) { return x ^ (x << 13); }
static uint32_t Count(uint32_t x) { return (uint32_t)__builtin_popcount(x); }
static uint32_t Leading(uint32_t x) { return x == 0 ? 32 : (uint32_t)__builtin_clz(x); }
static uint32_t Swap(uint32_t x) { return __builtin_bswap32(x); }
static uint32_t Fold(uint32_t x) { return x ^ (x >> 17); }

static uint32_t Add(uint32_t a, uint32_t b) { return a + b; }
static uint32_t Subtract(uint32_t a, uint32_t b) { return a - b; }
static uint32_t Multiply(uint32_t a, uint32_t b) { return a * b; }
static uint32_t Divide(uint32_t a, uint32_t b) { return a / (b | 1); }

static double Sum(double a, double b) { return a + b; }
static double Difference(double a, double b) { return a - b; }
static double Average(double a, double b) { return (a + b) * 0.5; }
static double Larger(double a, double b) { return a > b ? a : b; }

// Volatile, so that no compiler turns the tables into switches.
static Unary volatile unary[8] = {Increment, Double, Invert, Spread, Count, Leading, Swap, Fold};
static Binary volatile binary[4] = {Add, Subtract, Multiply, Divide};
static Real volatile real[4] = {Sum, Difference, Average, Larger};

// A callback with a context, as in a C library's visitor.
typedef struct {
  uint64_t sum;
  uint32_t visits;
} Tally;

static void TallyOne(void* context, uint32_t value) {
  Tally* tally = context;
  tally->sum += value;
  ++tally->visits;
}

static void Visit(uint32_t count, void (*volatile callback)(void*, uint32_t), void* context) {
  for (uint32_t i = 0; i < count; ++i) callback(context, i * i);
}

int main(int argc, char** argv) {
  uint32_t size = SizeArgument(argc, argv, 8000);
  uint32_t value = 12345;
  for (uint32_t i = 0; i < size; ++i) value += unary[i & 7](value);
  printf("in turn  %08" PRIx32 "\n", value);
  uint64_t random = 2;
  for (uint32_t i = 0; i < size; ++i) {
    uint32_t choice = NextRandom(&random);
    value = binary[choice & 3](unary[(choice >> 2) & 7](value), choice >> 5) + choice;
  }
  printf("by data  %08" PRIx32 "\n", value);
  double number = 1;
  for (uint32_t i = 0; i < size; ++i) number = real[i % 4](number, (double)(i % 1000) * 0.125);
  printf("f64      %.6f\n", number);
  Tally tally = {0, 0};
  Visit(size, TallyOne, &tally);
  printf("visits   %" PRIu32 " sum %" PRIu64 "\n", tally.visits, tally.sum);
  return 0;
}
