// All shortest paths of a dense graph (Floyd and Warshall), in int.
#include <inttypes.h>

#include "bench/programs/common.h"

static void ShortestPaths(int* path, int n) {
  for (int k = 0; k < n; k++) {
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        int detour = path[i * n + k] + path[k * n + j];
        path[i * n + j] = path[i * n + j] < detour ? path[i * n + j] : detour;
      }
    }
  }
}

int main(int argc, char** argv) {
  int n = (int)SizeArgument(argc, argv, 45);
  int* path = malloc((size_t)n * (size_t)n * sizeof(int));
  if (path == NULL) return 3;
  uint64_t random = 7;
  for (int i = 0; i < n * n; i++) path[i] = 1 + (int)(NextRandom(&random) % 10000);
  for (int i = 0; i < n; i++) path[i * n + i] = 0;
  ShortestPaths(path, n);
  uint64_t sum = 0;
  for (int i = 0; i < n * n; i++) sum = Checksum(sum, (uint64_t)path[i]);
  printf("paths %016" PRIx64 "\n", sum);
  free(path);
  return 0;
}
