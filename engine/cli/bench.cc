// wasm-tier bench
#include <algorithm>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/cli/bench_report.h"
#include "engine/cli/captured_streams.h"
#include "engine/cli/commands.h"
#include "engine/cli/engine_options.h"
#include "engine/cli/exit_codes.h"
#include "engine/cli/measured_program.h"
#include "engine/cli/module_file.h"
#include "engine/cli/numbers.h"
#include "engine/cli/output.h"
#include "engine/cli/program_options.h"

namespace wasmtier::cli {
namespace {

// Code that is made again and again would never let a program get warm.
constexpr size_t kMaxWarmUpRuns = 30;

struct BenchOptions {
  EngineOptions engine;
  ProgramOptions program;
  std::optional<std::string> tiers;
  std::optional<std::string> runs;
  std::optional<std::string> warm_up;
  std::optional<std::string> native;
  std::optional<std::string> input;
  std::optional<std::string> json;
  std::string file;
  std::vector<std::string> args;

  std::optional<int> Parse(std::span<const char* const> command_line);
  std::vector<std::string> TierNames() const;
};

std::optional<int> BenchOptions::Parse(std::span<const char* const> command_line) {
  OptionParser parser(
      "bench [OPTIONS] FILE [ARGS...]",
      absl::StrCat(kBenchSummary,
                   " FILE is a WASI command, ARGS are its own: options for wasm-tier come before "
                   "FILE. Each tier loads FILE once and runs it in fresh instances, first until a "
                   "run has no new code made; then the tiers and the native twin take turns. "
                   "Every run must have the same output and exit code. What is compared is the "
                   "CPU time of the thread that runs the program, median over the turns."),
      OptionParser::Style::kUntilArgument);
  parser.Text("--tiers", "LIST", &tiers,
              "tiers to measure: interpreter,baseline,optimizing,auto (default: those that are "
              "installed)");
  parser.Text("--runs", "N", &runs, "measured runs of each (default: 10)");
  parser.Text("--warm-up", "N", &warm_up, "runs before those, at least (default: 3)");
  parser.Text("--native", "PATH", &native,
              "the same program as a native one; it gets the same ARGS, environment and input");
  parser.Text("--stdin", "PATH", &input, "a file that the program reads (default: an empty one)");
  parser.Text("--json", "PATH", &json, "also write all figures to a file");
  program.AddTo(parser);
  engine.AddRunningTo(parser);
  engine.AddLoadingTo(parser);
  parser.Footer(kExitCodesOfBench);
  std::vector<std::string> rest;
  if (std::optional<int> exit_code = parser.Parse(command_line, &rest)) return exit_code;
  if (rest.empty()) {
    PrintError("bench: no FILE; see wasm-tier bench --help");
    return kExitUsage;
  }
  file = rest[0];
  args.assign(rest.begin() + 1, rest.end());
  return std::nullopt;
}

std::vector<std::string> BenchOptions::TierNames() const {
  if (tiers) return absl::StrSplit(*tiers, ',');
  if (OptimizerModule().ok()) return {"interpreter", "baseline", "optimizing", "auto"};
  return {"interpreter", "baseline", "auto"};
}

// One measurement; its functions return the exit code, after a message where it is not 0.
class Bench {
 public:
  explicit Bench(const BenchOptions& options) : options_(options) {}

  int Run() {
    if (int exit_code = ParseNumbers(); exit_code != kExitOk) return exit_code;
    if (int exit_code = Prepare(); exit_code != kExitOk) return exit_code;
    if (int exit_code = WarmUp(); exit_code != kExitOk) return exit_code;
    for (uint64_t round = 0; round < runs_; ++round) {
      if (int exit_code = Round(round); exit_code != kExitOk) return exit_code;
    }
    return Print();
  }

 private:
  static int Fail(int exit_code, const absl::Status& status) {
    PrintError(absl::StrCat("bench: ", std::string(status.message())));
    return exit_code;
  }

  int ParseNumbers() {
    for (const auto& [name, text, number] :
         {std::tuple("--runs", &options_.runs, &runs_),
          std::tuple("--warm-up", &options_.warm_up, &warm_up_)}) {
      if (!*text) continue;
      absl::StatusOr<uint64_t> value = ParseCount(name, **text);
      if (!value.ok()) return Fail(kExitUsage, value.status());
      if (*value < 1 || *value > 10'000) {
        return Fail(kExitUsage, absl::InvalidArgumentError(
                                    absl::StrCat(name, ": not between 1 and 10000: ", **text)));
      }
      *number = *value;
    }
    return kExitOk;
  }

