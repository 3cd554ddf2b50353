// wasm-tier bench
#include <errno.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/cli/bench/captured_streams.h"
#include "engine/cli/bench/file_bench.h"
#include "engine/cli/bench/options.h"
#include "engine/cli/bench/plan.h"
#include "engine/cli/bench/process_spawner.h"
#include "engine/cli/bench/progress.h"
#include "engine/cli/bench/report.h"
#include "engine/cli/commands.h"
#include "engine/cli/exit_codes.h"
#include "engine/cli/module_file.h"
#include "engine/cli/output.h"

namespace wasmtier::cli {
namespace {

int Fail(int exit_code, const absl::Status& status) {
  PrintError(absl::StrCat("bench: ", std::string(status.message())));
  return exit_code;
}

// One command; its functions return the exit code, after a message where it is not 0.
class Bench {
 public:
  explicit Bench(const BenchOptions& options) : options_(options) {}

  int Run() {
    if (int exit_code = Prepare(); exit_code != kExitOk) return exit_code;
    Progress progress(Progress::StyleFor(options_.quiet), Steps());
    if (int exit_code = MeasureStartUp(progress); exit_code != kExitOk) return exit_code;
    int exit_code = kExitOk;
    for (const PlannedFile& file : plan_.files) {
      const int own = MeasureFile(file, progress);
      if (exit_code == kExitOk) exit_code = own;
    }
    progress.Clear();
    if (report_.files.empty()) return exit_code;
    if (plan_.files.size() > 1) Print(Printable(SummaryAsText(report_)));
    report_.machine = DescribeMachine();
    const int written = WriteFiles();
    return exit_code == kExitOk ? written : exit_code;
  }

 private:
  // What can be wrong is found before anything is measured.
  int Prepare() {
    for (const std::optional<std::string>& path : {options_.json, options_.html}) {
      if (!path) continue;
      if (absl::Status status = CheckWritable(*path); !status.ok())
        return Fail(kExitOutput, status);
    }
    absl::StatusOr<std::unique_ptr<CapturedStreams>> streams =
        CapturedStreams::Open(options_.input);
    if (!streams.ok()) return Fail(kExitUsage, streams.status());
    streams_ = *std::move(streams);
    absl::StatusOr<BenchPlan> plan = MakePlan(options_);
    if (!plan.ok()) return Fail(kExitUsage, plan.status());
    plan_ = *std::move(plan);
    // Before an engine is made.
    absl::StatusOr<std::unique_ptr<ProcessSpawner>> spawner =
        ProcessSpawner::Start(plan_.commands, *streams_);
    if (!spawner.ok()) return Fail(kExitUsage, spawner.status());
    spawner_ = *std::move(spawner);
    for (const std::string& tier : options_.tiers) {
      // It only says whether that can be done, and writes nothing.
      EngineOptions engine_options = options_.engine.ForTier(tier);
      engine_options.profile_out.reset();
      absl::StatusOr<Engine> engine = engine_options.CreateEngine();
      if (!engine.ok()) return Fail(kExitUsage, engine.status());
      if (tier != options_.tiers[0]) continue;
      for (const PlannedFile& file : plan_.files) {
        absl::StatusOr<Module> module = LoadModuleFile(*engine, file.path);
        if (!module.ok()) return Fail(kExitModule, module.status());
      }
    }
    report_.runs = options_.runs;
    report_.run_options = options_.run_options;
    return kExitOk;
  }

  static absl::Status CheckWritable(const std::string& path) {
    if (access(path.c_str(), W_OK) == 0) return absl::OkStatus();
    const std::filesystem::path folder = std::filesystem::path(path).parent_path();
    const std::string parent = folder.empty() ? "." : folder.string();
    if (errno == ENOENT && access(parent.c_str(), W_OK) == 0) return absl::OkStatus();
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot write ", path));
  }

  uint64_t Steps() const {
    uint64_t steps = plan_.start_up.size() * (1 + options_.runs);
    for (const PlannedFile& file : plan_.files) steps += FileBench::Steps(options_, file);
    return steps;
  }

  int MeasureStartUp(Progress& progress) {
    if (plan_.start_up.empty()) return kExitOk;
    progress.Stage("start-up");
    for (const PlannedProcess& process : plan_.start_up) {
      report_.start_up.push_back({.name = process.name, .kind = process.kind});
    }
    // Before the first round each runs once: its files come from the disk.
    std::vector<bool> is_able(plan_.start_up.size(), true);
    for (uint64_t round = 0; round <= options_.runs; ++round) {
      for (size_t i = 0; i < plan_.start_up.size(); ++i) {
        const size_t which = (i + round) % plan_.start_up.size();
        progress.Step(plan_.start_up[which].name);
        if (!is_able[which]) continue;
        absl::StatusOr<ProcessSpawner::Result> result =
            spawner_->Run(plan_.start_up[which].command);
        if (!result.ok()) {
          progress.Clear();
          PrintError(absl::StrCat("bench: ", plan_.start_up[which].name, ": ",
                                  std::string(result.status().message())));
          return kExitUsage;
        }
        // Other engines may want more of a program than this one has.
        is_able[which] = result->exit_code == 0;
        if (!is_able[which]) {
          progress.Clear();
          PrintError(absl::StrCat("bench: start-up of ", plan_.start_up[which].name,
                                  " is not measured: a program that does nothing ended with exit "
                                  "code ",
                                  result->exit_code));
        } else if (round > 0) {
          report_.start_up[which].runs.push_back(result->times);
        }
      }
    }
    std::erase_if(report_.start_up, [this](const ProcessSeries& series) {
      return series.runs.size() != options_.runs;
    });
    return kExitOk;
  }

  int MeasureFile(const PlannedFile& file, Progress& progress) {
    FileBench bench(options_, file, *spawner_, *streams_, progress);
    if (const int exit_code = bench.Run(); exit_code != kExitOk) {
      progress.Skip(bench.steps_left());
      report_.failed.push_back({.file = file.path, .exit_code = exit_code});
      return exit_code;
    }
    progress.Clear();
    if (report_.files.empty()) Print(Printable(StartUpAsText(report_)));
    Print(Printable(FileAsText(bench.report(), options_.runs)));
    FlushOutput();
    report_.files.push_back(bench.report());
    return kExitOk;
  }

  int WriteFiles() {
    int exit_code = kExitOk;
    if (options_.json) exit_code = Write(*options_.json, AsJson(report_));
    if (!options_.html) return exit_code;
    const int of_html = Write(*options_.html, AsHtml(report_));
    return exit_code == kExitOk ? of_html : exit_code;
  }

  static int Write(const std::string& path, const std::string& text) {
    std::ofstream file(path, std::ios::binary);
    file << text;
    file.close();
    if (file) return kExitOk;
    return Fail(kExitOutput, absl::InternalError(absl::StrCat("cannot write ", path)));
  }

  const BenchOptions& options_;
  BenchPlan plan_;
  std::unique_ptr<CapturedStreams> streams_;
  std::unique_ptr<ProcessSpawner> spawner_;
  BenchReport report_;
};

}  // namespace

int BenchCommand(std::span<const char* const> args) {
  BenchOptions options;
  if (std::optional<int> exit_code = options.Parse(args)) return *exit_code;
  return Bench(options).Run();
}

}  // namespace wasmtier::cli
