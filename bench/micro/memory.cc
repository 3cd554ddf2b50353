// Growth of memory, and its bulk operations.
#include "bench/micro/guest.h"

namespace wasmtier::bench {
namespace {

constexpr int32_t kGrowths = 1000;

// By one page at a time, as malloc does; memory is made anew for each iteration.
void MemoryGrow(benchmark::State& state, const Config& config) {
  Guest guest("memory", config);
  // What a tier compiles at the first call is not timed.
  Check(Require(guest.Function<int32_t(int32_t, int32_t)>("grow")(1, 1)) == 2, "memory grows");
  for (auto _ : state) {
    state.PauseTiming();
    {
      Store store = Require(Store::Create(guest.engine()));
      Instance instance = Require(guest.linker().Instantiate(store, guest.module()));
      auto grow = Require(instance.GetTypedFunc<int32_t(int32_t, int32_t)>("grow"));
      state.ResumeTiming();
      Check(Require(grow(1, kGrowths)) == kGrowths + 1, "memory grew a page at a time");
      state.PauseTiming();
    }
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * kGrowths);
}
BENCHMARK_IN_EACH_TIER(MemoryGrow, kMicrosecond);

void MemoryGrowWithExplicitChecks(benchmark::State& state, Config config) {
  config.memory_checks = MemoryChecks::kExplicit;
  MemoryGrow(state, config);
}
BENCHMARK_IN_EACH_TIER(MemoryGrowWithExplicitChecks, kMicrosecond);

void Bulk(benchmark::State& state, const char* name) {
  Guest guest("memory");
  auto function = guest.Function<void(int32_t)>(name);
  auto bytes = static_cast<int32_t>(state.range(0));
  Check(function(bytes));
  for (auto _ : state) benchmark::DoNotOptimize(function(bytes));
  state.SetBytesProcessed(state.iterations() * bytes);
}
BENCHMARK_CAPTURE(Bulk, fill, "fill")->Arg(16)->Arg(1024)->Arg(32768);
BENCHMARK_CAPTURE(Bulk, copy, "copy")->Arg(16)->Arg(1024)->Arg(32768);

}  // namespace
}  // namespace wasmtier::bench
