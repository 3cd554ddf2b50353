// The C library's qsort and bsearch on numbers, on records and on strings, through comparison
// callbacks.
#include <inttypes.h>
#include <string.h>

#include "common.h"

typedef struct {
  uint32_t key;
  uint32_t serial;
  char name[24];
} Record;

static int CompareNumbers(const void* left, const void* right) {
  int32_t a = *(const int32_t*)left;
  int32_t b = *(const int32_t*)right;
  return (a > b) - (a < b);
}

// The serial number makes the order total, so that every qsort gives the same result.
static int CompareRecords(const void* left, const void* right) {
  const Record* a = left;
  const Record* b = right;
  if (a->key != b->key) return a->key < b->key ? -1 : 1;
  return (a->serial > b->serial) - (a->serial < b->serial);
}

static int CompareNames(const void* left, const void* right) {
  const Record* a = *(Record* const*)left;
  const Record* b = *(Record* const*)right;
  int order = strcmp(a->name, b->name);
  return order != 0 ? order : (a->serial > b->serial) - (a->serial < b->serial);
}

int main(int argc, char** argv) {
  uint32_t count = SizeArgument(argc, argv, 1500);
  int32_t* numbers = malloc(sizeof(int32_t) * count);
  Record* records = malloc(sizeof(Record) * count);
  Record** byName = malloc(sizeof(Record*) * count);
  if (!numbers || !records || !byName) return 3;
  uint64_t random = 11;
  for (uint32_t i = 0; i < count; ++i) {
    numbers[i] = (int32_t)NextRandom(&random);
    records[i].key = NextRandom(&random) % (count / 4 + 1);
    records[i].serial = i;
    snprintf(records[i].name, sizeof(records[i].name), "n%" PRIu32, NextRandom(&random) % 5000);
    byName[i] = &records[i];
  }
  qsort(numbers, count, sizeof(int32_t), CompareNumbers);
  qsort(byName, count, sizeof(Record*), CompareNames);
  uint64_t names = 0;
  for (uint32_t i = 0; i < count; ++i) names = Checksum(names, byName[i]->serial);
  qsort(records, count, sizeof(Record), CompareRecords);
  uint64_t sum = 0;
  uint64_t keys = 0;
  uint32_t found = 0;
  for (uint32_t i = 0; i < count; ++i) {
    sum = Checksum(sum, (uint32_t)numbers[i]);
    keys = Checksum(keys, ((uint64_t)records[i].key << 32) | records[i].serial);
    int32_t wanted = (int32_t)(i * 2654435761u);
    found += bsearch(&wanted, numbers, count, sizeof(int32_t), CompareNumbers) != NULL;
    found += bsearch(&numbers[i], numbers, count, sizeof(int32_t), CompareNumbers) != NULL;
  }
  printf("numbers %016" PRIx64 "\nnames   %016" PRIx64 "\nrecords %016" PRIx64 "\nfound   %" PRIu32
         "\n",
         sum, names, keys, found);
  free(numbers);
  free(records);
  free(byName);
  return 0;
}
