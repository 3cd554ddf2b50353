#include "engine/cli/bench/plan.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "engine/cli/shell_words.h"

namespace wasmtier::cli {
namespace {

namespace fs = std::filesystem;

// (module (memory (export "memory") 1) (func (export "_start"))): some engines want the memory.
constexpr unsigned char kEmptyModule[] = {
    0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00,        // version 1
    0x01, 0x04, 0x01, 0x60, 0x00, 0x00,                    // types: () -> ()
    0x03, 0x02, 0x01, 0x00,                                // functions
    0x05, 0x03, 0x01, 0x00, 0x01,                          // memories: 1 page
    0x07, 0x13, 0x02,                                      // exports
    0x06, 'm',  'e',  'm',  'o',  'r',  'y',  0x02, 0x00,  //
    0x06, '_',  's',  't',  'a',  'r',  't',  0x00, 0x00,  //
    0x0a, 0x04, 0x01, 0x02, 0x00, 0x0b,                    // code
};

// An engine of --against.
struct OtherEngine {
  std::string name;
  std::vector<std::string> words;

  bool takes_wasm() const {
    return std::ranges::any_of(
        words, [](const std::string& word) { return word.find("{wasm}") != std::string::npos; });
  }
};

std::string NameOfFile(const std::string& file) { return fs::path(file).stem().string(); }

std::string Expanded(const std::string& text, const std::string& file) {
  return absl::StrReplaceAll(text, {{"{wasm}", file}, {"{name}", NameOfFile(file)}});
}

absl::StatusOr<std::vector<OtherEngine>> ParseOtherEngines(const BenchOptions& options) {
  std::vector<OtherEngine> engines;
  for (const std::string& text : options.against) {
    OtherEngine engine;
    absl::StatusOr<std::vector<std::string>> words = SplitWords(text);
    if (!words.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("--against: ", std::string(words.status().message())));
    }
    engine.words = *std::move(words);
    if (engine.words.empty()) return absl::InvalidArgumentError("--against: an empty command");
    std::string& first = engine.words[0];
    if (const size_t equals = first.find('='); equals < first.find('/')) {
      engine.name = first.substr(0, equals);
      first.erase(0, equals + 1);
    } else {
      engine.name = fs::path(first).filename().string();
    }
    if (first.empty() || engine.name.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat("--against: expected COMMAND or NAME=COMMAND, found ", text));
    }
    const auto has_name = [&](const OtherEngine& other) { return other.name == engine.name; };
    if (engine.name == "native" || std::ranges::count(options.tiers, engine.name) != 0 ||
        std::ranges::any_of(engines, has_name)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "--against: more than one is called ", engine.name, "; give it a name: NAME=COMMAND"));
    }
    engines.push_back(std::move(engine));
  }
  return engines;
}

absl::StatusOr<std::vector<std::vector<std::string>>> ParseArguments(const BenchOptions& options) {
  const size_t files = options.files.size();
  if (options.args.size() > 1 && options.args.size() != files) {
    return absl::InvalidArgumentError(
        absl::StrCat("--args: given ", options.args.size(), " times for ", files,
                     files == 1 ? " FILE" : " FILEs", "; once is for all of them"));
  }
  std::vector<std::vector<std::string>> all(files);
  for (size_t i = 0; i < files && !options.args.empty(); ++i) {
    absl::StatusOr<std::vector<std::string>> words =
        SplitWords(options.args[options.args.size() == 1 ? 0 : i]);
    if (!words.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("--args: ", std::string(words.status().message())));
    }
    all[i] = *std::move(words);
  }
  return all;
}

// Makes a plan's commands.
class Planner {
 public:
  Planner(const BenchOptions& options, BenchPlan& plan) : options_(options), plan_(plan) {}

  absl::Status PlanNative(PlannedFile& file) {
    std::string path = Expanded(*options_.native, file.path);
    // Not one of PATH.
    if (path.find('/') == std::string::npos) path = "./" + path;
    if (access(path.c_str(), X_OK) != 0) {
      return absl::ErrnoToStatus(errno, absl::StrCat("--native: cannot start ", path));
    }
    ProcessCommand command{.argv = {path}, .environment = std::vector<std::string>()};
    for (const auto& [name, value] : file.wasi.environment) {
      command.environment->push_back(absl::StrCat(name, "=", value));
    }
    Add("native", ProcessKind::kNative, std::move(command), file.args, file.processes);
    return absl::OkStatus();
  }

