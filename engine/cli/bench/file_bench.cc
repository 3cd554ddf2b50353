#include "engine/cli/bench/file_bench.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/cli/exit_codes.h"
#include "engine/cli/output.h"

namespace wasmtier::cli {
namespace {

// Code that is made again and again would never let a program get warm.
constexpr size_t kMaxWarmUpRuns = 30;
// A curve goes on so long after the last code was made: its end shows the speed that was reached.
constexpr double kQuietSeconds = 0.25;
// A curve of a program that never comes to rest.
constexpr double kMaxCurveSeconds = 5;
constexpr size_t kMaxCurveRuns = 50'000;

}  // namespace

FileBench::FileBench(const BenchOptions& options, const PlannedFile& file, ProcessSpawner& spawner,
                     CapturedStreams& streams, Progress& progress)
    : options_(options),
      file_(file),
      spawner_(spawner),
      streams_(streams),
      progress_(progress),
      steps_left_(Steps(options, file)) {
  report_.file = file.path;
  report_.args = file.args;
  std::error_code error;
  report_.bytes = std::filesystem::file_size(file.path, error);
  for (const PlannedProcess& process : file.processes) {
    report_.processes.push_back({.name = process.name, .kind = process.kind});
  }
}

uint64_t FileBench::Steps(const BenchOptions& options, const PlannedFile& file) {
  // Each is compared, or warmed up, before the rounds.
  return (file.processes.size() + options.tiers.size()) * (1 + options.runs);
}

int FileBench::Run() {
  progress_.Stage(absl::StrCat(file_.path, ": first runs"));
  // The native twin says what the result has to be. A program that traps is told of by an engine in
  // this process, with the trap's name.
  if (int exit_code = RunProcessesOnce(/*native=*/true); exit_code != kExitOk) return exit_code;
  for (const std::string& tier : options_.tiers) {
    Step(tier);
    int exit_code = AddTier(tier);
    if (exit_code == kExitOk) exit_code = MakeCurve(*programs_.back(), report_.tiers.back());
    if (exit_code == kExitOk) exit_code = WarmUp(*programs_.back(), report_.tiers.back());
    if (exit_code != kExitOk) return exit_code;
  }
  if (int exit_code = RunProcessesOnce(/*native=*/false); exit_code != kExitOk) return exit_code;
  progress_.Stage(absl::StrCat(file_.path, ": ", options_.runs, " rounds"));
  for (uint64_t round = 0; round < options_.runs; ++round) {
    if (int exit_code = Round(round); exit_code != kExitOk) return exit_code;
  }
  Finish();
  return kExitOk;
}

int FileBench::RunProcessesOnce(bool native) {
  for (size_t i = 0; i < file_.processes.size(); ++i) {
    const PlannedProcess& process = file_.processes[i];
    if ((process.kind == ProcessKind::kNative) != native) continue;
    Step(process.name);
    const int exit_code = RunProcess(process, report_.processes[i], /*is_measured=*/false);
    if (exit_code != kExitOk) return exit_code;
  }
  return kExitOk;
}

void FileBench::Finish() {
  report_.exit_code = expected_->exit_code;
  report_.output_bytes = expected_->output.size();
  for (size_t i = 0; i < programs_.size(); ++i) {
    const InProcessProgram& program = *programs_[i];
    InProcessSeries& series = report_.tiers[i];
    series.curve.is_complete = program.compiles() == compiles_in_curve_[i];
    series.interpreter = program.engine().statistics(Tier::kInterpreter);
    series.baseline = program.engine().statistics(Tier::kBaseline);
    series.optimizing = program.engine().statistics(Tier::kOptimizing);
    series.refused_functions = program.engine().refused_functions();
    series.refused_optimizations = program.engine().refused_optimizations();
  }
}

int FileBench::Fail(int exit_code, const std::string& text) {
  progress_.Clear();
  PrintError(absl::StrCat("bench: ", text));
  return exit_code;
}

void FileBench::Step(const std::string& name) {
  progress_.Step(name);
  --steps_left_;
}

int FileBench::Compare(const std::string& name, int exit_code, std::string output) {
  ++report_.compared;
  if (!expected_) {
    expected_ = {exit_code, std::move(output)};
    expected_name_ = name;
    return kExitOk;
  }
  if (exit_code == expected_->exit_code && output == expected_->output) return kExitOk;
  std::string text =
      absl::StrCat(file_.path, ": ", name, " differs from ", expected_name_, ": exit codes ",
                   exit_code, " and ", expected_->exit_code, ", outputs of ", output.size(),
                   " and ", expected_->output.size(), " bytes");
  if (const std::string errors = streams_.LastErrors(); !errors.empty()) {
    absl::StrAppend(&text, "; ", name, " says: ", errors);
  }
  return Fail(kExitDifference, text);
}

int FileBench::RunProcess(const PlannedProcess& process, ProcessSeries& series, bool is_measured) {
  absl::StatusOr<ProcessSpawner::Result> result = spawner_.Run(process.command);
  if (!result.ok()) {
    return Fail(kExitUsage,
                absl::StrCat(process.name, ": ", std::string(result.status().message())));
  }
  if (is_measured) series.runs.push_back(result->times);
  return Compare(process.kind == ProcessKind::kTier ? process.name + " (run)" : process.name,
                 result->exit_code, std::move(result->output));
}

int FileBench::RunInProcess(InProcessProgram& program, const std::string& name,
                            std::vector<InProcessTimes>& times) {
  absl::StatusOr<InProcessProgram::Result> result = program.Run();
  if (!result.ok()) return FailedInProcess(name, result.status());
  times.push_back(result->times);
  return Compare(name, result->exit_code, std::move(result->output));
}

int FileBench::FailedInProcess(const std::string& name, const absl::Status& status) {
  const std::optional<Trap> trap = Trap::FromStatus(status);
  const std::string text =
      trap ? absl::StrCat("trap: ", trap->ToString()) : std::string(status.message());
  return Fail(trap ? kExitTrap : kExitInstance, absl::StrCat(file_.path, ": ", name, ": ", text));
}

int FileBench::AddTier(const std::string& tier) {
  const EngineOptions engine_options = options_.engine.ForTier(tier);
  absl::StatusOr<std::unique_ptr<InProcessProgram>> program =
      InProcessProgram::Create(engine_options, file_.wasi, file_.limits, streams_);
  if (!program.ok()) return Fail(kExitUsage, std::string(program.status().message()));
  programs_.push_back(*std::move(program));
  report_.tiers.push_back({.name = tier});
  return kExitOk;
}

// As a process would see it: nothing waits for what is being compiled.
int FileBench::MakeCurve(InProcessProgram& program, InProcessSeries& series) {
  if (absl::Status status = program.Load(file_.path); !status.ok()) {
    return Fail(kExitModule, std::string(status.message()));
  }
  WarmUpCurve& curve = series.curve;
  curve.loaded = program.seconds();
  double last_code = curve.loaded;
  uint64_t compiles = program.compiles();
  while (curve.runs.size() < kMaxCurveRuns) {
    CurveRun run{.begin = program.seconds()};
    const int exit_code = RunInProcess(program, series.name, series.warm_up);
    if (exit_code != kExitOk) return exit_code;
    run.end = run.begin + series.warm_up.back().wall;
    run.cpu = series.warm_up.back().cpu;
    curve.runs.push_back(run);
    if (const uint64_t now = program.compiles(); now != compiles) {
      compiles = now;
      last_code = run.end;
    }
    if (curve.runs.size() < options_.warm_up) continue;
    if (run.end >= kMaxCurveSeconds) break;
    if (run.end - last_code < kQuietSeconds) continue;
    absl::StatusOr<TierEvents> events = program.Events();
    if (!events.ok()) return Fail(kExitOutput, std::string(events.status().message()));
    if (events->unfinished == 0) break;
    last_code = run.end;  // look again later
  }
  absl::StatusOr<TierEvents> events = program.Events();
  if (!events.ok()) return Fail(kExitOutput, std::string(events.status().message()));
  curve.events = *std::move(events);
  compiles_in_curve_.push_back(program.compiles());
  return kExitOk;
}

// Until nothing is left to be compiled: in the rounds nothing disturbs.
int FileBench::WarmUp(InProcessProgram& program, InProcessSeries& series) {
  const size_t limit = series.warm_up.size() + kMaxWarmUpRuns;
  for (bool is_warm = false; !is_warm;) {
    program.engine().FinishCompiles();
    const uint64_t compiles = program.compiles();
    const int exit_code = RunInProcess(program, series.name, series.warm_up);
    if (exit_code != kExitOk) return exit_code;
    program.engine().FinishCompiles();
    is_warm = program.compiles() == compiles || series.warm_up.size() >= limit;
  }
  return kExitOk;
}

// The order turns round by round, so that none always follows the same one.
int FileBench::Round(uint64_t round) {
  const size_t count = file_.processes.size() + programs_.size();
  for (size_t i = 0; i < count; ++i) {
    if (int exit_code = RunOfRound((i + round) % count); exit_code != kExitOk) return exit_code;
  }
  return kExitOk;
}

int FileBench::RunOfRound(size_t which) {
  const size_t processes = file_.processes.size();
  if (which < processes) {
    Step(file_.processes[which].name);
    return RunProcess(file_.processes[which], report_.processes[which], /*is_measured=*/true);
  }
  const size_t tier = which - processes;
  InProcessSeries& series = report_.tiers[tier];
  Step(series.name);
  if (int exit_code = RunInProcess(*programs_[tier], series.name, series.runs);
      exit_code != kExitOk) {
    return exit_code;
  }
  absl::StatusOr<double> seconds = programs_[tier]->LoadAgain();
  if (!seconds.ok()) return Fail(kExitModule, std::string(seconds.status().message()));
  series.loads.push_back(*seconds);
  return kExitOk;
}

}  // namespace wasmtier::cli
