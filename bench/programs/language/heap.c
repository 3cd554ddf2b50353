// Objects, and a collector that marks what can be reached and sweeps the rest.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "value.h"

void* Resize(Machine* machine, void* memory, size_t old_bytes, size_t new_bytes) {
  machine->bytes += new_bytes - old_bytes;
  if (new_bytes == 0) {
    free(memory);
    return NULL;
  }
  void* moved = realloc(memory, new_bytes);
  if (moved == NULL) Fail(machine, "out of memory");
  return moved;
}

void* Reserve(Machine* machine, void* array, uint32_t count, uint32_t* capacity, size_t each) {
  if (count < *capacity) return array;
  uint32_t larger = *capacity < 8 ? 8 : 2 * *capacity;
  array = Resize(machine, array, *capacity * each, larger * each);
  *capacity = larger;
  return array;
}

void* NewObject(Machine* machine, Type type, size_t bytes) {
  Object* object = Resize(machine, NULL, 0, bytes);
  memset(object, 0, bytes);
  object->type = (uint8_t)type;
  object->serial = machine->next_serial++;
  object->next = machine->objects;
  machine->objects = object;
  return object;
}

static void MarkObject(Machine* machine, void* pointer) {
  Object* object = pointer;
  if (object == NULL || object->marked) return;
  object->marked = true;
  if (object->type == kText || object->type == kNative) return;  // they refer to nothing
  // The list of grey objects is not counted: it would grow while it is measured.
  if (machine->grey_count == machine->grey_capacity) {
    machine->grey_capacity = machine->grey_capacity == 0 ? 256 : 2 * machine->grey_capacity;
    machine->grey = realloc(machine->grey, machine->grey_capacity * sizeof(Object*));
    if (machine->grey == NULL) Fail(machine, "out of memory");
  }
  machine->grey[machine->grey_count++] = object;
}

static void MarkValue(Machine* machine, Value value) {
  if (value.type >= kText) MarkObject(machine, value.as.object);
}

static void MarkTable(Machine* machine, Table* table) {
  for (uint32_t i = 0; i < table->item_count; i++) MarkValue(machine, table->items[i]);
  for (uint32_t i = 0; i < table->entry_capacity; i++) {
    MarkValue(machine, table->entries[i].key);
    MarkValue(machine, table->entries[i].value);
  }
  MarkObject(machine, table->meta);
}

static void MarkReferences(Machine* machine, Object* object) {
  switch (object->type) {
    case kTable:
      MarkTable(machine, (Table*)object);
      break;
    case kClosure: {
      Closure* closure = (Closure*)object;
      MarkObject(machine, closure->prototype);
      for (uint32_t i = 0; i < closure->upvalue_count; i++) {
        MarkObject(machine, closure->upvalues[i]);
      }
      break;
    }
    case kPrototype: {
      Prototype* prototype = (Prototype*)object;
      MarkObject(machine, prototype->name);
      for (uint32_t i = 0; i < prototype->constant_count; i++) {
        MarkValue(machine, prototype->constants[i]);
      }
      break;
    }
    case kUpvalue:
      MarkValue(machine, *((Upvalue*)object)->place);
      break;
  }
}

static size_t SizeOf(const Object* object) {
  switch (object->type) {
    case kText:
      return sizeof(Text) + ((const Text*)object)->length + 1;
    case kTable:
      return sizeof(Table);
    case kClosure:
      return sizeof(Closure) + ((const Closure*)object)->upvalue_count * sizeof(Upvalue*);
    case kNative:
      return sizeof(Native);
    case kPrototype:
      return sizeof(Prototype);
    default:
      return sizeof(Upvalue);
  }
}

static void FreeObject(Machine* machine, Object* object) {
  if (object->type == kTable) FreeTable(machine, (Table*)object);
  if (object->type == kPrototype) {
    Prototype* prototype = (Prototype*)object;
    Resize(machine, prototype->code, prototype->code_capacity * sizeof(uint32_t), 0);
    Resize(machine, prototype->lines, prototype->code_capacity * sizeof(uint32_t), 0);
    Resize(machine, prototype->constants, prototype->constant_capacity * sizeof(Value), 0);
    Resize(machine, prototype->captures, prototype->capture_capacity * sizeof(Capture), 0);
  }
  Resize(machine, object, SizeOf(object), 0);
}

static void Sweep(Machine* machine) {
  Object** link = &machine->objects;
  while (*link != NULL) {
    Object* object = *link;
    if (object->marked) {
      object->marked = false;
      link = &object->next;
    } else {
      *link = object->next;
      FreeObject(machine, object);
    }
  }
}

void Collect(Machine* machine) {
  for (Value* value = machine->stack; value < machine->top; value++) MarkValue(machine, *value);
  for (int i = 0; i < machine->frame_count; i++) MarkObject(machine, machine->frames[i].closure);
  for (Upvalue* upvalue = machine->open; upvalue != NULL; upvalue = upvalue->next_open) {
    MarkObject(machine, upvalue);
  }
  MarkObject(machine, machine->globals);
  MarkObject(machine, machine->index_name);
  while (machine->grey_count > 0) {
    MarkReferences(machine, machine->grey[--machine->grey_count]);
  }
  DropUnmarkedTexts(machine);
  Sweep(machine);
  machine->collections++;
  machine->collect_at = machine->bytes * 2 > (1 << 20) ? machine->bytes * 2 : 1 << 20;
}
