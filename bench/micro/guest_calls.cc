// Calls between guest functions.
#include "bench/micro/guest.h"

namespace wasmtier::bench {
namespace {

void CallEmpty(benchmark::State& state) { TimeLoop(state, "loop_empty"); }
BENCHMARK(CallEmpty)->Unit(benchmark::kMicrosecond);

void CallDirect(benchmark::State& state) { TimeLoop(state, "loop_direct"); }
BENCHMARK(CallDirect)->Unit(benchmark::kMicrosecond);

void CallIndirect(benchmark::State& state) { TimeLoop(state, "loop_indirect"); }
BENCHMARK(CallIndirect)->Unit(benchmark::kMicrosecond);

void CallTail(benchmark::State& state) { TimeLoop(state, "loop_tail"); }
BENCHMARK(CallTail)->Unit(benchmark::kMicrosecond);

void Fibonacci(benchmark::State& state) {
  Guest guest("calls");
  auto fib = guest.Function<int32_t(int32_t)>("fib");
  Check(Require(fib(20)) == 6765, "fib(20) is 6765");
  for (auto _ : state) benchmark::DoNotOptimize(fib(20));
  // fib(20) makes 21,891 calls.
  state.SetItemsProcessed(state.iterations() * 21891);
}
BENCHMARK(Fibonacci)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace wasmtier::bench
