// Prints its arguments (not its own name) and its environment.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern char** environ;

int main(int argc, char** argv) {
  printf("%d arguments\n", argc - 1);
  for (int i = 1; i < argc; ++i) printf("%d: [%s] %zu bytes\n", i, argv[i], strlen(argv[i]));
  printf("argv ends with %s\n", argv[argc] == NULL ? "null" : "something");
  int variables = 0;
  for (char** entry = environ; *entry != NULL; ++entry) {
    printf("variable [%s]\n", *entry);
    ++variables;
  }
  const char* greeting = getenv("GREETING");
  printf("%d variables, greeting %s, missing %s\n", variables, greeting ? greeting : "(none)",
         getenv("NOT_THERE") ? "found" : "not found");
  return argc - 1;
}
