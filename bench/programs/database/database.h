// Rows, tables and statements.
#ifndef WASMTIER_BENCH_PROGRAMS_DATABASE_DATABASE_H_
#define WASMTIER_BENCH_PROGRAMS_DATABASE_DATABASE_H_

#include "tree.h"

enum { kMostColumns = 8, kMostTables = 4, kMostConditions = 4, kLongestText = 40 };

typedef struct {
  bool is_text;
  int64_t number;
  char text[kLongestText + 1];
} Field;

typedef struct {
  char name[16];
  bool is_text;
  bool has_index;
  Tree index;  // of (value, key), for numbers of 31 bits
} Column;

// The first column is the key, a number.
typedef struct {
  char name[16];
  Column columns[kMostColumns];
  int column_count;
  Tree rows;
} Table;

typedef struct {
  Pager pager;
  Table tables[kMostTables];
  int table_count;
} Database;

typedef enum { kEqual, kLess, kLessEqual, kGreater, kGreaterEqual, kNotEqual, kStartsWith } Test;

typedef struct {
  int column;
  Test test;
  Field value;
} Condition;

typedef enum { kCreateTable, kCreateIndex, kInsert, kSelect, kUpdate, kDelete } Kind;
typedef enum { kRows, kCount, kSum, kSmallest, kLargest } Result;

typedef struct {
  Kind kind;
  Table* table;
  Table created;  // of kCreateTable
  int column;     // of kCreateIndex, kUpdate, and of the results that are numbers
  Result result;
  int columns[kMostColumns];  // of kRows
  int column_count;
  Field values[kMostColumns];  // of kInsert; of kUpdate the first one
  bool adds;                   // kUpdate adds to the column
  Condition conditions[kMostConditions];
  int condition_count;
  int order;  // column, or -1
  bool descending;
  int64_t limit;  // or -1
} Statement;

// record.c
uint32_t Encode(const Table* table, const Field* fields, uint8_t* bytes);
// One column of a row; the key is not in its contents.
void Decode(const Table* table, const Cell* cell, int column, Field* field);
int CompareFields(const Field* left, const Field* right);

// parse.c. Ends the program with a message if the statement is wrong.
void Parse(Database* database, const char* text, Statement* statement);

// execute.c. What a statement returns is folded into `sum`; `print` also prints it. Returns the
// number of rows that it found or changed.
int64_t Execute(Database* database, const char* text, uint64_t* sum, bool print);

#endif  // WASMTIER_BENCH_PROGRAMS_DATABASE_DATABASE_H_
