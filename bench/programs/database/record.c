// A row is its columns one after the other: numbers as groups of seven bits, the sign in the lowest
// bit; texts as their length and their bytes.
#include <string.h>

#include "database.h"

static uint8_t* PutNumber(uint8_t* bytes, int64_t number) {
  uint64_t rest = ((uint64_t)number << 1) ^ (uint64_t)(number >> 63);
  for (; rest >= 0x80; rest >>= 7) *bytes++ = (uint8_t)(rest | 0x80);
  *bytes++ = (uint8_t)rest;
  return bytes;
}

static const uint8_t* GetNumber(const uint8_t* bytes, int64_t* number) {
  uint64_t rest = 0;
  int shift = 0;
  uint8_t byte;
  do {
    byte = *bytes++;
    rest |= (uint64_t)(byte & 0x7f) << shift;
    shift += 7;
  } while (byte >= 0x80);
  *number = (int64_t)(rest >> 1) ^ -(int64_t)(rest & 1);
  return bytes;
}

uint32_t Encode(const Table* table, const Field* fields, uint8_t* bytes) {
  uint8_t* end = bytes;
  for (int i = 1; i < table->column_count; i++) {
    if (table->columns[i].is_text) {
      uint8_t length = (uint8_t)strlen(fields[i].text);
      *end++ = length;
      memcpy(end, fields[i].text, length);
      end += length;
    } else {
      end = PutNumber(end, fields[i].number);
    }
  }
  return (uint32_t)(end - bytes);
}

void Decode(const Table* table, const Cell* cell, int column, Field* field) {
  field->is_text = table->columns[column].is_text;
  if (column == 0) {
    field->number = cell->key;
    return;
  }
  const uint8_t* bytes = cell->contents;
  for (int i = 1; i < column; i++) {
    int64_t skipped;
    bytes = table->columns[i].is_text ? bytes + *bytes + 1 : GetNumber(bytes, &skipped);
  }
  if (field->is_text) {
    memcpy(field->text, bytes + 1, *bytes);
    field->text[*bytes] = '\0';
  } else {
    GetNumber(bytes, &field->number);
  }
}

int CompareFields(const Field* left, const Field* right) {
  if (left->is_text) return strcmp(left->text, right->text);
  return left->number < right->number ? -1 : left->number > right->number;
}
