// The main of the large module: runs the program that the first argument names.
#include <cstdio>
#include <cstring>

#define WASMTIER_PROGRAMS(X) \
  X(graph) X(json) X(ray_tracer) X(script) X(shapes) X(std_sort) X(streams) X(word_map)

#define DECLARE(name) int name##_main(int argc, char** argv);
WASMTIER_PROGRAMS(DECLARE)
#undef DECLARE

int main(int argc, char** argv) {
#define RUN(name) \
  if (argc > 1 && strcmp(argv[1], #name) == 0) return name##_main(argc - 1, argv + 1);
  WASMTIER_PROGRAMS(RUN)
#undef RUN
  fprintf(stderr, "usage: large PROGRAM [SIZE]\n");
  return 2;
}
