// The round trip of a trap: from the host's call to its status.
#include <string>

#include "bench/micro/guest.h"

namespace wasmtier::bench {
namespace {

void ExpectTrap(const absl::Status& status, TrapCode code) {
  std::optional<Trap> trap = Trap::FromStatus(status);
  Check(trap.has_value() && trap->code() == code, "the function traps as its name says");
}

void MeasureTrap(benchmark::State& state, Config config, const char* name, TrapCode code) {
  config.stack_bytes = 64 << 10;  // what exhausting it costs is in proportion to its size
  Guest guest("memory", config);
  auto function = guest.Function<void()>(name);
  ExpectTrap(function(), code);
  for (auto _ : state) benchmark::DoNotOptimize(function());
}

void TrapUnreachable(benchmark::State& state, const Config& config) {
  MeasureTrap(state, config, "trap_unreachable", TrapCode::kUnreachable);
}
BENCHMARK_IN_EACH_TIER(TrapUnreachable, kMicrosecond);

void TrapDivide(benchmark::State& state, const Config& config) {
  MeasureTrap(state, config, "trap_divide", TrapCode::kIntegerDivideByZero);
}
BENCHMARK_IN_EACH_TIER(TrapDivide, kMicrosecond);

void TrapMemoryFault(benchmark::State& state, const Config& config) {
  MeasureTrap(state, config, "trap_memory", TrapCode::kMemoryOutOfBounds);
}
BENCHMARK_IN_EACH_TIER(TrapMemoryFault, kMicrosecond);

void TrapExhaustedStack(benchmark::State& state, const Config& config) {
  MeasureTrap(state, config, "trap_exhausted", TrapCode::kCallStackExhausted);
}
BENCHMARK_IN_EACH_TIER(TrapExhaustedStack, kMicrosecond);

void TrapWithBacktrace(benchmark::State& state, const Config& config) {
  Guest guest("memory", config);
  auto function = guest.Function<void(int32_t)>("trap_deep");
  ExpectTrap(function(50), TrapCode::kUnreachable);
  Check(Trap::FromStatus(function(50))->frames().size() == 51, "every caller is in the backtrace");
  for (auto _ : state) benchmark::DoNotOptimize(function(50));
}
BENCHMARK_IN_EACH_TIER(TrapWithBacktrace, kMicrosecond);

}  // namespace
}  // namespace wasmtier::bench
