// BenchReport: what `wasm-tier bench` has measured, and its forms.
#ifndef WASMTIER_ENGINE_CLI_BENCH_REPORT_H_
#define WASMTIER_ENGINE_CLI_BENCH_REPORT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/cli/bench/in_process_program.h"
#include "engine/cli/bench/machine.h"
#include "engine/cli/bench/plan.h"
#include "engine/cli/bench/process_spawner.h"
#include "engine/cli/bench/statistics.h"
#include "engine/cli/bench/warm_up_curve.h"
#include "wasmtier/engine.h"

namespace wasmtier::cli {

// Whole processes of one command. Runs of all series with the same number were made in the same
// round.
struct ProcessSeries {
  std::string name;
  ProcessKind kind = ProcessKind::kNative;
  std::vector<ProcessTimes> runs = {};

  std::vector<double> Column(double ProcessTimes::* member) const;
  std::vector<double> PeakKilobytes() const;
  // Nothing if a run wrote nothing.
  std::optional<std::vector<double>> FirstOutputs() const;
};

// The runs of one tier in one process.
struct InProcessSeries {
  std::string name = {};
  WarmUpCurve curve = {};
  std::vector<InProcessTimes> warm_up = {};  // those of the curve, and what came after them
  std::vector<InProcessTimes> runs = {};     // one of each round
  std::vector<double> loads = {};            // seconds, one of each round
  // Of all code that was made until the last run.
  CodeStatistics interpreter = {};
  CodeStatistics baseline = {};
  CodeStatistics optimizing = {};
  uint64_t refused_functions = 0;
  uint64_t refused_optimizations = 0;

  std::vector<double> Column(double InProcessTimes::* member) const;
  std::optional<double> TimeToPeak() const;
};

struct FileReport {
  std::string file;
  uint64_t bytes = 0;
  std::vector<std::string> args;
  int exit_code = 0;
  uint64_t output_bytes = 0;
  uint64_t compared = 0;  // results that were equal
  std::vector<ProcessSeries> processes;
  std::vector<InProcessSeries> tiers;

  const ProcessSeries* native() const;
  // The native twin and the other engines: what ratios are to.
  std::vector<const ProcessSeries*> yardsticks() const;
};

struct FailedFile {
  std::string file;
  int exit_code = 0;  // that the command would have had for it alone
};

struct BenchReport {
  Machine machine;
  uint64_t runs = 0;  // rounds
  std::vector<std::string> run_options;
  std::vector<ProcessSeries> start_up;  // of an empty module
  std::vector<FileReport> files;
  std::vector<FailedFile> failed;
};

// Each ends with a newline. The names of files are as they were given: Printable is the caller's
// business where a terminal shows them.
std::string StartUpAsText(const BenchReport& report);
std::string FileAsText(const FileReport& file, uint64_t runs);
// Of several files.
std::string SummaryAsText(const BenchReport& report);
// docs/benchmarking.md describes it.
std::string AsJson(const BenchReport& report);
// One file without references to any other.
std::string AsHtml(const BenchReport& report);

}  // namespace wasmtier::cli

#endif  // WASMTIER_ENGINE_CLI_BENCH_REPORT_H_
