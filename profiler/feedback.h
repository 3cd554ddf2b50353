// Feedback: what the code of one function counted, for the optimizer.
//
// Memory of CodeSpace::AllocateData, zeroed: a FunctionFeedback, then its CallSites, then the loop
// counters, then the branch counters. Machine code of any number of threads adds to it without
// locks or atomic instructions, so counts may be a little too low, and are read while they change.
// Targets are written once: a reader sees null or the entry slot of what was called.
#ifndef WASMTIER_PROFILER_FEEDBACK_H_
#define WASMTIER_PROFILER_FEEDBACK_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

#include "runtime/hot_counters.h"

namespace wasmtier::profiler {

// An indirect call, a call by reference, or a tail call of either kind.
struct CallSite {
  static constexpr int kTargets = 4;
  struct Target {
    // The entry slot (FunctionReference::entry): it tells the function, if it is one of the same
    // ModuleCode (ModuleCode::FunctionOfEntry). Not to be read otherwise: what was called may have
    // gone, with its store.
    const std::atomic<void*>* entry;
    uint32_t count;
  };
  Target targets[kTargets];  // in the order in which they were first called
  uint32_t others;           // calls of further functions
};

struct alignas(CallSite) FunctionFeedback {
  // Of branches in functions and loops so short that counting would slow them down; of branches
  // back to loops, too, which the loops' counters tell.
  static constexpr uint32_t kNotCounted = UINT32_MAX;

  runtime::HotCounters hot;
  // Until the tier policy is asked.
  struct Countdown {
    int32_t calls = INT32_MAX;
    uint64_t iterations = INT32_MAX;               // of all loops
    int32_t round = runtime::kIterationsPerRound;  // smaller ones are for tests
  };

  // How many of each there are; all are numbered in the order of the sink's calls
  // (tiers/decode/sink.h): call_indirect, call_ref and their tail calls; Loop; BrIf and If.
  uint32_t call_site_count;
  uint32_t loop_count;
  uint32_t branch_count;

  // On the steady clock, in nanoseconds: when the code was made that counts, and when better code
  // of the function or of one of its loops took over (0: not yet; read and set atomically).
  int64_t counting_since;
  int64_t counting_until;
  uint64_t counted_before;  // nanoseconds, of what earlier runs counted
  void StopClock();
  // For how long it counted, or counts.
  uint64_t CountedNanoseconds();

  // Of the function itself, about: it may be running meanwhile.
  uint32_t calls() {
    const auto left = std::atomic_ref<int32_t>(hot.calls).load(std::memory_order_relaxed);
    return std::atomic_ref<uint32_t>(hot.calls_granted).load(std::memory_order_relaxed) -
           static_cast<uint32_t>(left);
  }

  static size_t Bytes(uint32_t call_sites, uint32_t loops, uint32_t branches) {
    return sizeof(FunctionFeedback) + call_sites * sizeof(CallSite) +
           (size_t{loops} + branches) * sizeof(uint32_t);
  }
  // Fills in the head of zeroed memory of so many Bytes; machine code counts down from `countdown`.
  static FunctionFeedback* Create(void* memory, uint32_t call_sites, uint32_t loops,
                                  uint32_t branches, const Countdown& countdown);

  std::span<CallSite> call_sites() {
    return {reinterpret_cast<CallSite*>(this + 1), call_site_count};
  }
  // How often each loop's start was passed, the first time included. Short loops are sampled: a
  // round of iterations (runtime/hot_counters.h) goes to the loop in which it ends.
  std::span<uint32_t> loops() {
    return {reinterpret_cast<uint32_t*>(call_sites().data() + call_site_count), loop_count};
  }
  // How often each br_if was taken, and each if's condition was false.
  std::span<uint32_t> branches() { return {loops().data() + loop_count, branch_count}; }
};

}  // namespace wasmtier::profiler

#endif  // WASMTIER_PROFILER_FEEDBACK_H_
