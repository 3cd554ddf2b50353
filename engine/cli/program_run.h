// One run of a program, as the commands that run one do it.
#ifndef WASMTIER_ENGINE_CLI_PROGRAM_RUN_H_
#define WASMTIER_ENGINE_CLI_PROGRAM_RUN_H_

#include <string>
#include <utility>

#include "engine/cli/run_options.h"
#include "engine/cli/time_report.h"
#include "wasmtier/wasmtier.h"

namespace wasmtier::cli {

class ProgramRun {
 public:
  // `command`: how errors of options name the place. `options` must outlive this.
  ProgramRun(std::string command, const RunOptions& options, Engine engine)
      : command_(std::move(command)), options_(options), engine_(std::move(engine)) {}

  // Loads and runs it, and reports what goes wrong. The command's exit code.
  int Run();

  std::string TimeText() const { return report_.ToString(engine_); }

 private:
  // The exit code for a program that ended, one way or another.
  int Report(const absl::Status& status);
  // A WASI command (https://github.com/WebAssembly/WASI/blob/wasi-0.1/application-abi.md).
  int Start(const Instance& instance);
  int Invoke(const Instance& instance);

  const std::string command_;
  const RunOptions& options_;
  Engine engine_;
  TimeReport report_;
};

// Prints a status that ends the command with `exit_code`, which it returns.
int Fail(int exit_code, std::string_view where, const absl::Status& status);

// The end of a command that has run a program: it may end the process here.
int EndRun(const RunOptions& options, int exit_code);

}  // namespace wasmtier::cli

#endif  // WASMTIER_ENGINE_CLI_PROGRAM_RUN_H_
