// Exit codes of the command; those of a guest that ends by itself are its own.
#ifndef WASMTIER_ENGINE_CLI_EXIT_CODES_H_
#define WASMTIER_ENGINE_CLI_EXIT_CODES_H_

namespace wasmtier::cli {

enum ExitCode : int {
  kExitOk = 0,
  kExitOutput = 1,  // our own output could not be written
  kExitUsage = 2,   // wrong options or arguments
  kExitModule = 3,  // a file cannot be read, or is not a valid module
  kExitInstance =
      4,  // the module is valid, but cannot be instantiated, or lacks the export to call
  kExitDifference = 5,  // results that have to be equal are not
  kExitTrap = 134,      // as of a native program that is aborted (128 + SIGABRT)
};

// For the --help of each command that has them.
inline constexpr char kExitCodesOfRun[] =
    "Exit codes: the guest's own when it ends normally; 134 after a trap, whose name and backtrace "
    "go to stderr; 1 if it ends with 0 and the profile cannot be written; 2 for wrong usage, or a "
    "profile that cannot be used; 3 if FILE cannot be read, is not a valid module, or is not the "
    "one "
    "that the profile is of; 4 if it cannot be instantiated (imports, features, limits) or has no "
    "such export.";
inline constexpr char kExitCodesOfBench[] =
    "Exit codes: 0 if all was measured; 1 if a report cannot be written; 2 for wrong usage, or if "
    "the native twin or another engine cannot be started; 3 and 4 as of run; 5 if two results "
    "differ; 134 after a trap. Of several FILEs those that fail are left out, and the first one's "
    "exit code counts.";
inline constexpr char kExitCodesOfProfile[] =
    "Exit codes: as of run; 1 if the profile cannot be written and the program has ended with 0.";
inline constexpr char kExitCodesOfTools[] =
    "Exit codes: 0 if every FILE is a valid module; 2 for wrong usage; 3 if one cannot be read or "
    "is "
    "not valid; 1 if the output cannot be written.";

}  // namespace wasmtier::cli

#endif  // WASMTIER_ENGINE_CLI_EXIT_CODES_H_
