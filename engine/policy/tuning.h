// Every threshold and size that was chosen rather than given. None of them may change a program's
// result (running out of stack or memory excepted). Each stands with its reason, and with what was
// measured once something was.
#ifndef WASMTIER_ENGINE_POLICY_TUNING_H_
#define WASMTIER_ENGINE_POLICY_TUNING_H_

#include <chrono>
#include <cstdint>

namespace wasmtier::engine {

// Slot stack of a Store: 65,536 calls of small functions must fit (design §4). A frame is 8 bytes a
// slot, 16 slots a small one. Only pages that are used are resident.
inline constexpr uint64_t kStackBytes = uint64_t{8} << 20;
// In low-memory mode: the deepest of our test programs that do not recurse on purpose uses a tenth
// of it.
inline constexpr uint64_t kLowMemoryStackBytes = uint64_t{256} << 10;
// What Config::stack_bytes may be. Below, the largest frames of usual programs do not fit.
inline constexpr uint64_t kMinStackBytes = uint64_t{64} << 10;
inline constexpr uint64_t kMaxStackBytes = uint64_t{1} << 30;

// Native stack of a Store, for machine code: as large as the slot stack, so that programs recurse
// about as deep in every tier. A frame of machine code has 8 bytes for each slot as well, and 64
// for homes, return address and the like. Never less than this: the interpreter's handlers run here
// too, and keep some in reserve (runtime/stack.h).
inline constexpr uint64_t kMinNativeStackBytes = uint64_t{256} << 10;

// Calls until a function is compiled (Config::hotness_threshold; the design's figure). A call costs
// the interpreter about 1 ns for each byte of wasm it executes more than machine code, and
// compiling 40 ns a byte, so that straight code pays back after some 40 calls; most hot functions
// have loops and callees, and the first ten calls say that they are not start-up code.
inline constexpr uint32_t kCallsUntilBaseline = 10;
// Loop iterations count runtime::kCallHotness to a call. One costs the interpreter 10 to 20 ns more
// than machine code and a body of usual size compiles in 10 us, so that a thousand pay back.

// Compiling costs by the size of the whole body, but a loop or a call saves only by what it
// executes, which in large functions is a small part: countdowns grow with the body, by this unit
// (so that usual functions wait as said above) and up to this factor (the loop of a guest's own
// interpreter, in a function of 32 KB or more, leaves within 64,000 iterations, about a
// millisecond).
inline constexpr uint32_t kBodyBytesUnit = 512;
inline constexpr uint32_t kMaxBodyFactor = 64;

// How soon loops of frames that still run in the interpreter look again for machine code: while
// another thread compiles it (some 10 us), and when it is there (the call at which it was compiled
// goes on in the interpreter until its first loop).
inline constexpr int32_t kIterationsWhileCompiling = 500;
inline constexpr int32_t kIterationsUntilEntry = 10;

// Calls until the policy looks whether a function should be optimized
// (Config::optimizing_threshold; the design's figure); a loop iteration counts 1 / kCallHotness of
// a call, and large bodies wait longer, as above.
inline constexpr uint32_t kCallsUntilOptimized = 1000;
// It should when its code has run for this part of the time that compiling takes, by the estimates
// below (scaled with Config::optimizing_threshold): what has run so long will run as long again, in
// most programs much longer, and another processor does the work.
inline constexpr uint64_t kCompileTimeByRunTime = 8;
// More is wanted with each so many tasks that wait.
inline constexpr uint32_t kQueueLengthUnit = 16;
// Rounds of iterations (runtime::kIterationsPerRound) after which a loop looks again whether code
// for it is there; asking takes as long as a hundred iterations.
inline constexpr int32_t kRoundsUntilEntry = 20;
// A function that was called as often waits for code of all of it before one of its loops gets code
// of its own.
inline constexpr uint64_t kCallsUntilLoopsCanWait = 10;

// Time that code of the baseline tier takes for an iteration, and for a call: both grow with the
// body, of which a call executes a part. Rough; programs of bench/ lie within a factor of 3.
inline constexpr uint64_t kNanosecondsPerIteration = 2;
inline constexpr uint32_t kMaxBytesPerIteration = 256;
inline constexpr uint64_t kNanosecondsPerCall = 4;
inline constexpr uint32_t kMaxBytesPerCall = 512;
inline constexpr uint32_t kBytesPerNanosecond = 16;

// Compile time for a byte of wasm. 2026-11-22, EPYC (Zen 4), LLVM 22, functions of qsort, matmul,
// lu, json of bench/programs, processor time: full 24 to 50 us, quick 8 to 12 us, and 3 ms and 1.8
// ms for the smallest functions.
inline constexpr uint64_t kFullNanosecondsPerByte = 27'000;
inline constexpr uint64_t kQuickNanosecondsPerByte = 10'000;
// A compile costs as much as this many bytes of wasm before it looks at the first one.
inline constexpr uint32_t kCompileFixedWasmBytes = 120;

// What the quick pipeline's code gains on the baseline's is so many times what the full one's gains
// on that, for the processor time it takes.
inline constexpr uint64_t kFullByQuickGain = 32;

// A task that waits is looked at again after this time: does the program still run what it is to
// replace?
inline constexpr std::chrono::milliseconds kHotnessWindow{1};
// A loop that has not turned for so long is taken to have ended.
inline constexpr std::chrono::milliseconds kLoopEndsAfter{10};

// Bodies that only the quick pipeline optimizes, and that none does: LLVM's time grows faster than
// the body.
inline constexpr uint32_t kMaxFullPipelineBytes = 32 << 10;
inline constexpr uint32_t kMaxOptimizedBodyBytes = 256 << 10;

// In stress mode, loops of larger functions get no optimized code of their own.
inline constexpr uint32_t kMaxStressedLoopsBytes = 2000;

// What is compiled with its callers: callees called so often (as the feedback has it) and no larger
// than this, or small ones anyway; together so many bytes, through so many calls.
inline constexpr uint32_t kCallsUntilInlined = 100;
inline constexpr uint32_t kMaxInlinedBodyBytes = 1500;
inline constexpr uint32_t kSmallBodyBytes = 60;
inline constexpr uint32_t kMaxInlinedBytes = 6000;
inline constexpr int kMaxInlineDepth = 4;

// More threads than this do not validate faster: they wait for memory.
inline constexpr uint32_t kMaxValidationThreads = 64;
inline constexpr uint32_t kMaxCompileThreads = 64;

// Stack of a compile thread: LLVM recurses over nested regions and expressions of one function.
inline constexpr uint64_t kCompileThreadStackBytes = uint64_t{16} << 20;
// Memory that LLVM takes for a compile, beyond what it takes once. 2026-11-22: all functions of
// nbody.wasm, up to 9 KB each, one after another: 16 MB at most, by ru_maxrss.
inline constexpr uint64_t kCompileMemoryBytes = uint64_t{4} << 20;
inline constexpr uint64_t kCompileMemoryPerWasmByte = 2048;

}  // namespace wasmtier::engine

#endif  // WASMTIER_ENGINE_POLICY_TUNING_H_
