// A stack machine with byte code, dispatched by one switch (a br_table), running three programs.
#include <inttypes.h>
#include <string.h>

#include "common.h"

enum Operation {
  kHalt,
  kPush,
  kLoad,
  kStore,
  kAdd,
  kSubtract,
  kMultiply,
  kModulo,
  kLess,
  kEqual,
  kNot,
  kJump,
  kJumpIfZero,
  kCall,
  kReturn,
  kDuplicate,
  kDrop,
  kPeek,
  kPoke,
  kXor,
  kShiftRight,
  kSwap,
};

enum { kMemory = 65536, kStack = 1024 };

typedef struct {
  int32_t stack[kStack];
  uint32_t returns[kStack];
  int32_t locals[16];
  uint8_t memory[kMemory];
  uint64_t steps;
} Machine;

static int32_t ReadOperand(const uint8_t* code, uint32_t at) {
  int32_t operand;
  memcpy(&operand, code + at, sizeof(operand));
  return operand;
}

static int32_t Run(Machine* machine, const uint8_t* code) {
  int32_t* top = machine->stack;
  uint32_t* link = machine->returns;
  uint32_t at = 0;
  uint64_t steps = 0;
  for (;;) {
    ++steps;
    switch ((enum Operation)code[at++]) {
      case kHalt:
        machine->steps += steps;
        return *top;
      case kPush:
        *++top = ReadOperand(code, at);
        at += 4;
        break;
      case kLoad:
        *++top = machine->locals[code[at++]];
        break;
      case kStore:
        machine->locals[code[at++]] = *top--;
        break;
      case kAdd:
        top[-1] = (int32_t)((uint32_t)top[-1] + (uint32_t)top[0]);
        --top;
        break;
      case kSubtract:
        top[-1] = (int32_t)((uint32_t)top[-1] - (uint32_t)top[0]);
        --top;
        break;
      case kMultiply:
        top[-1] = (int32_t)((uint32_t)top[-1] * (uint32_t)top[0]);
        --top;
        break;
      case kModulo:
        top[-1] = (int32_t)((uint32_t)top[-1] % (uint32_t)top[0]);
        --top;
        break;
      case kLess:
        top[-1] = top[-1] < top[0];
        --top;
        break;
      case kEqual:
        top[-1] = top[-1] == top[0];
        --top;
        break;
      case kNot:
        *top = !*top;
        break;
      case kJump:
        at = (uint32_t)ReadOperand(code, at);
        break;
      case kJumpIfZero:
        at = *top-- == 0 ? (uint32_t)ReadOperand(code, at) : at + 4;
        break;
      case kCall:
        *++link = at + 4;
        at = (uint32_t)ReadOperand(code, at);
        break;
      case kReturn:
        at = *link--;
        break;
      case kDuplicate:
        top[1] = top[0];
        ++top;
        break;
      case kDrop:
        --top;
        break;
      case kPeek:
        *top = machine->memory[(uint32_t)*top % kMemory];
        break;
      case kPoke:
        machine->memory[(uint32_t)top[-1] % kMemory] = (uint8_t)*top;
        top -= 2;
        break;
      case kXor:
        top[-1] ^= top[0];
        --top;
        break;
      case kShiftRight:
        top[-1] = (int32_t)((uint32_t)top[-1] >> (top[0] & 31));
        --top;
        break;
      case kSwap: {
        int32_t value = top[0];
        top[0] = top[-1];
        top[-1] = value;
        break;
      }
    }
  }
}

// A small assembler: byte code is appended, and forward jumps are patched.
typedef struct {
  uint8_t code[512];
  uint32_t size;
} Assembly;

static void Emit(Assembly* assembly, enum Operation operation) {
  assembly->code[assembly->size++] = (uint8_t)operation;
}

static void EmitByte(Assembly* assembly, enum Operation operation, uint8_t operand) {
  Emit(assembly, operation);
  assembly->code[assembly->size++] = operand;
}

static uint32_t EmitWord(Assembly* assembly, enum Operation operation, uint32_t operand) {
  Emit(assembly, operation);
  memcpy(assembly->code + assembly->size, &operand, sizeof(operand));
  assembly->size += 4;
  return assembly->size - 4;
}

static void Patch(Assembly* assembly, uint32_t at) {
  memcpy(assembly->code + at, &assembly->size, sizeof(assembly->size));
}

