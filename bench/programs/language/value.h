// A small language in the manner of Lua: values and objects, and what the parts offer each other.
//   lexer.c      text to tokens
//   compiler.c   expressions to code for a stack machine; statements.c the statements
//   machine.c    the machine
//   heap.c       objects, and a collector that marks and sweeps
//   text.c       strings, of which there is one each
//   table.c      an array and a hash table in one
//   library.c    the functions that scripts call
//   scripts.c    the scripts that are run
#ifndef WASMTIER_BENCH_PROGRAMS_LANGUAGE_VALUE_H_
#define WASMTIER_BENCH_PROGRAMS_LANGUAGE_VALUE_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
  kNil,
  kBoolean,
  kNumber,
  kText,
  kTable,
  kClosure,
  kNative,
  kPrototype,  // these two are never values of a script
  kUpvalue,
} Type;

typedef struct Object {
  struct Object* next;  // all objects, for the sweep
  uint8_t type;
  bool marked;
  uint32_t serial;  // the hash of objects as keys: the same on every machine
} Object;

typedef struct {
  Type type;
  union {
    bool boolean;
    double number;
    Object* object;
  } as;
} Value;

typedef struct Text {
  Object object;
  uint32_t hash;
  uint32_t length;
  struct Text* bucket_next;
  char bytes[];  // and a zero
} Text;

typedef struct {
  Value key;
  Value value;
} Entry;

typedef struct Table {
  Object object;
  Value* items;  // keys 1 to item_count
  uint32_t item_count;
  uint32_t item_capacity;
  Entry* entries;           // every other key; open addressing
  uint32_t entry_count;     // with those whose value became nil
  uint32_t entry_capacity;  // a power of two, or zero
  struct Table* meta;
} Table;

typedef struct {
  bool is_local;  // of the enclosing function; else one of its upvalues
  uint32_t index;
} Capture;

typedef struct Prototype {
  Object object;
  uint32_t* code;
  uint32_t* lines;  // one for each instruction
  uint32_t code_count;
  uint32_t code_capacity;
  Value* constants;
  uint32_t constant_count;
  uint32_t constant_capacity;
  Capture* captures;
  uint32_t capture_count;
  uint32_t capture_capacity;
  uint32_t parameter_count;
  Text* name;
} Prototype;

typedef struct Upvalue {
  Object object;
  Value* place;  // in the stack, and later `closed`
  Value closed;
  struct Upvalue* next_open;
} Upvalue;

typedef struct {
  Object object;
  Prototype* prototype;
  uint32_t upvalue_count;
  Upvalue* upvalues[];
} Closure;

typedef struct Machine Machine;
typedef Value (*NativeFunction)(Machine* machine, Value* arguments, int count);

typedef struct {
  Object object;
  NativeFunction function;
  const char* name;
} Native;

typedef struct {
  Closure* closure;
  const uint32_t* next;
  Value* base;
} Frame;

enum { kStackSize = 1 << 15, kMostFrames = 4000 };

struct Machine {
  Value* stack;
  Value* top;
  Frame* frames;
  int frame_count;
  Upvalue* open;  // from the top of the stack downwards
  Table* globals;
  Text* index_name;  // "__index"

  // heap.c
  Object* objects;
  uint32_t next_serial;
  size_t bytes;
  size_t collect_at;
  uint64_t collections;
  Object** grey;
  uint32_t grey_count;
  uint32_t grey_capacity;

  // text.c
  Text** buckets;
  uint32_t bucket_count;
  uint32_t text_count;

  uint64_t executed;  // instructions
};

static inline Value Nil(void) {
  Value value = {kNil, {.number = 0}};
  return value;
}
static inline Value Boolean(bool boolean) {
  Value value = {kBoolean, {.boolean = boolean}};
  return value;
}
static inline Value Number(double number) {
  Value value = {kNumber, {.number = number}};
  return value;
}
static inline Value FromObject(void* object) {
  Value value = {(Type)((Object*)object)->type, {.object = object}};
  return value;
}
static inline bool IsTrue(Value value) {
  return value.type != kNil && (value.type != kBoolean || value.as.boolean);
}
static inline Text* AsText(Value value) { return (Text*)value.as.object; }
static inline Table* AsTable(Value value) { return (Table*)value.as.object; }

static inline bool Equal(Value left, Value right) {
  if (left.type != right.type) return false;
  switch (left.type) {
    case kNil:
      return true;
    case kBoolean:
      return left.as.boolean == right.as.boolean;
    case kNumber:
      return left.as.number == right.as.number;
    default:
      return left.as.object == right.as.object;
  }
}

// Ends the program with a message and the line that runs, if any.
_Noreturn void Fail(Machine* machine, const char* format, ...)
    __attribute__((format(printf, 2, 3)));

// heap.c. Nothing is collected but in CollectIfNeeded, which the machine calls between
// instructions, when all that lives can be reached from its stack, frames and globals.
void* Resize(Machine* machine, void* memory, size_t old_bytes, size_t new_bytes);
void* NewObject(Machine* machine, Type type, size_t bytes);
void Collect(Machine* machine);
static inline void CollectIfNeeded(Machine* machine) {
  if (machine->bytes > machine->collect_at) Collect(machine);
}
// Makes room for one more element and returns the array.
void* Reserve(Machine* machine, void* array, uint32_t count, uint32_t* capacity, size_t each);

// text.c
Text* MakeText(Machine* machine, const char* bytes, size_t length);
Text* MakeTextOf(Machine* machine, const char* zero_terminated);
Text* Concatenate(Machine* machine, Text* left, Text* right);
Text* ToText(Machine* machine, Value value);
void DropUnmarkedTexts(Machine* machine);

// table.c
Table* NewTable(Machine* machine);
Value Get(const Table* table, Value key);
Value GetText(const Table* table, const Text* key);
void Set(Machine* machine, Table* table, Value key, Value value);
void Append(Machine* machine, Table* table, Value value);
// The entry after `position`, which starts with zero; false at the end.
bool NextEntry(const Table* table, uint32_t* position, Value* key, Value* value);
void FreeTable(Machine* machine, Table* table);

// statements.c
Prototype* Compile(Machine* machine, const char* source);

// machine.c
void Execute(Machine* machine, Prototype* script);
Value Call(Machine* machine, Value callee, const Value* arguments, int count);
uint32_t CurrentLine(const Machine* machine);

// library.c
void AddLibrary(Machine* machine);

// scripts.c
typedef struct {
  const char* name;
  const char* source;
} Script;
extern const Script kScripts[];
extern const int kScriptCount;

#endif  // WASMTIER_BENCH_PROGRAMS_LANGUAGE_VALUE_H_
