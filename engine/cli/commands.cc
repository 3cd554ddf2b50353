#include "engine/cli/commands.h"

#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/synchronization/mutex.h"
#include "engine/cli/exit_codes.h"
#include "engine/cli/output.h"
#include "wasmtier/engine.h"

namespace wasmtier::cli {
namespace {

constexpr Command kCommands[] = {
    {"run", "[OPTIONS] FILE [ARGS...]", kRunSummary, RunCommand},
    {"bench", "[OPTIONS] FILE...", kBenchSummary, BenchCommand},
    {"validate", "[OPTIONS] FILE...", kValidateSummary, ValidateCommand},
    {"inspect", "[OPTIONS] FILE", kInspectSummary, InspectCommand},
};

std::string Help() {
  std::string text =
      "Runs WebAssembly.\n\nUsage: wasm-tier COMMAND ...\n\nCommands, each with its own --help:\n";
  for (const Command& command : kCommands) {
    absl::StrAppendFormat(&text, "  %s\n                            %s\n",
                          absl::StrCat(command.name, " ", command.arguments), command.summary);
  }
  absl::StrAppend(&text,
                  "\nOptions:\n  -h,--help                 print this text\n"
                  "  --version                 print the version\n");
  return text;
}

int Dispatch(std::span<const char* const> args) {
  if (args.empty()) {
    PrintError("no command; see wasm-tier --help");
    return kExitUsage;
  }
  const std::string_view name = args[0];
  if (name == "--help" || name == "-h") {
    Print(Help());
    return kExitOk;
  }
  if (name == "--version") {
    const absl::StatusOr<std::string> optimizer = OptimizerModule();
    Print(absl::StrCat("wasm-tier ", Version(), "\n",
                       optimizer.ok() ? absl::StrCat("optimizing tier: ", *optimizer, "\n")
                                      : "tiers: interpreter, baseline\n"));
    if (!optimizer.ok()) Print(absl::StrCat(std::string(optimizer.status().message()), "\n"));
    return kExitOk;
  }
  for (const Command& command : kCommands) {
    if (name == command.name) return command.function(args.subspan(1));
  }
  PrintError(absl::StrCat("unknown command ", std::string(name), "; see wasm-tier --help"));
  return kExitUsage;
}

}  // namespace

int Main(int argc, const char* const* argv) {
  // Debian's Abseil looks for deadlocks at each lock, and keeps a graph of 50 KB for it.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  const std::span<const char* const> args(argv, static_cast<size_t>(argc));
  const int exit_code = Dispatch(args.empty() ? args : args.subspan(1));
  if (FlushOutput()) return exit_code;
  PrintError("the output cannot be written");
  return exit_code == kExitOk ? kExitOutput : exit_code;
}

}  // namespace wasmtier::cli
