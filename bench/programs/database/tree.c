// A page starts with its kind, the number of its cells, where their bytes start, and a link: the
// next leaf, or the child behind the last key. Then come the offsets of the cells, ordered by key;
// the cells themselves grow from the end of the page towards them.
#include "tree.h"

#include <stdlib.h>
#include <string.h>

enum { kLeaf = 1, kInner = 2 };
enum { kCountAt = 2, kStartAt = 4, kLinkAt = 8, kSlotsAt = 12 };
enum { kKeyBytes = 8, kChildBytes = 4, kLengthBytes = 2 };

typedef uint8_t Page;

static uint32_t Get16(const uint8_t* bytes) { return (uint32_t)(bytes[0] | bytes[1] << 8); }

static void Put16(uint8_t* bytes, uint32_t value) {
  bytes[0] = (uint8_t)value;
  bytes[1] = (uint8_t)(value >> 8);
}

static uint32_t Get32(const uint8_t* bytes) {
  uint32_t value;
  memcpy(&value, bytes, sizeof(value));
  return value;
}

static void Put32(uint8_t* bytes, uint32_t value) { memcpy(bytes, &value, sizeof(value)); }

static int64_t Get64(const uint8_t* bytes) {
  int64_t value;
  memcpy(&value, bytes, sizeof(value));
  return value;
}

static Page* PageOf(const Pager* pager, uint32_t number) {
  return pager->memory + (size_t)number * kPageBytes;
}

static void ClearPage(Page* page, uint8_t kind) {
  memset(page, 0, kSlotsAt);
  page[0] = kind;
  Put16(page + kStartAt, kPageBytes);
}

static uint32_t NewPage(Pager* pager, uint8_t kind) {
  if (pager->count == pager->capacity) {
    pager->capacity = pager->capacity == 0 ? 64 : 2 * pager->capacity;
    pager->memory = realloc(pager->memory, (size_t)pager->capacity * kPageBytes);
    if (pager->memory == NULL) exit(3);
    if (pager->count == 0) pager->count = 1;  // there is no page zero
  }
  ClearPage(PageOf(pager, pager->count), kind);
  return pager->count++;
}

static uint32_t CountOf(const Page* page) { return Get16(page + kCountAt); }

static const uint8_t* CellAt(const Page* page, uint32_t slot) {
  return page + Get16(page + kSlotsAt + 2 * slot);
}

// A cell is its key; then the number of the child whose keys are not larger, or length and
// contents.
static uint32_t CellBytes(const Page* page, const uint8_t* cell) {
  if (page[0] == kInner) return kKeyBytes + kChildBytes;
  return kKeyBytes + kLengthBytes + Get16(cell + kKeyBytes);
}

static uint32_t FreeBytes(const Page* page) {
  return Get16(page + kStartAt) - (uint32_t)kSlotsAt - 2 * CountOf(page);
}

