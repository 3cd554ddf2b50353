// A small database: B-trees of pages, records, and a language like SQL.
//   tree.c       B-trees in pages of a fixed size, with keys of 64 bits and variable contents
//   record.c     rows as bytes, and tables
//   parse.c      statements to structures
//   execute.c    runs them: by key, by index, or over all rows
#ifndef WASMTIER_BENCH_PROGRAMS_DATABASE_TREE_H_
#define WASMTIER_BENCH_PROGRAMS_DATABASE_TREE_H_

#include <stdbool.h>
#include <stdint.h>

enum { kPageBytes = 1024, kLongestContents = 200 };

// All pages in one piece of memory, by their number.
typedef struct {
  uint8_t* memory;
  uint32_t count;
  uint32_t capacity;
} Pager;

typedef struct {
  Pager* pager;
  uint32_t root;
} Tree;

typedef struct {
  const Tree* tree;
  uint32_t leaf;  // zero: at the end
  uint32_t slot;
} Cursor;

typedef struct {
  int64_t key;
  const uint8_t* contents;  // in the page: valid until the tree changes
  uint32_t length;
} Cell;

Tree MakeTree(Pager* pager);
// False if the key is there already; nothing changes then.
bool Insert(Tree* tree, int64_t key, const uint8_t* contents, uint32_t length);
bool Erase(Tree* tree, int64_t key);
// The first cell whose key is not smaller.
Cursor Seek(const Tree* tree, int64_t key);
bool Read(const Cursor* cursor, Cell* cell);
void Next(Cursor* cursor);
uint32_t Depth(const Tree* tree);

#endif  // WASMTIER_BENCH_PROGRAMS_DATABASE_TREE_H_
