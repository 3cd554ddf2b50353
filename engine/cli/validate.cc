// wasm-tier validate
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/cli/commands.h"
#include "engine/cli/engine_options.h"
#include "engine/cli/exit_codes.h"
#include "engine/cli/module_file.h"
#include "engine/cli/output.h"

namespace wasmtier::cli {

int ValidateCommand(std::span<const char* const> args) {
  OptionParser parser("validate [OPTIONS] FILE...", kValidateSummary,
                      OptionParser::Style::kAnywhere);
  EngineOptions engine_options;
  bool quiet = false;
  parser.Flag("--quiet,-q", &quiet, "print nothing for valid files");
  engine_options.AddLoadingTo(parser);
  parser.Footer(kExitCodesOfTools);
  std::vector<std::string> files;
  if (std::optional<int> exit_code = parser.Parse(args, &files)) return *exit_code;
  if (files.empty()) {
    PrintError("validate: no FILE; see wasm-tier validate --help");
    return kExitUsage;
  }
  absl::StatusOr<Engine> engine = engine_options.CreateEngine();
  if (!engine.ok()) {
    PrintError(absl::StrCat("validate: ", std::string(engine.status().message())));
    return kExitUsage;
  }
  int exit_code = kExitOk;
  for (const std::string& file : files) {
    const absl::Status status = LoadModuleFile(*engine, file).status();
    if (!status.ok()) {
      PrintError(std::string(status.message()));
      exit_code = kExitModule;
    } else if (!quiet) {
      Print(Printable(absl::StrCat(file, ": valid\n")));
    }
  }
  return exit_code;
}

}  // namespace wasmtier::cli