  int Prepare() {
    absl::StatusOr<std::unique_ptr<CapturedStreams>> streams =
        CapturedStreams::Open(options_.input);
    if (!streams.ok()) return Fail(kExitUsage, streams.status());
    streams_ = *std::move(streams);
    absl::StatusOr<wasi::Config> config =
        options_.program.MakeWasiConfig(options_.file, options_.args);
    if (!config.ok()) return Fail(kExitUsage, config.status());
    absl::StatusOr<StoreLimits> limits = options_.program.MakeStoreLimits();
    if (!limits.ok()) return Fail(kExitUsage, limits.status());
    if (options_.native) {
      programs_.push_back(std::make_unique<NativeProgram>(*options_.native, *config, *streams_));
      report_.all.push_back({.name = programs_.back()->name()});
    }
    for (const std::string& tier : options_.TierNames()) {
      EngineOptions engine_options = options_.engine;
      engine_options.tier = tier;
      // The others count nothing, or have no use for it.
      if (tier != ToString(TierMode::kAuto)) {
        engine_options.profile_in.reset();
        engine_options.profile_out.reset();
      }
      absl::StatusOr<Engine> engine = engine_options.CreateEngine();
      if (!engine.ok()) return Fail(kExitUsage, engine.status());
      absl::StatusOr<Module> module = LoadModuleFile(*engine, options_.file);
      if (!module.ok()) return Fail(kExitModule, module.status());
      const auto has_name = [&tier](const BenchRuns& runs) { return runs.name == tier; };
      if (std::ranges::any_of(report_.all, has_name)) {
        return Fail(kExitUsage,
                    absl::InvalidArgumentError(absl::StrCat("--tiers: more than once: ", tier)));
      }
      programs_.push_back(
          std::make_unique<WasmProgram>(*std::move(module), *config, *limits, *streams_));
      report_.all.push_back({.name = programs_.back()->name(), .engine = *engine});
    }
    return kExitOk;
  }

  // Runs a program, and compares the result with that of the very first run.
  int RunOne(MeasuredProgram& program, std::vector<RunTimes>& times) {
    absl::StatusOr<MeasuredRun> run = program.Run();
    if (!run.ok()) return FailedRun(program, run.status());
    times.push_back(run->times);
    if (!expected_) {
      expected_ = *std::move(run);
      expected_name_ = program.name();
    } else if (run->exit_code != expected_->exit_code || run->output != expected_->output) {
      return Fail(kExitDifference,
                  absl::InternalError(absl::StrCat(
                      program.name(), " differs from ", expected_name_, ": exit codes ",
                      run->exit_code, " and ", expected_->exit_code, ", outputs of ",
                      run->output.size(), " and ", expected_->output.size(), " bytes")));
    }
    return kExitOk;
  }

  int FailedRun(const MeasuredProgram& program, const absl::Status& status) {
    const std::optional<Trap> trap = Trap::FromStatus(status);
    const std::string text =
        trap ? absl::StrCat("trap: ", trap->ToString()) : std::string(status.message());
    const bool is_native = options_.native && &program == programs_[0].get();
    return Fail(trap        ? kExitTrap
                : is_native ? kExitUsage
                            : kExitInstance,
                absl::InternalError(absl::StrCat(program.name(), ": ", text)));
  }

  // Each for itself, and until nothing is left to be compiled: in the rounds nothing disturbs.
  int WarmUp() {
    for (size_t i = 0; i < programs_.size(); ++i) {
      const auto* const wasm = dynamic_cast<const WasmProgram*>(programs_[i].get());
      std::vector<RunTimes>& times = report_.all[i].warm_up;
      for (bool is_warm = false; times.size() < warm_up_ || !is_warm;) {
        const uint64_t compiles = wasm == nullptr ? 0 : wasm->compiles();
        if (int exit_code = RunOne(*programs_[i], times); exit_code != kExitOk) return exit_code;
        if (wasm != nullptr) wasm->engine().FinishCompiles();
        is_warm = wasm == nullptr || wasm->compiles() == compiles || times.size() >= kMaxWarmUpRuns;
      }
    }
    return kExitOk;
  }

  // The order turns round by round, so that none always follows the same one.
  int Round(uint64_t round) {
    for (size_t i = 0; i < programs_.size(); ++i) {
      const size_t which = (i + round) % programs_.size();
      const int exit_code = RunOne(*programs_[which], report_.all[which].measured);
      if (exit_code != kExitOk) return exit_code;
    }
    return kExitOk;
  }

  int Print() {
    report_.file = options_.file;
    report_.args = options_.args;
    report_.exit_code = expected_->exit_code;
    cli::Print(Printable(report_.AsText()));
    for (const BenchRuns& runs : report_.all) {
      if (!runs.engine || runs.engine->config().profile_out.empty()) continue;
      const int exit_code = options_.engine.WriteProfile("bench", *runs.engine, kExitOk);
      if (exit_code != kExitOk) return exit_code;
    }
    if (!options_.json) return kExitOk;
    std::ofstream file(*options_.json);
    file << report_.AsJson();
    file.close();
    if (file) return kExitOk;
    return Fail(kExitOutput, absl::InternalError(absl::StrCat("cannot write ", *options_.json)));
  }

  const BenchOptions& options_;
  uint64_t runs_ = 10;
  uint64_t warm_up_ = 3;
  std::unique_ptr<CapturedStreams> streams_;
  std::vector<std::unique_ptr<MeasuredProgram>> programs_;
  std::optional<MeasuredRun> expected_;
  std::string expected_name_;
  BenchReport report_;
};

}  // namespace

int BenchCommand(std::span<const char* const> args) {
  BenchOptions options;
  if (std::optional<int> exit_code = options.Parse(args)) return *exit_code;
  return Bench(options).Run();
}

}  // namespace wasmtier::cli
