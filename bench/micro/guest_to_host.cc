// Calls of host functions by a guest. The figure to reach is 30 ns for `per_call` of an empty
// function.
#include "bench/micro/guest.h"

namespace wasmtier::bench {
namespace {

void CallHostEmpty(benchmark::State& state, const Config& config) {
  TimeLoop(state, "loop_nothing", config);
}
BENCHMARK_IN_EACH_TIER(CallHostEmpty, kMicrosecond);

void CallHostRaw(benchmark::State& state, const Config& config) {
  TimeLoop(state, "loop_raw", config);
}
BENCHMARK_IN_EACH_TIER(CallHostRaw, kMicrosecond);

void CallHostAdd(benchmark::State& state, const Config& config) {
  TimeLoop(state, "loop_add", config);
}
BENCHMARK_IN_EACH_TIER(CallHostAdd, kMicrosecond);

}  // namespace
}  // namespace wasmtier::bench
