// FileBench: measures one file, in all tiers and against all others.
#ifndef WASMTIER_ENGINE_CLI_BENCH_FILE_BENCH_H_
#define WASMTIER_ENGINE_CLI_BENCH_FILE_BENCH_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/cli/bench/captured_streams.h"
#include "engine/cli/bench/in_process_program.h"
#include "engine/cli/bench/options.h"
#include "engine/cli/bench/plan.h"
#include "engine/cli/bench/process_spawner.h"
#include "engine/cli/bench/progress.h"
#include "engine/cli/bench/report.h"

namespace wasmtier::cli {

// What it is given must outlive it.
class FileBench {
 public:
  FileBench(const BenchOptions& options, const PlannedFile& file, ProcessSpawner& spawner,
            CapturedStreams& streams, Progress& progress);

  // Progress::Step is called so often, if nothing fails.
  static uint64_t Steps(const BenchOptions& options, const PlannedFile& file);
  // Returns the exit code, after a message where it is not 0: then there is no report.
  int Run();
  const FileReport& report() const { return report_; }
  // Those of Steps that were not made, since something failed.
  uint64_t steps_left() const { return steps_left_; }

 private:
  struct Outcome {
    int exit_code;
    std::string output;
  };

  int Fail(int exit_code, const std::string& text);
  void Step(const std::string& name);
  // Compares a result with that of the very first run.
  int Compare(const std::string& name, int exit_code, std::string output);
  // The native twin, or all others.
  int RunProcessesOnce(bool native);
  int RunProcess(const PlannedProcess& process, ProcessSeries& series, bool is_measured);
  int RunInProcess(InProcessProgram& program, const std::string& name,
                   std::vector<InProcessTimes>& times);
  int FailedInProcess(const std::string& name, const absl::Status& status);
  // Its clock begins here.
  int AddTier(const std::string& tier);
  int MakeCurve(InProcessProgram& program, InProcessSeries& series);
  int WarmUp(InProcessProgram& program, InProcessSeries& series);
  int Round(uint64_t round);
  int RunOfRound(size_t which);
  // The rest of the report.
  void Finish();

  const BenchOptions& options_;
  const PlannedFile& file_;
  ProcessSpawner& spawner_;
  CapturedStreams& streams_;
  Progress& progress_;
  std::vector<std::unique_ptr<InProcessProgram>> programs_;  // as report_.tiers
  std::vector<uint64_t> compiles_in_curve_;                  // of each program
  std::optional<Outcome> expected_;
  std::string expected_name_;
  uint64_t steps_left_;
  FileReport report_;
};

}  // namespace wasmtier::cli

#endif  // WASMTIER_ENGINE_CLI_BENCH_FILE_BENCH_H_
