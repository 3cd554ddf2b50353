// wasm-tier run
#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/cli/commands.h"
#include "engine/cli/exit_codes.h"
#include "engine/cli/invoke.h"
#include "engine/cli/module_file.h"
#include "engine/cli/output.h"
#include "engine/cli/run_options.h"
#include "engine/cli/time_report.h"
#include "wasi/preview1.h"
#include "wasmtier/wasmtier.h"

namespace wasmtier::cli {
namespace {

// A status whose error ends the command with `exit_code`.
int Fail(int exit_code, std::string_view where, const absl::Status& status) {
  PrintError(absl::StrCat(std::string(where), ": ", std::string(status.message())));
  return exit_code;
}

// One run of a module.
class Runner {
 public:
  Runner(const RunOptions& options, Engine engine)
      : options_(options), engine_(std::move(engine)) {}

  int Run() {
    absl::StatusOr<wasi::Config> wasi_config = options_.MakeWasiConfig();
    if (!wasi_config.ok()) return Fail(kExitUsage, "run", wasi_config.status());
    absl::StatusOr<StoreLimits> limits = options_.program.MakeStoreLimits();
    if (!limits.ok()) return Fail(kExitUsage, "run", limits.status());
    absl::StatusOr<Module> module = LoadModuleFile(engine_, options_.file);
    if (!module.ok()) {
      PrintError(std::string(module.status().message()));
      return kExitModule;
    }
    report_.EndPhase("load");
    Linker linker;
    absl::Status status = wasi::AddPreview1(linker, *wasi_config);
    if (!status.ok()) return Fail(kExitUsage, "run", status);
    absl::StatusOr<Store> store = Store::Create(engine_, *limits);
    if (!store.ok()) return Fail(kExitInstance, options_.file, store.status());
    absl::StatusOr<Instance> instance = linker.Instantiate(*store, *module);
    report_.EndPhase("instantiate");
    if (!instance.ok()) return Report(instance.status());
    const int exit_code = options_.invoke ? Invoke(*instance) : Start(*instance);
    report_.EndPhase("run");
    return exit_code;
  }

  std::string TimeText() const { return report_.ToString(engine_); }

 private:
  // The exit code for a program that ended, one way or another.
  int Report(const absl::Status& status) {
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

  // A WASI command (https://github.com/WebAssembly/WASI/blob/wasi-0.1/application-abi.md).
  int Start(const Instance& instance) {
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

  int Invoke(const Instance& instance) {
    absl::StatusOr<Func> function = instance.GetFunc(*options_.invoke);
    if (!function.ok()) return Fail(kExitInstance, options_.file, function.status());
    absl::StatusOr<std::vector<Value>> args = ParseArguments(function->type(), options_.args);
    if (!args.ok()) {
      return Fail(kExitUsage, absl::StrCat("run: --invoke ", *options_.invoke), args.status());
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

  const RunOptions& options_;
  Engine engine_;
  TimeReport report_;
};

// What is being compiled at this moment would be waited for, up to tens of milliseconds, and then
// be thrown away: the process ends without that. Traces are to be finished, and builds that look
// for errors end in good order.
int EndRun([[maybe_unused]] const RunOptions& options, int exit_code) {
#ifdef NDEBUG
  if (!options.engine.trace_tiers && FlushOutput()) _exit(exit_code);
#endif
  return exit_code;
}

}  // namespace

int RunCommand(std::span<const char* const> args) {
  RunOptions options;
  if (std::optional<int> exit_code = options.Parse(args)) return *exit_code;
  absl::StatusOr<Engine> engine = options.engine.CreateEngine();
  if (!engine.ok()) return Fail(kExitUsage, "run", engine.status());
  Runner runner(options, *engine);
  const int exit_code = options.engine.WriteProfile("run", *engine, runner.Run());
  if (options.time) PrintError(runner.TimeText());
  return EndRun(options, exit_code);
}

}  // namespace wasmtier::cli
