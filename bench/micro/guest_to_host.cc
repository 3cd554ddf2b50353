// Calls of host functions by a guest. The figure to reach is 30 ns for `per_call` of an empty
// function.
#include "bench/micro/guest.h"

namespace wasmtier::bench {
namespace {

void CallHostEmpty(benchmark::State& state, const Config& config) {
  TimeLoop(state, "loop_nothing", config);
}
BENCHMARK_CAPTURE(CallHostEmpty, interpreter, InterpreterConfig())->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(CallHostEmpty, baseline, BaselineConfig())->Unit(benchmark::kMicrosecond);

void CallHostRaw(benchmark::State& state, const Config& config) {
  TimeLoop(state, "loop_raw", config);
}
BENCHMARK_CAPTURE(CallHostRaw, interpreter, InterpreterConfig())->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(CallHostRaw, baseline, BaselineConfig())->Unit(benchmark::kMicrosecond);

void CallHostAdd(benchmark::State& state, const Config& config) {
  TimeLoop(state, "loop_add", config);
}
BENCHMARK_CAPTURE(CallHostAdd, interpreter, InterpreterConfig())->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(CallHostAdd, baseline, BaselineConfig())->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace wasmtier::bench