// Adds i*i modulo 1009, xors the sum's shifts, for i below the limit.
static void AssembleSquares(Assembly* out, uint32_t limit) {
  out->size = 0;
  EmitWord(out, kPush, 0);
  EmitByte(out, kStore, 0);
  EmitWord(out, kPush, 0);
  EmitByte(out, kStore, 1);
  uint32_t loop = out->size;
  EmitByte(out, kLoad, 0);
  EmitWord(out, kPush, limit);
  Emit(out, kLess);
  uint32_t done = EmitWord(out, kJumpIfZero, 0);
  EmitByte(out, kLoad, 0);
  Emit(out, kDuplicate);
  Emit(out, kMultiply);
  EmitWord(out, kPush, 1009);
  Emit(out, kModulo);
  EmitByte(out, kLoad, 1);
  Emit(out, kAdd);
  Emit(out, kDuplicate);
  EmitWord(out, kPush, 7);
  Emit(out, kShiftRight);
  Emit(out, kXor);
  EmitByte(out, kStore, 1);
  EmitByte(out, kLoad, 0);
  EmitWord(out, kPush, 1);
  Emit(out, kAdd);
  EmitByte(out, kStore, 0);
  EmitWord(out, kJump, loop);
  Patch(out, done);
  EmitByte(out, kLoad, 1);
  Emit(out, kHalt);
}

// Marks composite numbers in the machine's memory and counts the others.
static void AssembleSieve(Assembly* out, uint32_t limit) {
  out->size = 0;
  EmitWord(out, kPush, 2);
  EmitByte(out, kStore, 0);
  EmitWord(out, kPush, 0);
  EmitByte(out, kStore, 2);
  uint32_t outer = out->size;
  EmitByte(out, kLoad, 0);
  EmitWord(out, kPush, limit);
  Emit(out, kLess);
  uint32_t done = EmitWord(out, kJumpIfZero, 0);
  EmitByte(out, kLoad, 0);
  Emit(out, kPeek);
  Emit(out, kNot);
  uint32_t composite = EmitWord(out, kJumpIfZero, 0);
  EmitByte(out, kLoad, 2);
  EmitWord(out, kPush, 1);
  Emit(out, kAdd);
  EmitByte(out, kStore, 2);
  EmitByte(out, kLoad, 0);
  EmitByte(out, kStore, 1);
  uint32_t inner = out->size;
  EmitByte(out, kLoad, 1);
  EmitWord(out, kPush, limit);
  Emit(out, kLess);
  uint32_t crossed = EmitWord(out, kJumpIfZero, 0);
  EmitByte(out, kLoad, 1);
  EmitWord(out, kPush, 1);
  Emit(out, kPoke);
  EmitByte(out, kLoad, 1);
  EmitByte(out, kLoad, 0);
  Emit(out, kAdd);
  EmitByte(out, kStore, 1);
  EmitWord(out, kJump, inner);
  Patch(out, crossed);
  Patch(out, composite);
  EmitByte(out, kLoad, 0);
  EmitWord(out, kPush, 1);
  Emit(out, kAdd);
  EmitByte(out, kStore, 0);
  EmitWord(out, kJump, outer);
  Patch(out, done);
  EmitByte(out, kLoad, 2);
  Emit(out, kHalt);
}

// Recursive Fibonacci with the machine's own calls.
static void AssembleFib(Assembly* out, uint32_t n) {
  out->size = 0;
  EmitWord(out, kPush, n);
  uint32_t first = EmitWord(out, kCall, 0);
  Emit(out, kHalt);
  Patch(out, first);
  uint32_t fib = out->size;
  Emit(out, kDuplicate);
  EmitWord(out, kPush, 2);
  Emit(out, kLess);
  uint32_t recurse = EmitWord(out, kJumpIfZero, 0);
  Emit(out, kReturn);
  Patch(out, recurse);
  Emit(out, kDuplicate);
  EmitWord(out, kPush, 1);
  Emit(out, kSubtract);
  EmitWord(out, kCall, fib);
  Emit(out, kSwap);
  EmitWord(out, kPush, 2);
  Emit(out, kSubtract);
  EmitWord(out, kCall, fib);
  Emit(out, kAdd);
  Emit(out, kReturn);
}

int main(int argc, char** argv) {
  uint32_t size = SizeArgument(argc, argv, 1000);
  static Machine machine;
  static Assembly assembly;
  AssembleSquares(&assembly, size * 4);
  printf("squares %" PRId32 "\n", Run(&machine, assembly.code));
  AssembleSieve(&assembly, size < kMemory ? size : kMemory);
  printf("primes  %" PRId32 "\n", Run(&machine, assembly.code));
  uint32_t depth = 8;
  while (depth < 32 && (1u << (depth - 8) / 2) < size / 100) ++depth;
  AssembleFib(&assembly, depth);
  printf("fib     %" PRId32 " of %" PRIu32 "\n", Run(&machine, assembly.code), depth);
  printf("steps   %" PRIu64 "\n", machine.steps);
  return 0;
}
