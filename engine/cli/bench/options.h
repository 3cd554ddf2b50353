// Options of `wasm-tier bench`.
#ifndef WASMTIER_ENGINE_CLI_BENCH_OPTIONS_H_
#define WASMTIER_ENGINE_CLI_BENCH_OPTIONS_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/cli/engine_options.h"
#include "engine/cli/program_options.h"

namespace wasmtier::cli {

struct BenchOptions {
  EngineOptions engine;
  ProgramOptions program;
  std::vector<std::string> run_options;  // of the two above, as `run` takes them
  uint64_t runs = 10;
  uint64_t warm_up = 3;
  std::vector<std::string> tiers;
  std::vector<std::string> args;  // for all files, or one for each
  std::optional<std::string> native;
  std::vector<std::string> against;
  std::optional<std::string> input;
  std::optional<std::string> json;
  std::optional<std::string> html;
  bool in_process_only = false;
  bool quiet = false;
  std::vector<std::string> files;

  // Nothing, or the exit code that the command ends with.
  std::optional<int> Parse(std::span<const char* const> command_line);
};

}  // namespace wasmtier::cli

#endif  // WASMTIER_ENGINE_CLI_BENCH_OPTIONS_H_
