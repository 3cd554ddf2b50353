// The round trip of a trap: from the host's call to its status.
#include <string>

#include "bench/micro/guest.h"

namespace wasmtier::bench {
namespace {

void ExpectTrap(const absl::Status& status, TrapCode code) {
  std::optional<Trap> trap = Trap::FromStatus(status);
  Check(trap.has_value() && trap->code() == code, "the function traps as its name says");
}

void TrapOf(benchmark::State& state, const char* name, TrapCode code) {
  Config config = InterpreterConfig();
  config.stack_bytes = 64 << 10;  // what exhausting it costs is in proportion to its size
  Guest guest("memory", config);
  auto function = guest.Function<void()>(name);
  ExpectTrap(function(), code);
  for (auto _ : state) benchmark::DoNotOptimize(function());
}
BENCHMARK_CAPTURE(TrapOf, unreachable, "trap_unreachable", TrapCode::kUnreachable)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(TrapOf, divide, "trap_divide", TrapCode::kIntegerDivideByZero)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(TrapOf, memory_fault, "trap_memory", TrapCode::kMemoryOutOfBounds)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(TrapOf, exhausted_stack, "trap_exhausted", TrapCode::kCallStackExhausted)
    ->Unit(benchmark::kMicrosecond);

void TrapWithBacktrace(benchmark::State& state) {
  Guest guest("memory");
  auto function = guest.Function<void(int32_t)>("trap_deep");
  ExpectTrap(function(50), TrapCode::kUnreachable);
  Check(Trap::FromStatus(function(50))->frames().size() == 51, "every caller is in the backtrace");
  for (auto _ : state) benchmark::DoNotOptimize(function(50));
}
BENCHMARK(TrapWithBacktrace)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace wasmtier::bench
