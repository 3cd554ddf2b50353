// Options that say what a WASI program may see and use, shared by the commands that run one.
#ifndef WASMTIER_ENGINE_CLI_PROGRAM_OPTIONS_H_
#define WASMTIER_ENGINE_CLI_PROGRAM_OPTIONS_H_

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/cli/option_parser.h"
#include "wasi/preview1.h"
#include "wasmtier/store.h"

namespace wasmtier::cli {

struct ProgramOptions {
  std::vector<std::string> directories;            // HOST::GUEST
  std::vector<std::string> read_only_directories;  // HOST::GUEST
  std::vector<std::string> environment;            // NAME=VALUE or NAME
  std::optional<std::string> max_memory;

  void AddTo(OptionParser& parser);

  // Errors name the option.
  absl::StatusOr<StoreLimits> MakeStoreLimits() const;
  // The program is called `file`.
  absl::StatusOr<wasi::Config> MakeWasiConfig(const std::string& file,
                                              std::span<const std::string> args) const;
};

}  // namespace wasmtier::cli

#endif  // WASMTIER_ENGINE_CLI_PROGRAM_OPTIONS_H_
