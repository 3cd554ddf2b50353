// The mix of a small controller: linked lists (find, sort, reverse), integer matrices, a state
// machine over text, and a 16-bit checksum of it all.
#include <inttypes.h>
#include <string.h>

#include "common.h"

typedef struct Item {
  struct Item* next;
  int16_t value;
  int16_t serial;
} Item;

enum { kItems = 256, kMatrix = 24, kText = 1024 };

static uint16_t Crc(uint16_t crc, uint32_t value) {
  for (int i = 0; i < 32; ++i) {
    uint16_t bit = (uint16_t)((value >> i ^ crc) & 1);
    crc >>= 1;
    if (bit) crc ^= 0xa001;
  }
  return crc;
}

static Item* Reverse(Item* list) {
  Item* result = NULL;
  while (list != NULL) {
    Item* next = list->next;
    list->next = result;
    result = list;
    list = next;
  }
  return result;
}

static int ByValue(const Item* a, const Item* b) { return a->value - b->value; }
static int BySerial(const Item* a, const Item* b) { return a->serial - b->serial; }

static Item* MergeLists(Item* a, Item* b, int (*compare)(const Item*, const Item*)) {
  Item head;
  Item* tail = &head;
  while (a != NULL && b != NULL) {
    Item** smaller = compare(a, b) <= 0 ? &a : &b;
    tail->next = *smaller;
    tail = *smaller;
    *smaller = (*smaller)->next;
  }
  tail->next = a != NULL ? a : b;
  return head.next;
}

static Item* SortList(Item* list, int (*compare)(const Item*, const Item*)) {
  if (list == NULL || list->next == NULL) return list;
  Item* slow = list;
  for (Item* fast = list->next; fast != NULL && fast->next != NULL; fast = fast->next->next) {
    slow = slow->next;
  }
  Item* second = slow->next;
  slow->next = NULL;
  return MergeLists(SortList(list, compare), SortList(second, compare), compare);
}

static uint16_t WorkOnList(Item* items, uint16_t crc, uint32_t seed) {
  for (int i = 0; i < kItems; ++i) {
    items[i].next = i + 1 < kItems ? &items[i + 1] : NULL;
    items[i].serial = (int16_t)i;
    items[i].value = (int16_t)((seed * (uint32_t)(i + 7) * 40503u) >> 13);
  }
  Item* list = SortList(items, ByValue);
  crc = Crc(crc, (uint16_t)list->value);
  list = Reverse(list);
  int found = 0;
  for (int wanted = 0; wanted < 20; ++wanted) {
    for (const Item* item = list; item != NULL; item = item->next) {
      if ((item->value & 0xff) == wanted) {
        found += item->serial;
        break;
      }
    }
  }
  list = SortList(list, BySerial);
  return Crc(Crc(crc, (uint32_t)found), (uint32_t)list->next->value);
}

static uint16_t WorkOnMatrix(uint16_t crc, int16_t seed) {
  static int16_t a[kMatrix][kMatrix];
  static int16_t b[kMatrix][kMatrix];
  int32_t total = 0;
  for (int i = 0; i < kMatrix; ++i) {
    for (int j = 0; j < kMatrix; ++j) {
      a[i][j] = (int16_t)(seed + i * 3 - j);
      b[i][j] = (int16_t)((a[i][j] & 0x7f) + j);
    }
  }
  for (int i = 0; i < kMatrix; ++i) {
    for (int j = 0; j < kMatrix; ++j) {
      int32_t sum = 0;
      for (int k = 0; k < kMatrix; ++k) sum += (int32_t)(a[i][k] * b[k][j]) >> 2;
      total += (sum & 0xff) > 100 ? 10 : sum & 0xf;
    }
  }
  return Crc(crc, (uint32_t)total);
}

enum State { kStart, kSign, kInteger, kPoint, kFraction, kExponent, kInvalid, kStates };

static enum State Advance(enum State state, char c) {
  int digit = c >= '0' && c <= '9';
  switch (state) {
    case kStart:
      return digit ? kInteger : c == '+' || c == '-' ? kSign : c == '.' ? kPoint : kInvalid;
    case kSign:
      return digit ? kInteger : c == '.' ? kPoint : kInvalid;
    case kInteger:
      return digit ? kInteger : c == '.' ? kPoint : c == 'e' ? kExponent : kInvalid;
    case kPoint:
    case kFraction:
      return digit ? kFraction : c == 'e' ? kExponent : kInvalid;
    case kExponent:
      return digit ? kExponent : kInvalid;
    default:
      return kInvalid;
  }
}

static uint16_t WorkOnText(uint16_t crc, char* text, uint32_t seed) {
  static const char kAlphabet[] = "0123456789012345+-.e,,,x";
  uint64_t random = seed;
  for (int i = 0; i < kText; ++i) text[i] = kAlphabet[NextRandom(&random) % 24];
  uint32_t ends[kStates] = {0};
  enum State state = kStart;
  for (int i = 0; i < kText; ++i) {
    if (text[i] == ',') {
      ++ends[state];
      state = kStart;
    } else {
      state = Advance(state, text[i]);
    }
  }
  for (int i = 0; i < kStates; ++i) crc = Crc(crc, ends[i]);
  return crc;
}

int main(int argc, char** argv) {
  uint32_t rounds = SizeArgument(argc, argv, 8);
  static Item items[kItems];
  static char text[kText];
  uint16_t list = 0;
  uint16_t matrix = 0;
  uint16_t state = 0;
  for (uint32_t round = 1; round <= rounds; ++round) {
    list = WorkOnList(items, list, round);
    matrix = WorkOnMatrix(matrix, (int16_t)round);
    state = WorkOnText(state, text, round);
  }
  printf("list %04x matrix %04x state %04x\n", (unsigned)list, (unsigned)matrix, (unsigned)state);
  return 0;
}
