// A B-tree with insertion, lookup, ordered scans and deletion by rebuilding, checked as it goes.
#include <inttypes.h>
#include <string.h>

#include "common.h"

enum { kOrder = 16, kMostKeys = 2 * kOrder - 1 };

typedef struct Page {
  uint32_t count;
  int leaf;
  uint32_t keys[kMostKeys];
  uint32_t values[kMostKeys];
  struct Page* children[kMostKeys + 1];
} Page;

static uint32_t pages = 0;

static Page* NewPage(int leaf) {
  Page* page = malloc(sizeof(Page));
  if (page == NULL) exit(3);
  ++pages;
  page->count = 0;
  page->leaf = leaf;
  return page;
}

// The first index whose key is not smaller.
static uint32_t FindSlot(const Page* page, uint32_t key) {
  uint32_t low = 0;
  uint32_t high = page->count;
  while (low < high) {
    uint32_t middle = (low + high) / 2;
    if (page->keys[middle] < key) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

static void MoveUp(Page* page, uint32_t slot) {
  size_t moved = page->count - slot;
  memmove(&page->keys[slot + 1], &page->keys[slot], moved * sizeof(uint32_t));
  memmove(&page->values[slot + 1], &page->values[slot], moved * sizeof(uint32_t));
}

// Splits the full child at `slot` in two and lifts its middle key.
static void SplitChild(Page* parent, uint32_t slot) {
  Page* left = parent->children[slot];
  Page* right = NewPage(left->leaf);
  right->count = kOrder - 1;
  memcpy(right->keys, &left->keys[kOrder], (kOrder - 1) * sizeof(uint32_t));
  memcpy(right->values, &left->values[kOrder], (kOrder - 1) * sizeof(uint32_t));
  if (!left->leaf) memcpy(right->children, &left->children[kOrder], kOrder * sizeof(Page*));
  left->count = kOrder - 1;
  MoveUp(parent, slot);
  memmove(&parent->children[slot + 2], &parent->children[slot + 1],
          (parent->count - slot) * sizeof(Page*));
  parent->keys[slot] = left->keys[kOrder - 1];
  parent->values[slot] = left->values[kOrder - 1];
  parent->children[slot + 1] = right;
  ++parent->count;
}

static Page* Insert(Page* root, uint32_t key, uint32_t value) {
  if (root->count == kMostKeys) {
    Page* taller = NewPage(0);
    taller->children[0] = root;
    SplitChild(taller, 0);
    root = taller;
  }
  Page* page = root;
  for (;;) {
    uint32_t slot = FindSlot(page, key);
    if (slot < page->count && page->keys[slot] == key) {
      page->values[slot] += value;
      return root;
    }
    if (page->leaf) {
      MoveUp(page, slot);
      page->keys[slot] = key;
      page->values[slot] = value;
      ++page->count;
      return root;
    }
    if (page->children[slot]->count == kMostKeys) {
      SplitChild(page, slot);
      if (page->keys[slot] == key) continue;
      if (page->keys[slot] < key) ++slot;
    }
    page = page->children[slot];
  }
}

static const uint32_t* Lookup(const Page* page, uint32_t key) {
  for (;;) {
    uint32_t slot = FindSlot(page, key);
    if (slot < page->count && page->keys[slot] == key) return &page->values[slot];
    if (page->leaf) return NULL;
    page = page->children[slot];
  }
}

typedef struct {
  uint64_t sum;
  uint32_t count;
  uint32_t last;
  int ordered;
} Scan;

static void ScanPage(const Page* page, Scan* scan) {
  for (uint32_t i = 0; i <= page->count; ++i) {
    if (!page->leaf) ScanPage(page->children[i], scan);
    if (i == page->count) break;
    scan->ordered &= scan->count == 0 || scan->last < page->keys[i];
    scan->last = page->keys[i];
    scan->sum = Checksum(scan->sum, ((uint64_t)page->keys[i] << 32) | page->values[i]);
    ++scan->count;
  }
}

static Page* CopyOddValues(const Page* page, Page* into) {
  for (uint32_t i = 0; i <= page->count; ++i) {
    if (!page->leaf) into = CopyOddValues(page->children[i], into);
    if (i < page->count && page->values[i] % 2 == 1) {
      into = Insert(into, page->keys[i], page->values[i]);
    }
  }
  return into;
}

static void FreeTree(Page* page) {
  for (uint32_t i = 0; !page->leaf && i <= page->count; ++i) FreeTree(page->children[i]);
  free(page);
  --pages;
}

static int Report(const char* name, const Page* root) {
  Scan scan = {0, 0, 0, 1};
  ScanPage(root, &scan);
  printf("%s: %" PRIu32 " keys, %" PRIu32 " pages, sum %016" PRIx64 ", %s\n", name, scan.count,
         pages, scan.sum, scan.ordered ? "in order" : "out of order");
  return scan.ordered;
}

int main(int argc, char** argv) {
  uint32_t size = SizeArgument(argc, argv, 4000);
  Page* root = NewPage(1);
  uint64_t random = 6;
  for (uint32_t i = 0; i < size; ++i) root = Insert(root, NextRandom(&random) % (size * 2), i);
  int good = Report("filled", root);
  uint32_t hits = 0;
  for (uint32_t i = 0; i < size * 2; ++i) hits += Lookup(root, i) != NULL;
  printf("hits %" PRIu32 "\n", hits);
  Page* odd = CopyOddValues(root, NewPage(1));
  FreeTree(root);
  good &= Report("odd values", odd);
  FreeTree(odd);
  printf("pages left %" PRIu32 "\n", pages);
  return good && pages == 0 ? 0 : 1;
}
