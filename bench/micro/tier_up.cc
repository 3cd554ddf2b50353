// How soon a function that is called once and loops is machine code, by default thresholds.
#include "bench/micro/guest.h"

namespace wasmtier::bench {
namespace {

// The time of the first call less what the same iterations take in machine code: waiting for the
// threshold, compiling, and the jump (on-stack replacement).
void FirstCallOfALoop(benchmark::State& state) {
  Config config;
  config.tier = TierMode::kAuto;
  constexpr int32_t kTurns = 1'000'000;
  using Clock = std::chrono::steady_clock;
  double total = 0;
  for (auto _ : state) {
    Guest guest("calls", config);  // not timed: its code is new each time
    auto loop = guest.Function<int32_t(int32_t)>("loop_alone");
    const Clock::time_point start = Clock::now();
    Check(Require(loop(kTurns)) == 0, "a loop counts down to 0");
    const Clock::time_point middle = Clock::now();
    Check(Require(loop(kTurns)) == 0, "a loop counts down to 0");
    const std::chrono::duration<double> first = middle - start, second = Clock::now() - middle;
    const double latency = std::max((first - second).count(), 0.0);
    state.SetIterationTime(std::max(latency, 1e-9));
    total += latency;
    Check(guest.engine().statistics(Tier::kBaseline).functions == 1,
          "the loop left the interpreter");
  }
  state.counters["latency"] = total / static_cast<double>(state.iterations());
}
BENCHMARK(FirstCallOfALoop)->UseManualTime()->Unit(benchmark::kMicrosecond)->Iterations(50);

}  // namespace
}  // namespace wasmtier::bench
