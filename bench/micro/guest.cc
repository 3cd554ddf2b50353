#include "bench/micro/guest.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "tiers/optimizing/loader.h"

namespace wasmtier::bench {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsOf(const TypedFunc<int32_t(int32_t)>& loop) {
  Clock::time_point start = Clock::now();
  Check(Require(loop(kCallsPerLoop)) == 0, "a loop counts down to 0");
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Of the time stamp counter; 0 on other processors.
double CyclesPerSecond() {
#if defined(__x86_64__)
  static const double rate = [] {
    const Clock::time_point start = Clock::now();
    const uint64_t first = __builtin_ia32_rdtsc();
    while (Clock::now() - start < std::chrono::milliseconds(20)) {
    }
    const uint64_t last = __builtin_ia32_rdtsc();
    return static_cast<double>(last - first) /
           std::chrono::duration<double>(Clock::now() - start).count();
  }();
  return rate;
#else
  return 0;
#endif
}

}  // namespace

Config InterpreterConfig() {
  Config config;
  config.tier = TierMode::kInterpreter;
  return config;
}

Config BaselineConfig() {
  Config config;
  config.tier = TierMode::kBaseline;
  return config;
}

bool RegisterInEachTier(const std::string& name,
                        const std::function<void(benchmark::State&, const Config&)>& run,
                        benchmark::TimeUnit unit) {
  for (const TierMode tier : {TierMode::kInterpreter, TierMode::kBaseline, TierMode::kOptimizing}) {
    if (tier == TierMode::kOptimizing && !optimizing::FindOptimizer().ok()) continue;
    Config config;
    config.tier = tier;
    benchmark::RegisterBenchmark((name + "/" + ToString(tier)).c_str(), run, config)->Unit(unit);
  }
  return true;
}

void Check(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "ERROR OCCURRED: %s\n", status.ToString().c_str());
  std::exit(EXIT_FAILURE);
}

void Check(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "ERROR OCCURRED: not so: %s\n", what);
  std::exit(EXIT_FAILURE);
}

Guest::Guest(const std::string& name, const Config& config)
    : engine_(Require(Engine::Create(config))),
      module_(Require(
          Module::FromFile(engine_, std::string(WASMTIER_GUEST_FOLDER "/") + name + ".wasm"))),
      store_(Require(Store::Create(engine_))) {
  Check(linker_.DefineFunction("host", "nothing", [] {}));
  Check(linker_.DefineRawFunction("host", "raw", FuncType{},
                                  [](Caller&, uint64_t*) { return absl::OkStatus(); }));
  Check(linker_.DefineFunction("host", "add", [](int32_t a, int32_t b) { return a + b; }));
  instance_ = Require(linker_.Instantiate(store_, module_));
}

void TimeLoop(benchmark::State& state, const char* loop, const Config& config) {
  Guest guest("calls", config);
  auto alone = guest.Function<int32_t(int32_t)>("loop_alone");
  auto calling = guest.Function<int32_t(int32_t)>(loop);
  // Both run in alternation, so that what disturbs the machine disturbs both; the fastest of each
  // counts.
  double alone_seconds = SecondsOf(alone);
  double calling_seconds = SecondsOf(calling);
  for (auto _ : state) {
    calling_seconds = std::min(calling_seconds, SecondsOf(calling));
    state.PauseTiming();
    alone_seconds = std::min(alone_seconds, SecondsOf(alone));
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * kCallsPerLoop);
  const double per_call = (calling_seconds - alone_seconds) / kCallsPerLoop;
  state.counters["per_call"] = per_call;
  state.counters["cycles"] = per_call * CyclesPerSecond();
}

}  // namespace wasmtier::bench
