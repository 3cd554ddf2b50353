// Kernel: a br_table. A register machine runs a loop of nine instructions. size: its iterations.
#include "kernel.h"

enum Operation { kMove, kAdd, kSubtract, kMultiply, kXor, kShift, kMask, kJumpIfLess, kStop };

typedef struct {
  uint8_t operation;
  uint8_t to;
  uint8_t left;
  uint8_t right;
} Instruction;

// r0 is the counter, r1 the limit, r2 one, r3 and r4 state, r5 a multiplier, r6 a mask, r7 scratch.
static volatile Instruction source[] = {
    {kMultiply, 3, 3, 5},   {kAdd, 3, 3, 0},      {kShift, 7, 3, 2}, {kXor, 4, 4, 7},
    {kMask, 7, 4, 6},       {kSubtract, 3, 3, 7}, {kMove, 7, 3, 3},  {kAdd, 0, 0, 2},
    {kJumpIfLess, 0, 0, 1}, {kStop, 4, 4, 4},
};

int32_t run(int32_t size) {
  Instruction code[sizeof(source) / sizeof(source[0])];
  for (unsigned i = 0; i < sizeof(code) / sizeof(code[0]); ++i) code[i] = source[i];
  uint32_t registers[8] = {0, (uint32_t)size, 1, 12345, 0, 1664525, 0xffff, 0};
  const Instruction* next = code;
  for (;;) {
    Instruction now = *next++;
    uint32_t left = registers[now.left];
    uint32_t right = registers[now.right];
    switch ((enum Operation)now.operation) {
      case kMove:
        registers[now.to] = left;
        break;
      case kAdd:
        registers[now.to] = left + right;
        break;
      case kSubtract:
        registers[now.to] = left - right;
        break;
      case kMultiply:
        registers[now.to] = left * right;
        break;
      case kXor:
        registers[now.to] = left ^ right;
        break;
      case kShift:
        registers[now.to] = left >> (right & 31);
        break;
      case kMask:
        registers[now.to] = left & right;
        break;
      case kJumpIfLess:
        if (left < right) next = code + now.to;
        break;
      case kStop:
        return (int32_t)registers[now.to];
    }
  }
}
