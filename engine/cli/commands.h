// The subcommands, and their one list.
#ifndef WASMTIER_ENGINE_CLI_COMMANDS_H_
#define WASMTIER_ENGINE_CLI_COMMANDS_H_

#include <span>

namespace wasmtier::cli {

// `args`: what follows the command's name. They return the exit code.
using CommandFunction = int (*)(std::span<const char* const> args);

struct Command {
  const char* name;
  const char* arguments;  // for the list: "[OPTIONS] FILE [ARGS...]"
  const char* summary;
  CommandFunction function;
};

// What each says of itself, in its --help and in the list of commands.
inline constexpr char kRunSummary[] = "Runs a program, or one function of a module.";
inline constexpr char kBenchSummary[] =
    "Measures programs in each tier, against their native twins and other engines.";
inline constexpr char kValidateSummary[] = "Says whether files are valid modules.";
inline constexpr char kInspectSummary[] =
    "Lists what a module holds: sections, imports, exports, functions, features.";

int RunCommand(std::span<const char* const> args);
int BenchCommand(std::span<const char* const> args);
int ValidateCommand(std::span<const char* const> args);
int InspectCommand(std::span<const char* const> args);

// The whole command; `argv` as given to main.
int Main(int argc, const char* const* argv);

}  // namespace wasmtier::cli

#endif  // WASMTIER_ENGINE_CLI_COMMANDS_H_
