// The functions that scripts call.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "value.h"

static void Check(Machine* machine, bool good, const char* name) {
  if (!good) Fail(machine, "wrong arguments of %s", name);
}

static Value Print(Machine* machine, Value* arguments, int count) {
  for (int i = 0; i < count; i++) {
    printf(i == 0 ? "%s" : " %s", ToText(machine, arguments[i])->bytes);
  }
  printf("\n");
  return Nil();
}

static Value TypeName(Machine* machine, Value* arguments, int count) {
  static const char* const kNames[] = {"nil",   "boolean",  "number",  "string",
                                       "table", "function", "function"};
  Check(machine, count == 1, "type");
  return FromObject(MakeTextOf(machine, kNames[arguments[0].type]));
}

static Value ToString(Machine* machine, Value* arguments, int count) {
  Check(machine, count == 1, "tostring");
  return FromObject(ToText(machine, arguments[0]));
}

static Value Floor(Machine* machine, Value* arguments, int count) {
  Check(machine, count == 1 && arguments[0].type == kNumber, "floor");
  return Number(floor(arguments[0].as.number));
}

static Value SquareRoot(Machine* machine, Value* arguments, int count) {
  Check(machine, count == 1 && arguments[0].type == kNumber, "sqrt");
  return Number(sqrt(arguments[0].as.number));
}

static Value SetMetaTable(Machine* machine, Value* arguments, int count) {
  Check(machine, count == 2 && arguments[0].type == kTable && arguments[1].type == kTable,
        "setmetatable");
  AsTable(arguments[0])->meta = AsTable(arguments[1]);
  return arguments[0];
}

static Value Insert(Machine* machine, Value* arguments, int count) {
  Check(machine, count == 2 && arguments[0].type == kTable, "insert");
  Append(machine, AsTable(arguments[0]), arguments[1]);
  return Nil();
}

static Value Remove(Machine* machine, Value* arguments, int count) {
  Check(machine, count == 1 && arguments[0].type == kTable, "remove");
  Table* table = AsTable(arguments[0]);
  return table->item_count == 0 ? Nil() : table->items[--table->item_count];
}

// Strings are joined at once: the same with `..` would make each one in between.
static Value Join(Machine* machine, Value* arguments, int count) {
  Check(machine, count == 2 && arguments[0].type == kTable && arguments[1].type == kText, "join");
  const Table* table = AsTable(arguments[0]);
  const Text* between = AsText(arguments[1]);
  size_t length = 0;
  for (uint32_t i = 0; i < table->item_count; i++) {
    length += ToText(machine, table->items[i])->length + between->length;
  }
  char* bytes = Resize(machine, NULL, 0, length + 1);
  size_t at = 0;
  for (uint32_t i = 0; i < table->item_count; i++) {
    if (i > 0) {
      memcpy(bytes + at, between->bytes, between->length);
      at += between->length;
    }
    const Text* text = ToText(machine, table->items[i]);
    memcpy(bytes + at, text->bytes, text->length);
    at += text->length;
  }
  Value joined = FromObject(MakeText(machine, bytes, at));
  Resize(machine, bytes, length + 1, 0);
  return joined;
}

// sub(text, first, last), counted from one
static Value SubText(Machine* machine, Value* arguments, int count) {
  Check(machine,
        count == 3 && arguments[0].type == kText && arguments[1].type == kNumber &&
            arguments[2].type == kNumber,
        "sub");
  const Text* text = AsText(arguments[0]);
  double first = arguments[1].as.number < 1 ? 1 : arguments[1].as.number;
  double last = arguments[2].as.number > text->length ? text->length : arguments[2].as.number;
  if (first > last) return FromObject(MakeText(machine, "", 0));
  return FromObject(
      MakeText(machine, text->bytes + (size_t)first - 1, (size_t)last - (size_t)first + 1));
}

static Value Byte(Machine* machine, Value* arguments, int count) {
  Check(machine, count == 2 && arguments[0].type == kText && arguments[1].type == kNumber, "byte");
  double at = arguments[1].as.number;
  if (!(at >= 1 && at <= AsText(arguments[0])->length)) return Nil();
  return Number((uint8_t)AsText(arguments[0])->bytes[(size_t)at - 1]);
}

static Value Character(Machine* machine, Value* arguments, int count) {
  Check(machine, count == 1 && arguments[0].type == kNumber, "char");
  char byte = (char)(int)arguments[0].as.number;
  return FromObject(MakeText(machine, &byte, 1));
}

static bool Less(Machine* machine, Value compare, Value left, Value right) {
  if (compare.type == kNil) {
    Check(machine, left.type == kNumber && right.type == kNumber, "sort");
    return left.as.number < right.as.number;
  }
  Value both[2] = {left, right};
  return IsTrue(Call(machine, compare, both, 2));
}

// Heap sort: everything stays in the table while the comparison, a script, runs.
static void SiftDown(Machine* machine, Table* table, Value compare, uint32_t at, uint32_t end) {
  for (;;) {
    uint32_t child = 2 * at + 1;
    if (child >= end) return;
    if (child + 1 < end && Less(machine, compare, table->items[child], table->items[child + 1])) {
      child++;
    }
    if (!Less(machine, compare, table->items[at], table->items[child])) return;
    Value item = table->items[at];
    table->items[at] = table->items[child];
    table->items[child] = item;
    at = child;
  }
}

static Value Sort(Machine* machine, Value* arguments, int count) {
  Check(machine, count >= 1 && arguments[0].type == kTable, "sort");
  Table* table = AsTable(arguments[0]);
  Value compare = count > 1 ? arguments[1] : Nil();
  uint32_t length = table->item_count;
  for (uint32_t i = length / 2; i-- > 0;) SiftDown(machine, table, compare, i, length);
  for (uint32_t end = length; end-- > 1;) {
    if (table->item_count != length) Fail(machine, "the table changed while it was sorted");
    Value item = table->items[0];
    table->items[0] = table->items[end];
    table->items[end] = item;
    SiftDown(machine, table, compare, 0, end);
  }
  return Nil();
}

static const struct {
  const char* name;
  NativeFunction function;
} kFunctions[] = {
    {"print", Print},   {"type", TypeName},   {"tostring", ToString},
    {"floor", Floor},   {"sqrt", SquareRoot}, {"setmetatable", SetMetaTable},
    {"insert", Insert}, {"remove", Remove},   {"join", Join},
    {"sub", SubText},   {"byte", Byte},       {"char", Character},
    {"sort", Sort},
};

void AddLibrary(Machine* machine) {
  for (size_t i = 0; i < sizeof(kFunctions) / sizeof(kFunctions[0]); i++) {
    Native* native = NewObject(machine, kNative, sizeof(Native));
    native->function = kFunctions[i].function;
    native->name = kFunctions[i].name;
    Set(machine, machine->globals, FromObject(MakeTextOf(machine, native->name)),
        FromObject(native));
  }
}
