// Validation of bytes in memory, all bodies included.
#include "bench/micro/guest.h"
#include "bench/micro/large_module.h"

namespace wasmtier::bench {
namespace {

void Validate(benchmark::State& state) {
  Config config = InterpreterConfig();
  config.validation_threads = static_cast<uint32_t>(state.range(0));
  Engine engine = Require(Engine::Create(config));
  if (LargeModulePath(state) == nullptr) return;
  std::span<const uint8_t> bytes = LargeModuleBytes();
  for (auto _ : state) Check(Module::Validate(engine, bytes));
  ReportMegabytes(state);
}
BENCHMARK(Validate)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace wasmtier::bench
