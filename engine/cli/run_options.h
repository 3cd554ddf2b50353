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

// For the --help of commands that run a program.
inline constexpr char kRunDescription[] =
    " FILE is a WebAssembly module, binary or (.wat) text; ARGS are its own: options for wasm-tier "
    "come before FILE. Without --invoke, the function _start is called, as WASI wants it.";

struct RunOptions {
  EngineOptions engine;
  ProgramOptions program;
  std::optional<std::string> invoke;
  bool time = false;
  std::string file;
  std::vector<std::string> args;  // what follows FILE

  // Nothing, or the exit code that the command ends with.
  std::optional<int> Parse(std::span<const char* const> command_line);

  // What another command that runs a program shares.
  void AddTo(OptionParser& parser);
  // The same for what follows the options of `command`: FILE and ARGS.
  std::optional<int> ParseRest(const char* command, std::vector<std::string> rest);

  // Errors name the option.
  absl::StatusOr<wasi::Config> MakeWasiConfig() const;
};

}  // namespace wasmtier::cli

#endif  // WASMTIER_ENGINE_CLI_RUN_OPTIONS_H_