  void PlanTier(const std::string& tier, const std::string& file,
                const std::vector<std::string>& args, std::vector<PlannedProcess>& processes) {
    ProcessCommand command{.argv = {OwnPath(), "run", absl::StrCat("--tier=", tier)},
                           .environment = std::nullopt};
    command.argv.insert(command.argv.end(), options_.run_options.begin(),
                        options_.run_options.end());
    for (std::string& argument : options_.engine.ForTier(tier).ProfileArguments()) {
      command.argv.push_back(std::move(argument));
    }
    // A file may be called "-x".
    command.argv.push_back("--");
    command.argv.push_back(file);
    Add(tier, ProcessKind::kTier, std::move(command), args, processes);
  }

  void PlanOther(const OtherEngine& engine, const std::string& file,
                 const std::vector<std::string>& args, std::vector<PlannedProcess>& processes) {
    ProcessCommand command;
    for (const std::string& word : engine.words) {
      if (word == "{args}") {
        command.argv.insert(command.argv.end(), args.begin(), args.end());
      } else {
        command.argv.push_back(Expanded(word, file));
      }
    }
    Add(engine.name, ProcessKind::kOther, std::move(command), {}, processes);
  }

 private:
  static std::string OwnPath() {
    std::error_code error;
    const fs::path path = fs::read_symlink("/proc/self/exe", error);
    return error ? "/proc/self/exe" : path.string();
  }

  void Add(const std::string& name, ProcessKind kind, ProcessCommand command,
           const std::vector<std::string>& args, std::vector<PlannedProcess>& processes) {
    command.argv.insert(command.argv.end(), args.begin(), args.end());
    processes.push_back({.name = name, .kind = kind, .command = plan_.commands.size()});
    plan_.commands.push_back(std::move(command));
  }

  const BenchOptions& options_;
  BenchPlan& plan_;
};

}  // namespace

const char* ToString(ProcessKind kind) {
  return kind == ProcessKind::kNative ? "native" : kind == ProcessKind::kTier ? "tier" : "other";
}

absl::StatusOr<std::unique_ptr<EmptyModule>> EmptyModule::Create() {
  const int descriptor = memfd_create("empty.wasm", MFD_CLOEXEC);
  if (descriptor < 0) return absl::ErrnoToStatus(errno, "cannot make a file in memory");
  std::unique_ptr<EmptyModule> module(new EmptyModule(descriptor));
  if (write(descriptor, kEmptyModule, sizeof(kEmptyModule)) != sizeof(kEmptyModule)) {
    return absl::ErrnoToStatus(errno, "cannot write a file in memory");
  }
  return module;
}

EmptyModule::EmptyModule(int descriptor)
    : descriptor_(descriptor), path_(absl::StrCat("/proc/", getpid(), "/fd/", descriptor)) {}

EmptyModule::~EmptyModule() { close(descriptor_); }

absl::StatusOr<BenchPlan> MakePlan(const BenchOptions& options) {
  absl::StatusOr<std::vector<OtherEngine>> others = ParseOtherEngines(options);
  if (!others.ok()) return others.status();
  absl::StatusOr<std::vector<std::vector<std::string>>> args = ParseArguments(options);
  if (!args.ok()) return args.status();
  if (options.native && options.files.size() > 1 &&
      options.native->find("{name}") == std::string::npos) {
    return absl::InvalidArgumentError(
        "--native: with several FILEs it needs {name}, which stands for each one's name without "
        "folder and ending");
  }
  absl::StatusOr<StoreLimits> limits = options.program.MakeStoreLimits();
  if (!limits.ok()) return limits.status();
  absl::StatusOr<std::unique_ptr<EmptyModule>> empty = EmptyModule::Create();
  if (!empty.ok()) return empty.status();
  BenchPlan plan{.empty_module = *std::move(empty), .start_up = {}, .files = {}, .commands = {}};
  Planner planner(options, plan);
  for (size_t i = 0; i < options.files.size(); ++i) {
    absl::StatusOr<wasi::Config> config =
        options.program.MakeWasiConfig(options.files[i], (*args)[i]);
    if (!config.ok()) return config.status();
    PlannedFile file{.path = options.files[i],
                     .args = (*args)[i],
                     .wasi = *std::move(config),
                     .limits = *limits,
                     .processes = {}};
    if (options.native) {
      if (absl::Status status = planner.PlanNative(file); !status.ok()) return status;
    }
    if (!options.in_process_only) {
      for (const std::string& tier : options.tiers) {
        planner.PlanTier(tier, file.path, file.args, file.processes);
      }
      for (const OtherEngine& other : *others) {
        planner.PlanOther(other, file.path, file.args, file.processes);
      }
    }
    plan.files.push_back(std::move(file));
  }
  if (options.in_process_only) return plan;
  const std::string& nothing = plan.empty_module->path();
  for (const std::string& tier : options.tiers) planner.PlanTier(tier, nothing, {}, plan.start_up);
  for (const OtherEngine& other : *others) {
    if (other.takes_wasm()) planner.PlanOther(other, nothing, {}, plan.start_up);
  }
  return plan;
}

}  // namespace wasmtier::cli
