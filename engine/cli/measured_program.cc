#include "engine/cli/measured_program.h"

#include <errno.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include <array>

#include "absl/strings/str_cat.h"

namespace wasmtier::cli {
namespace {

double SecondsOf(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double SecondsOf(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

// From construction to Stop.
class Stopwatch {
 public:
  RunTimes Stop() const {
    return {.wall = SecondsOf(CLOCK_MONOTONIC) - wall_,
            .cpu = SecondsOf(CLOCK_THREAD_CPUTIME_ID) - cpu_,
            .process_cpu = SecondsOf(CLOCK_PROCESS_CPUTIME_ID) - process_cpu_};
  }

 private:
  const double process_cpu_ = SecondsOf(CLOCK_PROCESS_CPUTIME_ID);
  const double cpu_ = SecondsOf(CLOCK_THREAD_CPUTIME_ID);
  const double wall_ = SecondsOf(CLOCK_MONOTONIC);
};

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

NativeProgram::NativeProgram(const std::string& path, const wasi::Config& config,
                             CapturedStreams& streams)
    : MeasuredProgram("native"), path_(path), arguments_(config.args), streams_(streams) {
  arguments_[0] = path;
  for (const auto& [name, value] : config.environment) {
    environment_.push_back(absl::StrCat(name, "=", value));
  }
}

absl::StatusOr<MeasuredRun> NativeProgram::Run() {
  if (absl::Status status = streams_.Rewind(); !status.ok()) return status;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  const std::array descriptors = {streams_.input(), streams_.output(), streams_.errors()};
  for (size_t i = 0; i < descriptors.size(); ++i) {
    posix_spawn_file_actions_adddup2(&actions, descriptors[i], static_cast<int>(i));
  }
  const double start = SecondsOf(CLOCK_MONOTONIC);
  pid_t child = 0;
  const int error = posix_spawn(&child, path_.c_str(), &actions, nullptr,
                                Pointers(arguments_).data(), Pointers(environment_).data());
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return absl::ErrnoToStatus(error, "cannot start " + path_);
  int status = 0;
  rusage usage;
  while (wait4(child, &status, 0, &usage) < 0) {
    if (errno != EINTR) return absl::ErrnoToStatus(errno, "cannot wait for " + path_);
  }
  MeasuredRun run;
  run.times.wall = SecondsOf(CLOCK_MONOTONIC) - start;
  run.times.cpu = SecondsOf(usage.ru_utime) + SecondsOf(usage.ru_stime);
  run.times.process_cpu = run.times.cpu;
  run.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  absl::StatusOr<std::string> output = streams_.ReadOutput();
  if (!output.ok()) return output.status();
  run.output = *std::move(output);
  return run;
}

WasmProgram::WasmProgram(Module module, const wasi::Config& config, const StoreLimits& limits,
                         CapturedStreams& streams)
    : MeasuredProgram(ToString(module.engine().config().tier)),
      module_(std::move(module)),
      config_(config),
      limits_(limits),
      streams_(streams) {
  config_.stdin_fd = streams.input();
  config_.stdout_fd = streams.output();
  config_.stderr_fd = streams.errors();
}

absl::StatusOr<MeasuredRun> WasmProgram::Run() {
  if (absl::Status status = streams_.Rewind(); !status.ok()) return status;
  MeasuredRun run;
  const Stopwatch stopwatch;
  absl::StatusOr<int> exit_code = Start();
  run.times = stopwatch.Stop();
  if (!exit_code.ok()) return exit_code.status();
  run.exit_code = *exit_code;
  absl::StatusOr<std::string> output = streams_.ReadOutput();
  if (!output.ok()) return output.status();
  run.output = *std::move(output);
  return run;
}

absl::StatusOr<int> WasmProgram::Start() {
  Linker linker;
  if (absl::Status status = wasi::AddPreview1(linker, config_); !status.ok()) return status;
  absl::StatusOr<Store> store = Store::Create(engine(), limits_);
  if (!store.ok()) return store.status();
  absl::StatusOr<Instance> instance = linker.Instantiate(*store, module_);
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

uint64_t WasmProgram::compiles() const {
  uint64_t count = engine().refused_functions() + engine().refused_optimizations();
  for (const Tier tier : {Tier::kInterpreter, Tier::kBaseline, Tier::kOptimizing}) {
    count += engine().statistics(tier).functions;
  }
  return count;
}

}  // namespace wasmtier::cli
