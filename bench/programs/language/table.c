// Tables: keys 1, 2, 3 ... in an array, all others in a hash table with open addressing.
#include <string.h>

#include "value.h"

Table* NewTable(Machine* machine) { return NewObject(machine, kTable, sizeof(Table)); }

void FreeTable(Machine* machine, Table* table) {
  Resize(machine, table->items, table->item_capacity * sizeof(Value), 0);
  Resize(machine, table->entries, table->entry_capacity * sizeof(Entry), 0);
}

static uint32_t HashOf(Value key) {
  switch (key.type) {
    case kBoolean:
      return key.as.boolean ? 1 : 2;
    case kNumber: {
      double number = key.as.number + 0.0;  // the two zeros are equal
      uint64_t bits;
      memcpy(&bits, &number, sizeof(bits));
      return (uint32_t)((bits * UINT64_C(0x9e3779b97f4a7c15)) >> 32);
    }
    case kText:
      return AsText(key)->hash;
    default:
      return key.as.object->serial * 2654435761u;
  }
}

// The entry of the key, or the free one where it belongs.
static Entry* FindEntry(Entry* entries, uint32_t capacity, Value key) {
  uint32_t at = HashOf(key) & (capacity - 1);
  while (entries[at].key.type != kNil && !Equal(entries[at].key, key)) {
    at = (at + 1) & (capacity - 1);
  }
  return &entries[at];
}

// The index of an item that the key names, or would name if it was the next one; else zero.
static uint32_t ItemIndex(const Table* table, Value key) {
  if (key.type != kNumber) return 0;
  double number = key.as.number;
  if (!(number >= 1 && number <= (double)table->item_count + 1)) return 0;
  uint32_t index = (uint32_t)number;
  return (double)index == number ? index : 0;
}

Value GetText(const Table* table, const Text* key) {
  if (table->entry_capacity == 0) return Nil();
  uint32_t at = key->hash & (table->entry_capacity - 1);
  for (;;) {
    const Entry* entry = &table->entries[at];
    if (entry->key.type == kText && entry->key.as.object == &key->object) return entry->value;
    if (entry->key.type == kNil) return Nil();
    at = (at + 1) & (table->entry_capacity - 1);
  }
}

Value Get(const Table* table, Value key) {
  uint32_t index = ItemIndex(table, key);
  if (index != 0 && index <= table->item_count) return table->items[index - 1];
  if (table->entry_capacity == 0 || key.type == kNil) return Nil();
  return FindEntry(table->entries, table->entry_capacity, key)->value;
}

static void Rehash(Machine* machine, Table* table) {
  uint32_t live = 0;
  for (uint32_t i = 0; i < table->entry_capacity; i++) {
    live += table->entries[i].value.type != kNil;
  }
  uint32_t capacity = 8;
  while (capacity < live * 2 + 2) capacity *= 2;
  Entry* entries = Resize(machine, NULL, 0, capacity * sizeof(Entry));
  memset(entries, 0, capacity * sizeof(Entry));
  for (uint32_t i = 0; i < table->entry_capacity; i++) {
    const Entry* old = &table->entries[i];
    if (old->value.type != kNil) *FindEntry(entries, capacity, old->key) = *old;
  }
  Resize(machine, table->entries, table->entry_capacity * sizeof(Entry), 0);
  table->entries = entries;
  table->entry_capacity = capacity;
  table->entry_count = live;
}

void Append(Machine* machine, Table* table, Value value) {
  table->items =
      Reserve(machine, table->items, table->item_count, &table->item_capacity, sizeof(Value));
  table->items[table->item_count++] = value;
  // What was stored ahead of time moves over.
  while (table->entry_count > 0) {
    Entry* entry =
        FindEntry(table->entries, table->entry_capacity, Number((double)table->item_count + 1));
    if (entry->value.type == kNil) break;
    Value moved = entry->value;
    entry->value = Nil();
    table->items =
        Reserve(machine, table->items, table->item_count, &table->item_capacity, sizeof(Value));
    table->items[table->item_count++] = moved;
  }
}

void Set(Machine* machine, Table* table, Value key, Value value) {
  uint32_t index = ItemIndex(table, key);
  if (index != 0 && index <= table->item_count) {
    table->items[index - 1] = value;
    while (table->item_count > 0 && table->items[table->item_count - 1].type == kNil) {
      table->item_count--;
    }
    return;
  }
  if (index != 0 && value.type != kNil) {
    Append(machine, table, value);
    return;
  }
  if (key.type == kNil) Fail(machine, "nil as a key");
  if (table->entry_capacity > 0) {
    Entry* entry = FindEntry(table->entries, table->entry_capacity, key);
    if (entry->key.type != kNil) {
      entry->value = value;
      return;
    }
  }
  if (value.type == kNil) return;
  if (4 * (table->entry_count + 1) > 3 * table->entry_capacity) Rehash(machine, table);
  Entry* entry = FindEntry(table->entries, table->entry_capacity, key);
  entry->key = key;
  entry->value = value;
  table->entry_count++;
}

bool NextEntry(const Table* table, uint32_t* position, Value* key, Value* value) {
  while (*position < table->item_count) {
    uint32_t at = (*position)++;
    if (table->items[at].type == kNil) continue;
    *key = Number((double)at + 1);
    *value = table->items[at];
    return true;
  }
  while (*position - table->item_count < table->entry_capacity) {
    const Entry* entry = &table->entries[(*position)++ - table->item_count];
    if (entry->value.type == kNil) continue;
    *key = entry->key;
    *value = entry->value;
    return true;
  }
  return false;
}
