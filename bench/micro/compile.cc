// The compilers alone: their speed on a large module and what their code takes. The figure to
// reach in the baseline tier is 25 MB of wasm code a second of CPU time.
#include <time.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <vector>

#include "bench/micro/guest.h"
#include "bench/micro/large_module.h"
#include "engine/load/load.h"
#include "runtime/code_space.h"
#include "runtime/model/type_registry.h"
#include "runtime/module_code.h"
#include "tiers/baseline/baseline.h"
#include "tiers/baseline/stubs.h"
#include "tiers/interpreter/interpreter.h"
#include "tiers/optimizing/code_host.h"
#include "tiers/optimizing/loader.h"

namespace wasmtier::bench {
namespace {

double ThreadSeconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// Nothing is run, so nobody asks.
class NoPolicy final : public runtime::TierHooks, runtime::CodeListener {
  runtime::EntryPoint HostEntry() override { return interpreter::Enter; }
  int32_t FirstInstruction() override { return interpreter::TranslateInstruction(); }
  int32_t CompiledInstruction() override { return interpreter::CompiledInstruction(); }
  int32_t FirstCountdown(uint32_t) override { return INT32_MAX; }
  std::string ValidateLazily(const runtime::ModuleCode&, uint32_t) override { return {}; }
  int32_t OnHot(runtime::ModuleCode&, uint32_t, runtime::HotReason) override { return INT32_MAX; }
  runtime::CodeListener& listener() override { return *this; }
  void OnCode(const runtime::CodeEvent&) override {}
};

struct Sizes {
  double wasm = 0, code = 0, positions = 0, others = 0;
};

// Every function of the module, once. Its code is dropped afterwards.
double CompileAll(runtime::ModuleCode& code, const baseline::Options& options, Sizes& sizes) {
  auto space = Require(runtime::CodeSpace::Create());
  auto stubs = Require(baseline::Stubs::Create(*space, interpreter::EnterFromMachineCode));
  const runtime::Module& module = code.module();
  std::vector<const runtime::CompiledCode*> made;
  made.reserve(module.bodies.size());
  const double before = ThreadSeconds();
  for (uint32_t i = 0; i < module.bodies.size(); ++i) {
    made.push_back(
        Require(baseline::Compile(code, module.imported_functions + i, *space, *stubs, options)));
  }
  const double seconds = ThreadSeconds() - before;
  sizes = {};
  for (uint32_t i = 0; i < made.size(); ++i) {
    sizes.wasm += module.bodies[i].size;
    sizes.code += made[i]->size;
    sizes.positions += static_cast<double>(made[i]->positions.size());
    sizes.others += static_cast<double>(sizeof(runtime::CompiledCode) + made[i]->feedback_bytes +
                                        made[i]->osr_entries.size() * sizeof(runtime::OsrEntry));
  }
  for (const runtime::CompiledCode* one : made) space->Remove(one);
  return seconds;
}

void CompileLargeModule(benchmark::State& state, bool feedback) {
  if (LargeModulePath(state) == nullptr) return;
  interpreter::Initialize();
  runtime::TypeRegistry types;
  NoPolicy policy;
  runtime::ModuleCode code(
      Require(engine::LoadModule(engine::BorrowBytes(LargeModuleBytes()), types, {})),
      runtime::MemoryStrategy::kReserved, policy);
  Sizes sizes;
  for (auto _ : state) {
    state.SetIterationTime(CompileAll(code, {.feedback = feedback}, sizes));
  }
  Check(sizes.wasm > 5e6, "the module has at least 5 MB of code");
  state.counters["MB"] = sizes.wasm * 1e-6;
  state.counters["MB/s"] = benchmark::Counter(
      sizes.wasm * 1e-6 * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
  // Bytes for a byte of wasm code: machine code; positions for traps and backtraces; the rest.
  state.counters["code"] = sizes.code / sizes.wasm;
  state.counters["positions"] = sizes.positions / sizes.wasm;
  state.counters["others"] = sizes.others / sizes.wasm;
}
BENCHMARK_CAPTURE(CompileLargeModule, alone, false)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(CompileLargeModule, feedback, true)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

// LLVM takes seconds for each MB: as much of the module as this is enough.
constexpr double kOptimizedBytes = 20'000;

void AddPasses(const optimizing::Report& report, optimizing::Report& total) {
  for (const optimizing::Report::Pass& pass : report.passes) {
    const auto same = std::ranges::find(total.passes, pass.name, &optimizing::Report::Pass::name);
    if (same == total.passes.end()) {
      total.passes.push_back(pass);
    } else {
      same->nanoseconds += pass.nanoseconds;
    }
  }
}

// Functions in their order, as many as have kOptimizedBytes; their code is dropped afterwards.
optimizing::Report OptimizeSome(runtime::ModuleCode& code, runtime::CodeSpace& space,
                                optimizing::Optimizer& optimizer, optimizing::Pipeline pipeline,
                                bool measure_passes) {
  const runtime::Module& module = code.module();
  optimizing::Report total;
  for (uint32_t i = 0; i < module.bodies.size() && total.wasm_bytes < kOptimizedBytes; ++i) {
    optimizing::Request request;
    request.code = &code;
    request.function = module.imported_functions + i;
    request.options.pipeline = pipeline;
    optimizing::Report report;
    report.measure_passes = measure_passes;
    const absl::StatusOr<const runtime::CompiledCode*> made = optimizer.Compile(request, &report);
    if (absl::IsResourceExhausted(made.status())) continue;  // a body that stays in the baseline
    space.Remove(Require(made));
    total.build_nanoseconds += report.build_nanoseconds;
    total.optimize_nanoseconds += report.optimize_nanoseconds;
    total.generate_nanoseconds += report.generate_nanoseconds;
    total.link_nanoseconds += report.link_nanoseconds;
    total.wasm_bytes += report.wasm_bytes;
    total.code_bytes += report.code_bytes;
    AddPasses(report, total);
  }
  return total;
}

void OptimizeLargeModule(benchmark::State& state, optimizing::Pipeline pipeline) {
  if (LargeModulePath(state) == nullptr) return;
  interpreter::Initialize();
  auto space = Require(runtime::CodeSpace::Create());
  optimizing::CodeHost host(*space);
  absl::StatusOr<std::unique_ptr<optimizing::Optimizer>> optimizer =
      optimizing::LoadOptimizer(&host);
  if (!optimizer.ok()) {
    state.SetLabel("not measured: no optimizing tier");
    for (auto _ : state) {
    }
    return;
  }
  runtime::TypeRegistry types;
  NoPolicy policy;
  runtime::ModuleCode code(
      Require(engine::LoadModule(engine::BorrowBytes(LargeModuleBytes()), types, {})),
      runtime::MemoryStrategy::kReserved, policy);
  optimizing::Report report;
  for (auto _ : state) {
    report = OptimizeSome(code, *space, **optimizer, pipeline, /*measure_passes=*/false);
    state.SetIterationTime(static_cast<double>(report.nanoseconds()) * 1e-9);
  }
  const double wasm = report.wasm_bytes;
  Check(wasm >= kOptimizedBytes, "the module has that much code");
  state.counters["s_per_MB"] =
      benchmark::Counter(wasm * 1e-6 * static_cast<double>(state.iterations()),
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  const auto all = static_cast<double>(report.nanoseconds());  // what follows is shares of it
  state.counters["build"] = static_cast<double>(report.build_nanoseconds) / all;
  state.counters["optimize"] = static_cast<double>(report.optimize_nanoseconds) / all;
  state.counters["generate"] = static_cast<double>(report.generate_nanoseconds) / all;
  state.counters["link"] = static_cast<double>(report.link_nanoseconds) / all;
  state.counters["code"] = report.code_bytes / wasm;
  // The longest ones: shares of the time for IR, of one more time, since measuring takes time.
  report = OptimizeSome(code, *space, **optimizer, pipeline, /*measure_passes=*/true);
  std::ranges::sort(report.passes, std::greater(), &optimizing::Report::Pass::nanoseconds);
  constexpr size_t kPasses = 8;
  for (size_t i = 0; i < std::min(report.passes.size(), kPasses); ++i) {
    const optimizing::Report::Pass& pass = report.passes[i];
    state.counters[pass.name] =
        static_cast<double>(pass.nanoseconds) / static_cast<double>(report.optimize_nanoseconds);
  }
}
BENCHMARK_CAPTURE(OptimizeLargeModule, quick, optimizing::Pipeline::kQuick)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(OptimizeLargeModule, full, optimizing::Pipeline::kFull)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace wasmtier::bench
