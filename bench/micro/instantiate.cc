// Making stores and instances.
#include "bench/micro/guest.h"

namespace wasmtier::bench {
namespace {

void CreateEngine(benchmark::State& state) {
  for (auto _ : state) {
    Engine engine = Require(Engine::Create(InterpreterConfig()));
    benchmark::DoNotOptimize(engine);
  }
}
BENCHMARK(CreateEngine)->Unit(benchmark::kMicrosecond);

void CreateStore(benchmark::State& state) {
  Guest guest("calls");
  for (auto _ : state) {
    Store store = Require(Store::Create(guest.engine()));
    benchmark::DoNotOptimize(store);
  }
}
BENCHMARK(CreateStore)->Unit(benchmark::kMicrosecond);

// An instance in a store of its own, as a server makes one for each request; `memory` has a memory,
// `calls` a table.
void StoreAndInstance(benchmark::State& state, const char* name) {
  Guest guest(name);
  for (auto _ : state) {
    Store store = Require(Store::Create(guest.engine()));
    Instance instance = Require(guest.linker().Instantiate(store, guest.module()));
    benchmark::DoNotOptimize(instance);
  }
}
BENCHMARK_CAPTURE(StoreAndInstance, table, "calls")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(StoreAndInstance, memory, "memory")->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace wasmtier::bench
