// Options of `wasm-tier run`.
#ifndef WASMTIER_ENGINE_CLI_RUN_OPTIONS_H_
#define WASMTIER_ENGINE_CLI_RUN_OPTIONS_H_

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/cli/engine_options.h"
#include "engine/cli/program_options.h"
#include "wasi/preview1.h"

namespace wasmtier::cli {

struct RunOptions {
  EngineOptions engine;
  ProgramOptions program;
  std::optional<std::string> invoke;
  bool time = false;
  std::string file;
  std::vector<std::string> args;  // what follows FILE

  // Nothing, or the exit code that the command ends with.
  std::optional<int> Parse(std::span<const char* const> command_line);

  // Errors name the option.
  absl::StatusOr<wasi::Config> MakeWasiConfig() const;
};

}  // namespace wasmtier::cli

#endif  // WASMTIER_ENGINE_CLI_RUN_OPTIONS_H_