// The first slot whose key is not smaller.
static uint32_t FindSlot(const Page* page, int64_t key) {
  uint32_t low = 0;
  uint32_t high = CountOf(page);
  while (low < high) {
    uint32_t middle = (low + high) / 2;
    if (Get64(CellAt(page, middle)) < key) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

static uint32_t ChildAt(const Page* page, uint32_t slot) {
  return slot < CountOf(page) ? Get32(CellAt(page, slot) + kKeyBytes) : Get32(page + kLinkAt);
}

// There must be room.
static void PutCell(Page* page, uint32_t slot, const uint8_t* cell, uint32_t bytes) {
  uint32_t start = Get16(page + kStartAt) - bytes;
  memcpy(page + start, cell, bytes);
  uint8_t* at = page + kSlotsAt + 2 * slot;
  memmove(at + 2, at, 2 * (CountOf(page) - slot));
  Put16(at, start);
  Put16(page + kStartAt, start);
  Put16(page + kCountAt, CountOf(page) + 1);
}

// Copies the cells of slots [from, to) to an empty page.
static void CopyCells(const Page* source, uint32_t from, uint32_t to, Page* page) {
  for (uint32_t slot = from; slot < to; slot++) {
    const uint8_t* cell = CellAt(source, slot);
    PutCell(page, slot - from, cell, CellBytes(source, cell));
  }
}

// Closes the gaps that erased cells left.
static void Compact(Page* page) {
  Page copy[kPageBytes];
  memcpy(copy, page, kPageBytes);
  ClearPage(page, copy[0]);
  Put32(page + kLinkAt, Get32(copy + kLinkAt));
  CopyCells(copy, 0, CountOf(copy), page);
}

Tree MakeTree(Pager* pager) {
  Tree tree = {pager, NewPage(pager, kLeaf)};
  return tree;
}

// Splits a page in two; the lower half goes to a new page. Returns the new page's number, and in
// `key` its largest key.
static uint32_t SplitPage(Pager* pager, uint32_t number, int64_t* key) {
  uint32_t lower_number = NewPage(pager, PageOf(pager, number)[0]);
  Page* page = PageOf(pager, number);
  Page* lower = PageOf(pager, lower_number);
  Page copy[kPageBytes];
  memcpy(copy, page, kPageBytes);
  uint32_t count = CountOf(copy);
  uint32_t middle = 0;
  uint32_t bytes = 0;
  while (middle < count - 1 && bytes < kPageBytes / 2) {
    bytes += CellBytes(copy, CellAt(copy, middle++)) + 2;
  }
  ClearPage(page, copy[0]);
  CopyCells(copy, 0, middle, lower);
  CopyCells(copy, middle, count, page);
  *key = Get64(CellAt(copy, middle - 1));
  Put32(page + kLinkAt, Get32(copy + kLinkAt));
  if (copy[0] == kLeaf) {
    Put32(lower + kLinkAt, number);
  } else {  // the last key moves up, its child is behind the one before
    Put32(lower + kLinkAt, ChildAt(copy, middle - 1));
    Put16(lower + kCountAt, middle - 1);
  }
  return lower_number;
}

// Makes `lower`, with keys up to `key`, the child before the one of the slot.
static void PutChild(Page* page, uint32_t slot, uint32_t lower, int64_t key) {
  uint8_t cell[kKeyBytes + kChildBytes];
  memcpy(cell, &key, kKeyBytes);
  Put32(cell + kKeyBytes, lower);
  PutCell(page, slot, cell, sizeof(cell));
}

// The leaf before `number`, in whose link the new lower half belongs; zero: none.
static uint32_t LeafBefore(const Tree* tree, int64_t key) {
  uint32_t before = 0;
  uint32_t number = tree->root;
  for (const Page* page = PageOf(tree->pager, number); page[0] == kInner;
       page = PageOf(tree->pager, number)) {
    uint32_t slot = FindSlot(page, key);
    if (slot > 0) before = ChildAt(page, slot - 1);
    number = ChildAt(page, slot);
  }
  if (before == 0) return 0;
  for (const Page* page = PageOf(tree->pager, before); page[0] == kInner;
       page = PageOf(tree->pager, before)) {
    before = ChildAt(page, CountOf(page));
  }
  return before;
}

// Every page on the way down gets room for one more cell, so that a split never has to go up again.
static uint32_t FindLeafWithRoom(Tree* tree, int64_t key, uint32_t bytes) {
  Pager* pager = tree->pager;
  uint32_t parent = 0;
  uint32_t number = tree->root;
  for (;;) {
    Page* page = PageOf(pager, number);
    uint32_t needed = page[0] == kLeaf ? bytes : kKeyBytes + kChildBytes;
    if (FreeBytes(page) < needed + 2) Compact(page);
    if (FreeBytes(page) < needed + 2) {
      int64_t middle;
      uint32_t before = page[0] == kLeaf ? LeafBefore(tree, Get64(CellAt(page, 0))) : 0;
      uint32_t lower = SplitPage(pager, number, &middle);
      if (before != 0) Put32(PageOf(pager, before) + kLinkAt, lower);
      if (parent == 0) {
        parent = tree->root = NewPage(pager, kInner);
        Put32(PageOf(pager, parent) + kLinkAt, number);
      }
      Page* above = PageOf(pager, parent);
      PutChild(above, FindSlot(above, middle), lower, middle);
      number = key <= middle ? lower : number;
      page = PageOf(pager, number);
    }
    if (page[0] == kLeaf) return number;
    parent = number;
    number = ChildAt(page, FindSlot(page, key));
  }
}

bool Insert(Tree* tree, int64_t key, const uint8_t* contents, uint32_t length) {
  uint8_t cell[kKeyBytes + kLengthBytes + kLongestContents];
  memcpy(cell, &key, kKeyBytes);
  Put16(cell + kKeyBytes, length);
  if (length > 0) memcpy(cell + kKeyBytes + kLengthBytes, contents, length);
  uint32_t bytes = kKeyBytes + kLengthBytes + length;
  Page* leaf = PageOf(tree->pager, FindLeafWithRoom(tree, key, bytes));
  uint32_t slot = FindSlot(leaf, key);
  if (slot < CountOf(leaf) && Get64(CellAt(leaf, slot)) == key) return false;
  PutCell(leaf, slot, cell, bytes);
  return true;
}

static uint32_t FindLeaf(const Tree* tree, int64_t key) {
  uint32_t number = tree->root;
  for (const Page* page = PageOf(tree->pager, number); page[0] == kInner;
       page = PageOf(tree->pager, number)) {
    number = ChildAt(page, FindSlot(page, key));
  }
  return number;
}

// Leaves stay, even when they are empty.
bool Erase(Tree* tree, int64_t key) {
  Page* leaf = PageOf(tree->pager, FindLeaf(tree, key));
  uint32_t slot = FindSlot(leaf, key);
  uint32_t count = CountOf(leaf);
  if (slot == count || Get64(CellAt(leaf, slot)) != key) return false;
  uint8_t* at = leaf + kSlotsAt + 2 * slot;
  memmove(at, at + 2, 2 * (count - slot - 1));
  Put16(leaf + kCountAt, count - 1);
  return true;
}

static void SkipEmptyLeaves(Cursor* cursor) {
  while (cursor->leaf != 0) {
    const Page* leaf = PageOf(cursor->tree->pager, cursor->leaf);
    if (cursor->slot < CountOf(leaf)) return;
    cursor->leaf = Get32(leaf + kLinkAt);
    cursor->slot = 0;
  }
}

Cursor Seek(const Tree* tree, int64_t key) {
  Cursor cursor = {tree, FindLeaf(tree, key), 0};
  cursor.slot = FindSlot(PageOf(tree->pager, cursor.leaf), key);
  SkipEmptyLeaves(&cursor);
  return cursor;
}

bool Read(const Cursor* cursor, Cell* cell) {
  if (cursor->leaf == 0) return false;
  const uint8_t* bytes = CellAt(PageOf(cursor->tree->pager, cursor->leaf), cursor->slot);
  cell->key = Get64(bytes);
  cell->length = Get16(bytes + kKeyBytes);
  cell->contents = bytes + kKeyBytes + kLengthBytes;
  return true;
}

void Next(Cursor* cursor) {
  cursor->slot++;
  SkipEmptyLeaves(cursor);
}

uint32_t Depth(const Tree* tree) {
  uint32_t depth = 1;
  uint32_t number = tree->root;
  for (const Page* page = PageOf(tree->pager, number); page[0] == kInner;
       page = PageOf(tree->pager, number)) {
    number = ChildAt(page, 0);
    depth++;
  }
  return depth;
}
