#include "engine/cli/run_options.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/cli/commands.h"
#include "engine/cli/exit_codes.h"
#include "engine/cli/output.h"

namespace wasmtier::cli {

std::optional<int> RunOptions::Parse(std::span<const char* const> command_line) {
  OptionParser parser("run [OPTIONS] FILE [ARGS...]", absl::StrCat(kRunSummary, kRunDescription),
                      OptionParser::Style::kUntilArgument);
  AddTo(parser);
  parser.Footer(kExitCodesOfRun);
  std::vector<std::string> rest;
  if (std::optional<int> exit_code = parser.Parse(command_line, &rest)) return exit_code;
  return ParseRest("run", std::move(rest));
}

void RunOptions::AddTo(OptionParser& parser) {
  program.AddTo(parser);
  parser.Text(
      "--invoke", "NAME", &invoke,
      "call this export with ARGS as its arguments (v128: i32x4:1,2,3,4, f64x2:0.5,1 ...), and "
      "print its results, one a line");
  parser.Flag("--time", &time, "print to stderr where time and memory went");
  engine.AddSingleEngineTo(parser);
  engine.AddRunningTo(parser);
  engine.AddLoadingTo(parser);
}

std::optional<int> RunOptions::ParseRest(const char* command, std::vector<std::string> rest) {
  if (rest.empty()) {
    PrintError(absl::StrCat(command, ": no FILE; see wasm-tier ", command, " --help"));
    return kExitUsage;
  }
  file = rest[0];
  args.assign(rest.begin() + 1, rest.end());
  return std::nullopt;
}

absl::StatusOr<wasi::Config> RunOptions::MakeWasiConfig() const {
  return program.MakeWasiConfig(file, invoke ? std::span<const std::string>() : args);
}

}  // namespace wasmtier::cli
