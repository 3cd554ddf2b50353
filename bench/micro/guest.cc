#include "bench/micro/guest.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace wasmtier::bench {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsOf(const TypedFunc<int32_t(int32_t)>& loop) {
  Clock::time_point start = Clock::now();
  Check(Require(loop(kCallsPerLoop)) == 0, "a loop counts down to 0");
  return std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace

Config InterpreterConfig() {
  Config config;
  config.tier = TierMode::kInterpreter;
  return config;
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

void TimeLoop(benchmark::State& state, const char* loop) {
  Guest guest("calls");
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
  state.counters["per_call"] = (calling_seconds - alone_seconds) / kCallsPerLoop;
}

}  // namespace wasmtier::bench
