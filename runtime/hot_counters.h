// HotCounters: what machine code of a function counts down to ask the tier policy
// (TierHooks::OnHotMachineCode), and what is needed to leave its frame for better code.
#ifndef WASMTIER_RUNTIME_HOT_COUNTERS_H_
#define WASMTIER_RUNTIME_HOT_COUNTERS_H_

#include <cstdint>

#include "runtime/vm_context.h"

namespace wasmtier::runtime {

// Loops are counted in a register, which lasts so many iterations of all loops of the function; the
// rounds are counted in memory. Prime, so that nested loops do not end their rounds always in the
// same one; so large that the cold code behind a round is not felt, and small enough to tell the
// loops of a function apart by the rounds that end in them.
inline constexpr int32_t kIterationsPerRound = 509;

// Lies at the start of the code's feedback, of which machine code knows the address. Threads count
// without locks: a little too few.
struct HotCounters {
  uint32_t function;
  int32_t calls;  // left until the policy is asked
  // What `calls` began with, each time, together: more than that, modulo 2^32, by the calls made.
  uint32_t calls_granted;
  int32_t rounds;      // the same
  int32_t iterations;  // left of the round, where the register begins
  int32_t round;       // what they begin with at each further one: kIterationsPerRound - 1
  // The frame: locals and then operands, a slot each, ascend from frame pointer - frame_bytes.
  uint32_t frame_bytes;
  uint32_t local_slots;
};

// Of wasmtier_hot: the entry of code that goes on with this call of the function (OsrEntry), or
// null, and the frame for it, in which locals and operands were copied from the caller's frame.
struct HotExit {
  const void* entry;
  uint64_t* frame;
};

// Of `loop` where a function counts its calls.
inline constexpr uint32_t kNoLoop = UINT32_MAX;

// Called from machine code whose frame has been set up, with `counters` below zero: rdi =
// VMContext, rsi = HotCounters, edx = ordinal of the loop, or kNoLoop, ecx = operands at the loop's
// start, all of which are in the frame's slots. Returns a HotExit in rax and rdx. Other registers
// are as before, but rcx, rsi, rdi, r8 and xmm0 to xmm6.
extern "C" void wasmtier_hot();

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_HOT_COUNTERS_H_
