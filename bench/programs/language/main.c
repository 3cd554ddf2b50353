// Runs scripts of a small language in the manner of Lua: compiled to code for a stack machine, with
// closures, tables, objects by inheritance, strings and a garbage collector.
#include <inttypes.h>

#include "../common.h"
#include "value.h"

static void RunScript(const Script* script, uint32_t size) {
  Machine machine = {.collect_at = 1 << 20};
  machine.stack = calloc(kStackSize, sizeof(Value));
  machine.frames = calloc(kMostFrames, sizeof(Frame));
  if (machine.stack == NULL || machine.frames == NULL) exit(3);
  machine.top = machine.stack;
  machine.globals = NewTable(&machine);
  machine.index_name = MakeTextOf(&machine, "__index");
  AddLibrary(&machine);
  Set(&machine, machine.globals, FromObject(MakeTextOf(&machine, "size")), Number(size));
  printf("-- %s\n", script->name);
  Execute(&machine, Compile(&machine, script->source));
  printf("%" PRIu64 " instructions", machine.executed);

  // The last collection leaves what the globals hold; then nothing.
  machine.globals = NULL;
  machine.index_name = NULL;
  Collect(&machine);
  if (machine.objects != NULL || machine.bytes != 0 || machine.text_count != 0) {
    printf(", LEAKS %zu bytes", machine.bytes);
  }
  printf("\n");
  free(machine.stack);
  free(machine.frames);
  free(machine.grey);
  free(machine.buckets);
}

int main(int argc, char** argv) {
  uint32_t size = SizeArgument(argc, argv, 3);
  for (int i = 0; i < kScriptCount; i++) RunScript(&kScripts[i], size);
  return 0;
}
