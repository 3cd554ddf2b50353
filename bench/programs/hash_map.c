// An open-addressing hash map from 64-bit keys to values, with deletion by back-shifting, growth,
// and a second map keyed by strings.
#include <inttypes.h>
#include <string.h>

#include "common.h"

typedef struct {
  uint64_t key;
  uint32_t value;
  uint32_t used;
} Entry;

typedef struct {
  Entry* entries;
  uint32_t capacity;
  uint32_t count;
} Map;

static uint32_t SlotOf(const Map* map, uint64_t key) {
  key *= UINT64_C(0x9e6c63d0876a9a47);
  return (uint32_t)(key >> 32 ^ key) & (map->capacity - 1);
}

static void Reserve(Map* map, uint32_t capacity) {
  map->entries = calloc(capacity, sizeof(Entry));
  if (map->entries == NULL) exit(3);
  map->capacity = capacity;
  map->count = 0;
}

static Entry* Find(const Map* map, uint64_t key) {
  uint32_t slot = SlotOf(map, key);
  while (map->entries[slot].used && map->entries[slot].key != key) {
    slot = (slot + 1) & (map->capacity - 1);
  }
  return &map->entries[slot];
}

static Entry* FindOrAdd(Map* map, uint64_t key) {
  if (map->count * 4 >= map->capacity * 3) {
    Map old = *map;
    Reserve(map, old.capacity * 2);
    for (uint32_t i = 0; i < old.capacity; ++i) {
      if (old.entries[i].used) *Find(map, old.entries[i].key) = old.entries[i];
    }
    map->count = old.count;
    free(old.entries);
  }
  Entry* entry = Find(map, key);
  if (!entry->used) {
    *entry = (Entry){key, 0, 1};
    ++map->count;
  }
  return entry;
}

static int Remove(Map* map, uint64_t key) {
  Entry* entry = Find(map, key);
  if (!entry->used) return 0;
  uint32_t mask = map->capacity - 1;
  uint32_t hole = (uint32_t)(entry - map->entries);
  for (uint32_t at = (hole + 1) & mask; map->entries[at].used; at = (at + 1) & mask) {
    uint32_t home = SlotOf(map, map->entries[at].key);
    if (((at - home) & mask) >= ((at - hole) & mask)) {
      map->entries[hole] = map->entries[at];
      hole = at;
    }
  }
  map->entries[hole].used = 0;
  --map->count;
  return 1;
}

static uint64_t KeyOfText(const char* text) {
  return ChecksumBytes(UINT64_C(0x1234567), text, strlen(text));
}

int main(int argc, char** argv) {
  uint32_t size = SizeArgument(argc, argv, 6000);
  Map map;
  Reserve(&map, 16);
  uint64_t random = 14;
  for (uint32_t i = 0; i < size; ++i) {
    uint64_t key = NextRandom(&random) % size;
    FindOrAdd(&map, key * key + 1)->value += i;
  }
  uint32_t filled = map.count;
  uint32_t removed = 0;
  for (uint64_t key = 0; key < size; key += 3) removed += (uint32_t)Remove(&map, key * key + 1);
  uint64_t sum = 0;
  uint32_t found = 0;
  for (uint64_t key = 0; key < size; ++key) {
    const Entry* entry = Find(&map, key * key + 1);
    if (!entry->used) continue;
    ++found;
    sum = Checksum(sum, entry->value);
  }
  printf("filled %" PRIu32 ", removed %" PRIu32 ", left %" PRIu32 ", found %" PRIu32
         ", capacity %" PRIu32 ", sum %016" PRIx64 "\n",
         filled, removed, map.count, found, map.capacity, sum);
  free(map.entries);

  Reserve(&map, 64);
  for (uint32_t i = 0; i < size / 4; ++i) {
    char text[32];
    snprintf(text, sizeof(text), "key %" PRIu32, i * i % 1009);
    ++FindOrAdd(&map, KeyOfText(text))->value;
  }
  printf("texts %" PRIu32 ", 'key 0' %" PRIu32 " times\n", map.count,
         Find(&map, KeyOfText("key 0"))->value);
  free(map.entries);
  return filled - removed == found ? 0 : 1;
}
