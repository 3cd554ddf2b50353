// The stack machine.
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "compiler.h"

uint32_t CurrentLine(const Machine* machine) {
  if (machine->frame_count == 0) return 0;
  const Frame* frame = &machine->frames[machine->frame_count - 1];
  const Prototype* prototype = frame->closure->prototype;
  return prototype->lines[frame->next - prototype->code - 1];
}

void Fail(Machine* machine, const char* format, ...) {
  printf("line %u: ", (unsigned)CurrentLine(machine));
  va_list arguments;
  va_start(arguments, format);
  vprintf(format, arguments);
  va_end(arguments);
  printf("\n");
  exit(1);
}

// ---- closures ----

static Upvalue* CaptureLocal(Machine* machine, Value* place) {
  Upvalue** link = &machine->open;
  while (*link != NULL && (*link)->place > place) link = &(*link)->next_open;
  if (*link != NULL && (*link)->place == place) return *link;
  Upvalue* upvalue = NewObject(machine, kUpvalue, sizeof(Upvalue));
  upvalue->place = place;
  upvalue->next_open = *link;
  *link = upvalue;
  return upvalue;
}

static void CloseUpvalues(Machine* machine, const Value* from) {
  while (machine->open != NULL && machine->open->place >= from) {
    Upvalue* upvalue = machine->open;
    machine->open = upvalue->next_open;
    upvalue->closed = *upvalue->place;
    upvalue->place = &upvalue->closed;
  }
}

static Closure* NewClosure(Machine* machine, Prototype* prototype, const Frame* frame) {
  uint32_t count = prototype->capture_count;
  Closure* closure = NewObject(machine, kClosure, sizeof(Closure) + count * sizeof(Upvalue*));
  closure->prototype = prototype;
  closure->upvalue_count = count;
  for (uint32_t i = 0; i < count; i++) {
    const Capture* capture = &prototype->captures[i];
    closure->upvalues[i] = capture->is_local ? CaptureLocal(machine, frame->base + capture->index)
                                             : frame->closure->upvalues[capture->index];
  }
  return closure;
}

// ---- operations ----

// What `table[key]` is, by way of the tables that are its meta tables' "__index".
static Value Index(Machine* machine, Value base, Value key) {
  for (;;) {
    if (base.type != kTable) Fail(machine, "not a table");
    const Table* table = AsTable(base);
    Value value = key.type == kText ? GetText(table, AsText(key)) : Get(table, key);
    if (value.type != kNil || table->meta == NULL) return value;
    base = GetText(table->meta, machine->index_name);
    if (base.type == kNil) return value;
  }
}

static void Store(Machine* machine, Value base, Value key, Value value) {
  if (base.type != kTable) Fail(machine, "not a table");
  Set(machine, AsTable(base), key, value);
}

static double NumberOf(Machine* machine, Value value) {
  if (value.type != kNumber) Fail(machine, "not a number");
  return value.as.number;
}

static double Modulo(double left, double right) {
  double rest = fmod(left, right);
  return rest != 0 && (rest < 0) != (right < 0) ? rest + right : rest;
}

static Value Arithmetic(Machine* machine, Operation operation, Value left, Value right) {
  double a = NumberOf(machine, left);
  double b = NumberOf(machine, right);
  switch (operation) {
    case kAdd:
      return Number(a + b);
    case kSubtract:
      return Number(a - b);
    case kMultiply:
      return Number(a * b);
    case kDivide:
      return Number(a / b);
    case kModulo:
      return Number(Modulo(a, b));
    default: {  // whole powers alone: those of the math library differ from machine to machine
      if (b != floor(b) || b < 0) Fail(machine, "not a whole exponent");
      double power = 1;
      for (; b > 0; b--) power *= a;
      return Number(power);
    }
  }
}

static int CompareTexts(const Text* left, const Text* right) {
  uint32_t common = left->length < right->length ? left->length : right->length;
  for (uint32_t i = 0; i < common; i++) {
    int difference = (uint8_t)left->bytes[i] - (uint8_t)right->bytes[i];
    if (difference != 0) return difference;
  }
  return left->length < right->length ? -1 : left->length > right->length;
}

static bool Compare(Machine* machine, Operation operation, Value left, Value right) {
  double a;
  double b;
  if (left.type == kText && right.type == kText) {
    a = CompareTexts(AsText(left), AsText(right));
    b = 0;
  } else {
    a = NumberOf(machine, left);
    b = NumberOf(machine, right);
  }
  switch (operation) {
    case kIsLess:
      return a < b;
    case kIsLessEqual:
      return a <= b;
    case kIsGreater:
      return a > b;
    default:
      return a >= b;
  }
}

