// Runs statements. Rows are found by their keys if the conditions bound these, else by an index,
// else all are looked at.
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../common.h"
#include "database.h"

// ---- finding rows ----

typedef struct {
  int64_t low;
  int64_t high;
} Range;

// What the conditions leave of a column of numbers.
static Range Bounds(const Statement* statement, int column) {
  Range range = {INT32_MIN, INT32_MAX};
  for (int i = 0; i < statement->condition_count; i++) {
    const Condition* condition = &statement->conditions[i];
    if (condition->column != column) continue;
    int64_t value = condition->value.number;
    bool from = condition->test == kEqual || condition->test == kGreaterEqual;
    bool to = condition->test == kEqual || condition->test == kLessEqual;
    if (from && value > range.low) range.low = value;
    if (condition->test == kGreater && value >= range.low) range.low = value + 1;
    if (to && value < range.high) range.high = value;
    if (condition->test == kLess && value <= range.high) range.high = value - 1;
  }
  return range;
}

static bool IsBounded(Range range) { return range.low > INT32_MIN || range.high < INT32_MAX; }

static bool Holds(const Table* table, const Cell* cell, const Condition* condition) {
  Field field;
  Decode(table, cell, condition->column, &field);
  if (condition->test == kStartsWith) {
    return strncmp(field.text, condition->value.text, strlen(condition->value.text)) == 0;
  }
  int order = CompareFields(&field, &condition->value);
  switch (condition->test) {
    case kEqual:
      return order == 0;
    case kLess:
      return order < 0;
    case kLessEqual:
      return order <= 0;
    case kGreater:
      return order > 0;
    case kGreaterEqual:
      return order >= 0;
    default:
      return order != 0;
  }
}

static bool HoldAll(const Statement* statement, const Cell* cell) {
  for (int i = 0; i < statement->condition_count; i++) {
    if (!Holds(statement->table, cell, &statement->conditions[i])) return false;
  }
  return true;
}

static int64_t IndexKey(int64_t value, int64_t key) {
  return (int64_t)((uint64_t)value << 32) | (int64_t)(uint32_t)key;
}

// Walks over the rows for which the conditions hold.
typedef struct {
  const Statement* statement;
  const Column* index;  // NULL: by key
  Cursor cursor;
  int64_t last;  // key of the cursor's tree
} Walk;

static Walk StartWalk(const Statement* statement) {
  const Table* table = statement->table;
  Walk walk = {.statement = statement};
  Range range = Bounds(statement, 0);
  for (int i = 1; i < table->column_count && !IsBounded(range); i++) {
    if (!table->columns[i].has_index) continue;
    range = Bounds(statement, i);
    if (IsBounded(range)) walk.index = &table->columns[i];
  }
  if (walk.index != NULL) {
    walk.cursor = Seek(&walk.index->index, IndexKey(range.low, 0));
    walk.last = IndexKey(range.high, UINT32_MAX);
  } else {
    walk.cursor = Seek(&table->rows, range.low);
    walk.last = range.high;
  }
  return walk;
}

static bool NextRow(Walk* walk, Cell* cell) {
  while (Read(&walk->cursor, cell) && cell->key <= walk->last) {
    if (walk->index != NULL) {
      Cursor row = Seek(&walk->statement->table->rows, (int64_t)(uint32_t)cell->key);
      if (!Read(&row, cell)) return false;
    }
    Next(&walk->cursor);
    if (HoldAll(walk->statement, cell)) return true;
  }
  return false;
}

// ---- changing rows ----

static void AddToIndexes(Table* table, int64_t key, const Field* fields) {
  for (int i = 1; i < table->column_count; i++) {
    Column* column = &table->columns[i];
    if (column->has_index) Insert(&column->index, IndexKey(fields[i].number, key), NULL, 0);
  }
}

static void EraseFromIndexes(Table* table, int64_t key, const Field* fields) {
  for (int i = 1; i < table->column_count; i++) {
    Column* column = &table->columns[i];
    if (column->has_index) Erase(&column->index, IndexKey(fields[i].number, key));
  }
}

static bool InsertRow(Table* table, const Field* fields) {
  uint8_t contents[kMostColumns * (kLongestText + 2)];
  uint32_t length = Encode(table, fields, contents);
  if (length > kLongestContents) {
    printf("row %" PRId64 " is too long\n", fields[0].number);
    exit(1);
  }
  if (!Insert(&table->rows, fields[0].number, contents, length)) return false;
  AddToIndexes(table, fields[0].number, fields);
  return true;
}

static void DecodeAll(const Table* table, const Cell* cell, Field* fields) {
  for (int i = 0; i < table->column_count; i++) Decode(table, cell, i, &fields[i]);
}

static void CreateIndex(Database* database, Table* table, int number) {
  Column* column = &table->columns[number];
  column->index = MakeTree(&database->pager);
  column->has_index = true;
  Cell cell;
  for (Cursor cursor = Seek(&table->rows, INT64_MIN); Read(&cursor, &cell); Next(&cursor)) {
    Field field;
    Decode(table, &cell, number, &field);
    Insert(&column->index, IndexKey(field.number, cell.key), NULL, 0);
  }
}

