// Calls of host functions by a guest. The figure to reach is 30 ns for `per_call` of an empty
// function.
#include "bench/micro/guest.h"

namespace wasmtier::bench {
namespace {

void CallHostEmpty(benchmark::State& state) { TimeLoop(state, "loop_nothing"); }
BENCHMARK(CallHostEmpty)->Unit(benchmark::kMicrosecond);

void CallHostRaw(benchmark::State& state) { TimeLoop(state, "loop_raw"); }
BENCHMARK(CallHostRaw)->Unit(benchmark::kMicrosecond);

void CallHostAdd(benchmark::State& state) { TimeLoop(state, "loop_add"); }
BENCHMARK(CallHostAdd)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace wasmtier::bench
