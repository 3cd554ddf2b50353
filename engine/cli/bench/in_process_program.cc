#include "engine/cli/bench/in_process_program.h"

#include <errno.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/cli/module_file.h"
#include "engine/cli/read_file.h"

namespace wasmtier::cli {
namespace {

double SecondsOf(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// From construction to Stop.
class Stopwatch {
 public:
  double wall() const { return SecondsOf(CLOCK_MONOTONIC) - wall_; }
  void Stop(InProcessTimes& times) const {
    times.wall = wall();
    times.cpu = SecondsOf(CLOCK_THREAD_CPUTIME_ID) - cpu_;
    times.process_cpu = SecondsOf(CLOCK_PROCESS_CPUTIME_ID) - process_cpu_;
  }

 private:
  const double process_cpu_ = SecondsOf(CLOCK_PROCESS_CPUTIME_ID);
  const double cpu_ = SecondsOf(CLOCK_THREAD_CPUTIME_ID);
  const double wall_ = SecondsOf(CLOCK_MONOTONIC);
};

}  // namespace

absl::StatusOr<std::unique_ptr<InProcessProgram>> InProcessProgram::Create(
    const EngineOptions& options, const wasi::Config& config, const StoreLimits& limits,
    CapturedStreams& streams) {
  const int trace = memfd_create("wasm-tier timeline", MFD_CLOEXEC);
  if (trace < 0) return absl::ErrnoToStatus(errno, "cannot make a file in memory");
  EngineOptions with_trace = options;
  with_trace.trace_tiers = absl::StrCat("/proc/self/fd/", trace);
  const double start = SecondsOf(CLOCK_MONOTONIC);
  absl::StatusOr<Engine> engine = with_trace.CreateEngine();
  if (!engine.ok()) {
    close(trace);
    return engine.status();
  }
  return std::unique_ptr<InProcessProgram>(
      new InProcessProgram(*std::move(engine), config, limits, streams, trace, start));
}

InProcessProgram::InProcessProgram(Engine engine, const wasi::Config& config,
                                   const StoreLimits& limits, CapturedStreams& streams, int trace,
                                   double start)
    : engine_(std::move(engine)),
      config_(config),
      limits_(limits),
      streams_(streams),
      trace_(trace),
      start_(start) {
  config_.stdin_fd = streams.input();
  config_.stdout_fd = streams.output();
  config_.stderr_fd = streams.errors();
}

InProcessProgram::~InProcessProgram() { close(trace_); }

absl::Status InProcessProgram::Load(const std::string& file) {
  absl::StatusOr<Module> module = LoadModuleFile(engine_, file);
  if (!module.ok()) return module.status();
  file_ = file;
  module_ = *std::move(module);
  return absl::OkStatus();
}

absl::StatusOr<double> InProcessProgram::LoadAgain() const {
  const Stopwatch stopwatch;
  const absl::StatusOr<Module> module = LoadModuleFile(engine_, file_);
  const double seconds = stopwatch.wall();
  if (!module.ok()) return module.status();
  return seconds;
}

absl::StatusOr<InProcessProgram::Result> InProcessProgram::Run() {
  if (absl::Status status = streams_.Rewind(); !status.ok()) return status;
  Result result;
  const Stopwatch stopwatch;
  absl::StatusOr<int> exit_code = Start(result.times);
  stopwatch.Stop(result.times);
  if (!exit_code.ok()) return exit_code.status();
  result.exit_code = *exit_code;
  absl::StatusOr<std::string> output = streams_.ReadOutput();
  if (!output.ok()) return output.status();
  result.output = *std::move(output);
  return result;
}

absl::StatusOr<int> InProcessProgram::Start(InProcessTimes& times) {
  const Stopwatch stopwatch;
  Linker linker;
  if (absl::Status status = wasi::AddPreview1(linker, config_); !status.ok()) return status;
  absl::StatusOr<Store> store = Store::Create(engine_, limits_);
  if (!store.ok()) return store.status();
  absl::StatusOr<Instance> instance = linker.Instantiate(*store, *module_);
  times.instantiate = stopwatch.wall();
  absl::Status status = instance.status();
  if (status.ok()) {
    absl::StatusOr<TypedFunc<void()>> start = instance->GetTypedFunc<void()>("_start");
    if (!start.ok()) return start.status();
    status = start->Call();
  }
  if (status.ok()) return 0;
  // As the host's wait sees it.
  if (const std::optional<int32_t> code = wasmtier::ExitCode(status)) return *code & 0xff;
  return status;
}

double InProcessProgram::seconds() const { return SecondsOf(CLOCK_MONOTONIC) - start_; }

absl::StatusOr<TierEvents> InProcessProgram::Events() const {
  // Its times count from when the engine opened it, which is less than a millisecond after start_.
  absl::StatusOr<std::string> trace = ReadFile(absl::StrCat("/proc/self/fd/", trace_));
  if (!trace.ok()) return trace.status();
  return ParseTierEvents(*trace);
}

uint64_t InProcessProgram::compiles() const {
  uint64_t count = engine_.refused_functions() + engine_.refused_optimizations();
  for (const Tier tier : {Tier::kInterpreter, Tier::kBaseline, Tier::kOptimizing}) {
    count += engine_.statistics(tier).functions;
  }
  return count;
}

}  // namespace wasmtier::cli