static Value LengthOf(Machine* machine, Value value) {
  if (value.type == kText) return Number(AsText(value)->length);
  if (value.type != kTable) Fail(machine, "neither string nor table");
  return Number(AsTable(value)->item_count);
}

// ---- calls ----

// The function and its `count` arguments are on top of the stack. A native one runs to its end and
// leaves its result; for another one a frame is made, and true returned.
static bool BeginCall(Machine* machine, int count) {
  Value* callee = machine->top - count - 1;
  if (callee->type == kNative) {
    Value result = ((Native*)callee->as.object)->function(machine, callee + 1, count);
    *callee = result;
    machine->top = callee + 1;
    CollectIfNeeded(machine);
    return false;
  }
  if (callee->type != kClosure) Fail(machine, "not a function");
  Closure* closure = (Closure*)callee->as.object;
  int wanted = (int)closure->prototype->parameter_count;
  for (; count < wanted; count++) *machine->top++ = Nil();
  machine->top -= count - wanted;
  if (machine->frame_count == kMostFrames || machine->top - machine->stack > kStackSize - 512) {
    Fail(machine, "too many calls");
  }
  Frame* frame = &machine->frames[machine->frame_count++];
  frame->closure = closure;
  frame->next = closure->prototype->code;
  frame->base = callee + 1;
  return true;
}

static bool ForDone(Machine* machine, const Value* counter) {
  double step = NumberOf(machine, counter[2]);
  double limit = NumberOf(machine, counter[1]);
  double number = NumberOf(machine, counter[0]);
  return step > 0 ? number > limit : number < limit;
}

