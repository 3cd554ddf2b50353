#include "engine/cli/program_run.h"

#include <unistd.h>

#include <optional>
#include <span>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/cli/exit_codes.h"
#include "engine/cli/invoke.h"
#include "engine/cli/module_file.h"
#include "engine/cli/output.h"
#include "wasi/preview1.h"

namespace wasmtier::cli {

int Fail(int exit_code, std::string_view where, const absl::Status& status) {
  PrintError(absl::StrCat(std::string(where), ": ", std::string(status.message())));
  return exit_code;
}

int ProgramRun::Run() {
  absl::StatusOr<wasi::Config> wasi_config = options_.MakeWasiConfig();
  if (!wasi_config.ok()) return Fail(kExitUsage, command_, wasi_config.status());
  absl::StatusOr<StoreLimits> limits = options_.program.MakeStoreLimits();
  if (!limits.ok()) return Fail(kExitUsage, command_, limits.status());
  absl::StatusOr<Module> module = LoadModuleFile(engine_, options_.file);
  if (!module.ok()) {
    PrintError(std::string(module.status().message()));
    return kExitModule;
  }
  report_.EndPhase("load");
  Linker linker;
  absl::Status status = wasi::AddPreview1(linker, *wasi_config);
  if (!status.ok()) return Fail(kExitUsage, command_, status);
  absl::StatusOr<Store> store = Store::Create(engine_, *limits);
  if (!store.ok()) return Fail(kExitInstance, options_.file, store.status());
  absl::StatusOr<Instance> instance = linker.Instantiate(*store, *module);
  report_.EndPhase("instantiate");
  if (!instance.ok()) return Report(instance.status());
  const int exit_code = options_.invoke ? Invoke(*instance) : Start(*instance);
  report_.EndPhase("run");
  return exit_code;
}

int ProgramRun::Report(const absl::Status& status) {
  if (status.ok()) return kExitOk;
  if (const std::optional<int32_t> code = wasmtier::ExitCode(status)) return *code;
  if (const std::optional<Trap> trap = Trap::FromStatus(status)) {
    // What the program printed comes first.
    FlushOutput();
    PrintError(absl::StrCat(options_.file, ": trap: ", trap->ToString()));
    return kExitTrap;
  }
  return Fail(kExitInstance, options_.file, status);
}

int ProgramRun::Start(const Instance& instance) {
  absl::StatusOr<Func> start = instance.GetFunc("_start");
  if (!start.ok()) {
    PrintError(absl::StrCat(options_.file, ": ", std::string(start.status().message()),
                            "; to call another one, use --invoke"));
    return kExitInstance;
  }
  absl::StatusOr<TypedFunc<void()>> typed = start->Typed<void()>();
  if (!typed.ok()) {
    return Fail(kExitInstance, absl::StrCat(options_.file, ": _start"), typed.status());
  }
  return Report(typed->Call());
}

int ProgramRun::Invoke(const Instance& instance) {
  absl::StatusOr<Func> function = instance.GetFunc(*options_.invoke);
  if (!function.ok()) return Fail(kExitInstance, options_.file, function.status());
  absl::StatusOr<std::vector<Value>> args = ParseArguments(function->type(), options_.args);
  if (!args.ok()) {
    return Fail(kExitUsage, absl::StrCat(command_, ": --invoke ", *options_.invoke), args.status());
  }
  // A WASI reactor wants this to be called first.
  if (absl::StatusOr<TypedFunc<void()>> initialize = instance.GetTypedFunc<void()>("_initialize");
      initialize.ok() && *options_.invoke != "_initialize") {
    absl::Status status = initialize->Call();
    if (!status.ok()) return Report(status);
  }
  absl::StatusOr<std::vector<Value>> results = function->Call(std::span<const Value>(*args));
  if (!results.ok()) return Report(results.status());
  for (const Value& result : *results) Print(FormatResult(result) + "\n");
  return kExitOk;
}

// What is being compiled at this moment would be waited for, up to tens of milliseconds, and then
// be thrown away: the process ends without that. Traces are to be finished, and builds that look
// for errors end in good order.
int EndRun([[maybe_unused]] const RunOptions& options, int exit_code) {
#ifdef NDEBUG
  if (!options.engine.trace_tiers && FlushOutput()) _exit(exit_code);
#endif
  return exit_code;
}

}  // namespace wasmtier::cli
