// Builds, walks, mirrors and frees binary trees: malloc and free, and pointers that miss the cache.
#include <inttypes.h>

#include "common.h"

typedef struct Node {
  struct Node* left;
  struct Node* right;
  uint32_t value;
} Node;

static uint32_t allocations = 0;

static Node* Grow(uint32_t depth, uint32_t value) {
  Node* node = malloc(sizeof(Node));
  if (node == NULL) exit(3);
  ++allocations;
  node->value = value;
  node->left = depth == 0 ? NULL : Grow(depth - 1, value * 2);
  node->right = depth == 0 ? NULL : Grow(depth - 1, value * 2 + 1);
  return node;
}

static uint64_t Walk(const Node* node) {
  if (node == NULL) return 0;
  uint64_t left = Walk(node->left);
  uint64_t right = Walk(node->right);
  return left * 3 + right * 5 + node->value;
}

static void Mirror(Node* node) {
  if (node == NULL) return;
  Node* left = node->left;
  node->left = node->right;
  node->right = left;
  Mirror(node->left);
  Mirror(node->right);
}

static void Fell(Node* node) {
  if (node == NULL) return;
  Fell(node->left);
  Fell(node->right);
  free(node);
}

int main(int argc, char** argv) {
  uint32_t depth = SizeArgument(argc, argv, 10);
  Node* lasting = Grow(depth, 1);
  for (uint32_t small = 4; small <= depth; small += 2) {
    uint32_t trees = 1u << (depth - small);
    uint64_t sum = 0;
    for (uint32_t i = 0; i < trees; ++i) {
      Node* tree = Grow(small, i);
      sum += Walk(tree);
      Fell(tree);
    }
    printf("%" PRIu32 " trees of depth %" PRIu32 ": %" PRIu64 "\n", trees, small, sum);
  }
  printf("lasting  %" PRIu64 "\n", Walk(lasting));
  Mirror(lasting);
  printf("mirrored %" PRIu64 "\n", Walk(lasting));
  Fell(lasting);
  printf("allocations %" PRIu32 "\n", allocations);
  return 0;
}
