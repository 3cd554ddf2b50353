// Loading alone: sections are parsed, bodies are left for later (lazy validation).
#include "bench/micro/guest.h"
#include "bench/micro/large_module.h"

namespace wasmtier::bench {
namespace {

void Load(benchmark::State& state) {
  Config config = InterpreterConfig();
  config.lazy_validation = true;
  Engine engine = Require(Engine::Create(config));
  const std::string* path = LargeModulePath(state);
  if (path == nullptr) return;
  for (auto _ : state) {
    Module module = Require(Module::FromFile(engine, *path));
    benchmark::DoNotOptimize(module);
  }
  ReportMegabytes(state);
}
BENCHMARK(Load)->Unit(benchmark::kMillisecond);

// Loading and validating by the number of threads: the figure to reach is 1 ms/MB with two.
void LoadAndValidate(benchmark::State& state) {
  Config config = InterpreterConfig();
  config.validation_threads = static_cast<uint32_t>(state.range(0));
  Engine engine = Require(Engine::Create(config));
  const std::string* path = LargeModulePath(state);
  if (path == nullptr) return;
  for (auto _ : state) {
    Module module = Require(Module::FromFile(engine, *path));
    benchmark::DoNotOptimize(module);
  }
  ReportMegabytes(state);
}
BENCHMARK(LoadAndValidate)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

void LoadSmallModule(benchmark::State& state) {
  Guest guest("calls");
  std::span<const uint8_t> bytes = guest.module().bytes();
  for (auto _ : state) {
    Module module = Require(Module::FromBytes(guest.engine(), bytes));
    benchmark::DoNotOptimize(module);
  }
}
BENCHMARK(LoadSmallModule)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace wasmtier::bench
