// wasm-tier run
#include <optional>

#include "engine/cli/commands.h"
#include "engine/cli/exit_codes.h"
#include "engine/cli/output.h"
#include "engine/cli/program_run.h"
#include "engine/cli/run_options.h"
#include "wasmtier/wasmtier.h"

namespace wasmtier::cli {

int RunCommand(std::span<const char* const> args) {
  RunOptions options;
  if (std::optional<int> exit_code = options.Parse(args)) return *exit_code;
  absl::StatusOr<Engine> engine = options.engine.CreateEngine();
  if (!engine.ok()) return Fail(kExitUsage, "run", engine.status());
  ProgramRun run("run", options, *engine);
  const int exit_code = options.engine.WriteProfile("run", *engine, run.Run());
  if (options.time) PrintError(run.TimeText());
  return EndRun(options, exit_code);
}

}  // namespace wasmtier::cli
