// Calls between guest functions. The figures to reach in the baseline tier: 5 to 10 cycles for
// CallDirect, 15 to 30 for CallIndirect. The optimizing tier inlines
// what CallEmpty, CallDirect and CallTail call.
#include "bench/micro/guest.h"

namespace wasmtier::bench {
namespace {

void CallEmpty(benchmark::State& state, const Config& config) {
  TimeLoop(state, "loop_empty", config);
}
BENCHMARK_IN_EACH_TIER(CallEmpty, kMicrosecond);

void CallDirect(benchmark::State& state, const Config& config) {
  TimeLoop(state, "loop_direct", config);
}
BENCHMARK_IN_EACH_TIER(CallDirect, kMicrosecond);

void CallIndirect(benchmark::State& state, const Config& config) {
  TimeLoop(state, "loop_indirect", config);
}
BENCHMARK_IN_EACH_TIER(CallIndirect, kMicrosecond);

void CallTail(benchmark::State& state, const Config& config) {
  TimeLoop(state, "loop_tail", config);
}
BENCHMARK_IN_EACH_TIER(CallTail, kMicrosecond);

// Every second call changes the tier: $sub stays in the interpreter, its caller does not, or the
// other way round.
void CallFromMachineCodeToInterpreter(benchmark::State& state) {
  Config config = BaselineConfig();
  config.tier_filter = "!sub";
  TimeLoop(state, "loop_direct", config);
}
BENCHMARK(CallFromMachineCodeToInterpreter)->Unit(benchmark::kMicrosecond);

void CallFromInterpreterToMachineCode(benchmark::State& state) {
  Config config = BaselineConfig();
  config.tier_filter = "sub";
  TimeLoop(state, "loop_direct", config);
}
BENCHMARK(CallFromInterpreterToMachineCode)->Unit(benchmark::kMicrosecond);

void Fibonacci(benchmark::State& state, const Config& config) {
  Guest guest("calls", config);
  auto fib = guest.Function<int32_t(int32_t)>("fib");
  Check(Require(fib(20)) == 6765, "fib(20) is 6765");
  for (auto _ : state) benchmark::DoNotOptimize(fib(20));
  // fib(20) makes 21,891 calls.
  state.SetItemsProcessed(state.iterations() * 21891);
}
BENCHMARK_IN_EACH_TIER(Fibonacci, kMicrosecond);

}  // namespace
}  // namespace wasmtier::bench