// The keys of the rows that a statement is about: they are collected before the tree changes.
static int64_t* CollectKeys(const Statement* statement, int64_t* count) {
  int64_t capacity = 16;
  int64_t* keys = malloc((size_t)capacity * sizeof(int64_t));
  *count = 0;
  Walk walk = StartWalk(statement);
  for (Cell cell; NextRow(&walk, &cell);) {
    if (*count == capacity) {
      capacity *= 2;
      keys = realloc(keys, (size_t)capacity * sizeof(int64_t));
    }
    if (keys == NULL) exit(3);
    keys[(*count)++] = cell.key;
  }
  return keys;
}

static int64_t ChangeRows(const Statement* statement) {
  Table* table = statement->table;
  int64_t count;
  int64_t* keys = CollectKeys(statement, &count);
  for (int64_t i = 0; i < count; i++) {
    Field fields[kMostColumns];
    Cursor cursor = Seek(&table->rows, keys[i]);
    Cell cell;
    if (!Read(&cursor, &cell)) continue;
    DecodeAll(table, &cell, fields);
    EraseFromIndexes(table, keys[i], fields);
    Erase(&table->rows, keys[i]);
    if (statement->kind == kDelete) continue;
    Field* field = &fields[statement->column];
    int64_t before = field->number;
    *field = statement->values[0];
    if (statement->adds) field->number += before;
    InsertRow(table, fields);
  }
  free(keys);
  return count;
}

// ---- results ----

typedef struct {
  Field order;
  int64_t key;  // rows that are equal in `order` are in the order of their keys
  Field fields[kMostColumns];
} Row;

static void Show(const Field* fields, int count, uint64_t* sum, bool print) {
  for (int i = 0; i < count; i++) {
    *sum = fields[i].is_text ? ChecksumBytes(*sum, fields[i].text, strlen(fields[i].text))
                             : Checksum(*sum, (uint64_t)fields[i].number);
    if (!print) continue;
    if (i > 0) printf(" | ");
    if (fields[i].is_text) {
      printf("%s", fields[i].text);
    } else {
      printf("%" PRId64, fields[i].number);
    }
  }
  if (print) printf("\n");
}

static int64_t SelectNumber(const Statement* statement, uint64_t* sum, bool print) {
  int64_t count = 0;
  Field total = {.number = 0};
  Walk walk = StartWalk(statement);
  for (Cell cell; NextRow(&walk, &cell); count++) {
    if (statement->result == kCount) continue;
    Field field;
    Decode(statement->table, &cell, statement->column, &field);
    if (statement->result == kSum) {
      total.number += field.number;
    } else if (count == 0 || (field.number < total.number) == (statement->result == kSmallest)) {
      total.number = field.number;
    }
  }
  if (statement->result == kCount) total.number = count;
  Show(&total, 1, sum, print);
  return count;
}

static int CompareRows(const void* left, const void* right) {
  const Row* a = left;
  const Row* b = right;
  int order = CompareFields(&a->order, &b->order);
  return order != 0 ? order : a->key < b->key ? -1 : a->key > b->key;
}

static int64_t SelectOrdered(const Statement* statement, uint64_t* sum, bool print) {
  size_t capacity = 16;
  size_t count = 0;
  Row* rows = malloc(capacity * sizeof(Row));
  Walk walk = StartWalk(statement);
  for (Cell cell; NextRow(&walk, &cell); count++) {
    if (count == capacity) rows = realloc(rows, (capacity *= 2) * sizeof(Row));
    if (rows == NULL) exit(3);
    Decode(statement->table, &cell, statement->order, &rows[count].order);
    rows[count].key = cell.key;
    for (int i = 0; i < statement->column_count; i++) {
      Decode(statement->table, &cell, statement->columns[i], &rows[count].fields[i]);
    }
  }
  if (count > 0) qsort(rows, count, sizeof(Row), CompareRows);
  size_t shown = count;
  if (statement->limit >= 0 && statement->limit < (int64_t)count) shown = (size_t)statement->limit;
  for (size_t i = 0; i < shown; i++) {
    Show(rows[statement->descending ? count - 1 - i : i].fields, statement->column_count, sum,
         print);
  }
  free(rows);
  return (int64_t)count;
}

static int64_t SelectRows(const Statement* statement, uint64_t* sum, bool print) {
  int64_t count = 0;
  Walk walk = StartWalk(statement);
  for (Cell cell; count != statement->limit && NextRow(&walk, &cell); count++) {
    Field fields[kMostColumns];
    for (int i = 0; i < statement->column_count; i++) {
      Decode(statement->table, &cell, statement->columns[i], &fields[i]);
    }
    Show(fields, statement->column_count, sum, print);
  }
  return count;
}

int64_t Execute(Database* database, const char* text, uint64_t* sum, bool print) {
  static Statement statement;
  Parse(database, text, &statement);
  if (print) printf("> %s\n", text);
  switch (statement.kind) {
    case kCreateTable:
      if (database->table_count == kMostTables) exit(1);
      statement.created.rows = MakeTree(&database->pager);
      database->tables[database->table_count++] = statement.created;
      return 0;
    case kCreateIndex:
      CreateIndex(database, statement.table, statement.column);
      return 0;
    case kInsert:
      return InsertRow(statement.table, statement.values);
    case kSelect:
      if (statement.result != kRows) return SelectNumber(&statement, sum, print);
      if (statement.order >= 0) return SelectOrdered(&statement, sum, print);
      return SelectRows(&statement, sum, print);
    default:
      return ChangeRows(&statement);
  }
}
