#include "engine/cli/bench/options.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/cli/commands.h"
#include "engine/cli/exit_codes.h"
#include "engine/cli/numbers.h"
#include "engine/cli/option_parser.h"
#include "engine/cli/output.h"
#include "wasmtier/engine.h"

namespace wasmtier::cli {
namespace {

constexpr uint64_t kMaxRuns = 10'000;

int UsageError(std::string_view text) {
  PrintError(absl::StrCat("bench: ", absl::string_view(text.data(), text.size())));
  return kExitUsage;
}

// A number of runs, if it was given.
absl::Status SetRuns(const char* option, const std::optional<std::string>& text, uint64_t& member) {
  if (!text) return absl::OkStatus();
  absl::StatusOr<uint64_t> value = ParseCount(option, *text);
  if (!value.ok()) return value.status();
  if (*value < 1 || *value > kMaxRuns) {
    return absl::InvalidArgumentError(
        absl::StrCat(option, ": not between 1 and ", kMaxRuns, ": ", *text));
  }
  member = *value;
  return absl::OkStatus();
}

std::vector<std::string> TierNames(const std::optional<std::string>& list) {
  if (list) return absl::StrSplit(*list, ',');
  if (OptimizerModule().ok()) return {"interpreter", "baseline", "optimizing", "auto"};
  return {"interpreter", "baseline", "auto"};
}

std::string Description() {
  return absl::StrCat(
      kBenchSummary,
      " Each FILE is a WASI command. Its results (output and exit code) in every tier, in its "
      "native twin and in other engines must be the same, in every run, or its times are not "
      "printed. Measured are whole processes, `wasm-tier run` among them, and in one process the "
      "program once it is warm; all take turns, so that what disturbs the machine disturbs all of "
      "them. What each figure means: docs/benchmarking.md.");
}

}  // namespace

std::optional<int> BenchOptions::Parse(std::span<const char* const> command_line) {
  OptionParser parser("bench [OPTIONS] FILE...", Description(), OptionParser::Style::kAnywhere);
  std::optional<std::string> tier_list;
  std::optional<std::string> runs_text;
  std::optional<std::string> warm_up_text;
  parser.List("--args", "ARGS", &args,
              "arguments of the program, in one text, with quotes as in a shell; --args='-x 1' if "
              "they begin with a dash (once for all FILEs, or once for each)");
  parser.Text("--tiers", "LIST", &tier_list,
              "tiers to measure: interpreter,baseline,optimizing,auto (default: those that are "
              "installed)");
  parser.Text("--runs", "N", &runs_text, "rounds, in which each runs once (default: 10)");
  parser.Text("--warm-up", "N", &warm_up_text,
              "runs in the process before those, at least (default: 3)");
  parser.Text("--native", "PATH", &native,
              "the same program as a native one; it gets the same arguments, environment and "
              "input. {name} stands for FILE without folder and ending");
  parser.List("--against", "COMMAND", &against,
              "another engine, as a command line with {wasm} for FILE and {args} for the "
              "arguments: 'wasmtime run {wasm} {args}'; 'NAME=COMMAND' gives it a name (may be "
              "repeated)");
  parser.Text("--stdin", "PATH", &input, "a file that the program reads (default: an empty one)");
  parser.Flag("--in-process", &in_process_only,
              "measure only the tiers in one process, and the native twin");
  parser.Text("--json", "PATH", &json, "also write all figures to a file, as JSON");
  parser.Text("--html", "PATH", &html, "also write a report to a file, as HTML");
  parser.Flag("-q,--quiet", &quiet, "say nothing while measuring");
  engine.AddProfileTo(parser);
  parser.BeginShared();
  program.AddTo(parser);
  engine.AddRunningTo(parser);
  engine.AddLoadingTo(parser);
  parser.Footer(kExitCodesOfBench);
  if (std::optional<int> exit_code = parser.Parse(command_line, &files)) return exit_code;
  run_options = parser.Shared();
  if (files.empty()) return UsageError("no FILE; see wasm-tier bench --help");
  absl::Status status = SetRuns("--runs", runs_text, runs);
  if (status.ok()) status = SetRuns("--warm-up", warm_up_text, warm_up);
  if (!status.ok()) return UsageError(std::string(status.message()));
  tiers = TierNames(tier_list);
  for (auto tier = tiers.begin(); tier != tiers.end(); ++tier) {
    if (std::find(tiers.begin(), tier, *tier) != tier) {
      return UsageError(absl::StrCat("--tiers: more than once: ", *tier));
    }
  }
  return std::nullopt;
}

}  // namespace wasmtier::cli
