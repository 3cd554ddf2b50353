// Strings: each exists once, so that equal ones are the same object.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "value.h"

static uint32_t Hash(const char* bytes, size_t length) {
  uint32_t hash = 2166136261u;
  for (size_t i = 0; i < length; i++) hash = (hash ^ (uint8_t)bytes[i]) * 16777619u;
  return hash;
}

static void GrowBuckets(Machine* machine) {
  uint32_t larger = machine->bucket_count == 0 ? 256 : 2 * machine->bucket_count;
  Text** buckets = calloc(larger, sizeof(Text*));
  if (buckets == NULL) Fail(machine, "out of memory");
  for (uint32_t i = 0; i < machine->bucket_count; i++) {
    Text* text = machine->buckets[i];
    while (text != NULL) {
      Text* next = text->bucket_next;
      text->bucket_next = buckets[text->hash & (larger - 1)];
      buckets[text->hash & (larger - 1)] = text;
      text = next;
    }
  }
  free(machine->buckets);
  machine->buckets = buckets;
  machine->bucket_count = larger;
}

static Text* FindText(const Machine* machine, uint32_t hash, const char* bytes, size_t length) {
  if (machine->bucket_count == 0) return NULL;
  Text* text = machine->buckets[hash & (machine->bucket_count - 1)];
  for (; text != NULL; text = text->bucket_next) {
    if (text->hash == hash && text->length == length && memcmp(text->bytes, bytes, length) == 0) {
      return text;
    }
  }
  return NULL;
}

Text* MakeText(Machine* machine, const char* bytes, size_t length) {
  uint32_t hash = Hash(bytes, length);
  Text* text = FindText(machine, hash, bytes, length);
  if (text != NULL) return text;
  if (machine->text_count >= machine->bucket_count) GrowBuckets(machine);
  text = NewObject(machine, kText, sizeof(Text) + length + 1);
  text->hash = hash;
  text->length = (uint32_t)length;
  memcpy(text->bytes, bytes, length);
  text->bucket_next = machine->buckets[hash & (machine->bucket_count - 1)];
  machine->buckets[hash & (machine->bucket_count - 1)] = text;
  machine->text_count++;
  return text;
}

Text* MakeTextOf(Machine* machine, const char* zero_terminated) {
  return MakeText(machine, zero_terminated, strlen(zero_terminated));
}

Text* Concatenate(Machine* machine, Text* left, Text* right) {
  char small[256];
  size_t length = (size_t)left->length + right->length;
  char* both = length <= sizeof(small) ? small : malloc(length);
  if (both == NULL) Fail(machine, "out of memory");
  memcpy(both, left->bytes, left->length);
  memcpy(both + left->length, right->bytes, right->length);
  Text* text = MakeText(machine, both, length);
  if (both != small) free(both);
  return text;
}

Text* ToText(Machine* machine, Value value) {
  char bytes[48];
  switch (value.type) {
    case kNil:
      return MakeTextOf(machine, "nil");
    case kBoolean:
      return MakeTextOf(machine, value.as.boolean ? "true" : "false");
    case kNumber: {
      double number = value.as.number;
      if (number == (double)(int32_t)number) {
        snprintf(bytes, sizeof(bytes), "%d", (int)number);
      } else {
        snprintf(bytes, sizeof(bytes), "%.14g", number);
      }
      return MakeTextOf(machine, bytes);
    }
    case kText:
      return AsText(value);
    default:
      return MakeTextOf(machine, value.type == kTable ? "table" : "function");
  }
}

void DropUnmarkedTexts(Machine* machine) {
  for (uint32_t i = 0; i < machine->bucket_count; i++) {
    Text** link = &machine->buckets[i];
    while (*link != NULL) {
      if ((*link)->object.marked) {
        link = &(*link)->bucket_next;
      } else {
        *link = (*link)->bucket_next;
        machine->text_count--;
      }
    }
  }
}