// Runs until the frame count is `floor` again.
static void Run(Machine* machine, int floor) {
  Frame* frame = &machine->frames[machine->frame_count - 1];
  const uint32_t* next = frame->next;
  Value* base = frame->base;
  Value* top = machine->top;
  const Value* constants = frame->closure->prototype->constants;
// What others see while the loop runs is written back before anything that may look.
#define SAVE() (frame->next = next, machine->top = top)
#define LOAD_FRAME()                                                                           \
  (frame = &machine->frames[machine->frame_count - 1], next = frame->next, base = frame->base, \
   constants = frame->closure->prototype->constants)
  for (;;) {
    uint32_t instruction = *next++;
    int32_t operand = (int32_t)instruction >> 8;
    machine->executed++;
    switch ((Operation)(instruction & 0xff)) {
      case kPushNil:
        *top++ = Nil();
        break;
      case kPushTrue:
        *top++ = Boolean(true);
        break;
      case kPushFalse:
        *top++ = Boolean(false);
        break;
      case kPushInteger:
        *top++ = Number(operand);
        break;
      case kPushConstant:
        *top++ = constants[operand];
        break;
      case kGetLocal:
        *top++ = base[operand];
        break;
      case kSetLocal:
        base[operand] = *--top;
        break;
      case kGetUpvalue:
        *top++ = *frame->closure->upvalues[operand]->place;
        break;
      case kSetUpvalue:
        *frame->closure->upvalues[operand]->place = *--top;
        break;
      case kGetGlobal:
        *top++ = GetText(machine->globals, AsText(constants[operand]));
        break;
      case kSetGlobal:
        SAVE();
        Set(machine, machine->globals, constants[operand], *--top);
        break;
      case kGetField:
        SAVE();
        top[-1] = Index(machine, top[-1], constants[operand]);
        break;
      case kSetField:
        SAVE();
        Store(machine, top[-2], constants[operand], top[-1]);
        top -= 2;
        break;
      case kGetIndex:
        SAVE();
        top[-2] = Index(machine, top[-2], top[-1]);
        top--;
        break;
      case kSetIndex:
        SAVE();
        Store(machine, top[-3], top[-2], top[-1]);
        top -= 3;
        break;
      case kMethod:
        SAVE();
        top[0] = top[-1];
        top[-1] = Index(machine, top[-1], constants[operand]);
        top++;
        break;
      case kNewTable:
        *top++ = FromObject(NewTable(machine));
        SAVE();
        CollectIfNeeded(machine);
        break;
      case kAppend:
        SAVE();
        Append(machine, AsTable(top[-2]), top[-1]);
        top--;
        break;
      case kStoreField:
        SAVE();
        Store(machine, top[-2], constants[operand], top[-1]);
        top--;
        break;
      case kStoreIndex:
        SAVE();
        Store(machine, top[-3], top[-2], top[-1]);
        top -= 2;
        break;
      case kAdd:
      case kSubtract:
      case kMultiply:
      case kDivide:
      case kModulo:
      case kPower:
        SAVE();
        top[-2] = Arithmetic(machine, (Operation)(instruction & 0xff), top[-2], top[-1]);
        top--;
        break;
      case kAddInteger:
        SAVE();
        top[-1] = Number(NumberOf(machine, top[-1]) + operand);
        break;
      case kConcatenate: {
        SAVE();
        Text* left = ToText(machine, top[-2]);
        top[-2] = FromObject(Concatenate(machine, left, ToText(machine, top[-1])));
        machine->top = --top;
        CollectIfNeeded(machine);
        break;
      }
      case kIsEqual:
        top[-2] = Boolean(Equal(top[-2], top[-1]));
        top--;
        break;
      case kIsNotEqual:
        top[-2] = Boolean(!Equal(top[-2], top[-1]));
        top--;
        break;
      case kIsLess:
      case kIsLessEqual:
      case kIsGreater:
      case kIsGreaterEqual:
        SAVE();
        top[-2] = Boolean(Compare(machine, (Operation)(instruction & 0xff), top[-2], top[-1]));
        top--;
        break;
      case kNegate:
        SAVE();
        top[-1] = Number(-NumberOf(machine, top[-1]));
        break;
      case kInvert:
        top[-1] = Boolean(!IsTrue(top[-1]));
        break;
      case kLength:
        SAVE();
        top[-1] = LengthOf(machine, top[-1]);
        break;
      case kJump:
        next += operand;
        break;
      case kJumpIfFalse:
        if (!IsTrue(*--top)) next += operand;
        break;
      case kJumpIfFalseOrPop:
        if (!IsTrue(top[-1])) {
          next += operand;
        } else {
          top--;
        }
        break;
      case kJumpIfTrueOrPop:
        if (IsTrue(top[-1])) {
          next += operand;
        } else {
          top--;
        }
        break;
      case kCall:
        SAVE();
        if (BeginCall(machine, operand)) LOAD_FRAME();
        top = machine->top;
        break;
      case kReturn: {
        Value result = top[-1];
        CloseUpvalues(machine, base);
        top = base - 1;
        *top++ = result;
        machine->top = top;
        if (--machine->frame_count == floor) return;
        LOAD_FRAME();
        break;
      }
      case kMakeClosure:
        SAVE();
        *top++ = FromObject(NewClosure(machine, (Prototype*)constants[operand].as.object, frame));
        machine->top = top;
        CollectIfNeeded(machine);
        break;
      case kPop:
        top--;
        break;
      case kClose:
        CloseUpvalues(machine, base + operand);
        top = base + operand;
        break;
      case kForPrepare: {
        SAVE();
        Value* counter = base + operand;
        int32_t jump = (int32_t)*next++;
        counter[3] = counter[0];
        if (ForDone(machine, counter)) next += jump;
        break;
      }
      case kForLoop: {
        Value* counter = base + operand;
        int32_t jump = (int32_t)*next++;
        CloseUpvalues(machine, counter + 3);  // each round has a counter of its own
        counter[0].as.number += counter[2].as.number;
        counter[3] = counter[0];
        if (!ForDone(machine, counter)) next += jump;
        break;
      }
      case kForEach: {
        SAVE();
        Value* each = base + operand;
        int32_t jump = (int32_t)*next++;
        if (each[0].type != kTable) Fail(machine, "not a table");
        CloseUpvalues(machine, each + 2);
        uint32_t position = (uint32_t)each[1].as.number;
        if (NextEntry(AsTable(each[0]), &position, &each[2], &each[3])) {
          each[1].as.number = position;
        } else {
          next += jump;
        }
        break;
      }
    }
  }
#undef SAVE
#undef LOAD_FRAME
}

Value Call(Machine* machine, Value callee, const Value* arguments, int count) {
  *machine->top++ = callee;
  for (int i = 0; i < count; i++) *machine->top++ = arguments[i];
  int floor = machine->frame_count;
  if (BeginCall(machine, count)) Run(machine, floor);
  return *--machine->top;
}

void Execute(Machine* machine, Prototype* script) {
  Call(machine, FromObject(NewClosure(machine, script, NULL)), NULL, 0);
}
