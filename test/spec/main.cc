// spec_runner: runs the WebAssembly spec test suite in one or all modes.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_split.h"
#include "test/spec/expectations.h"
#include "test/spec/report.h"
#include "test/spec/script.h"
#include "test/spec/script_runner.h"
#include "test/spec/suite.h"
#include "test/support/modes.h"

namespace wasmtier::spec {
namespace {

constexpr char kUsage[] =
    R"(usage: spec_runner [--mode NAME] [--groups A,B...] [--except A,B...] [--script NAME] [--suggest]
  --mode NAME     one mode instead of all (test/support/modes.cc)
  --groups A,B    only scripts of these groups ("wasm-2.0", "tail-call", "simd" ...)
  --except A,B    no scripts of these groups
  --script NAME   only this script, such as core/address; shows every failing command
  --suggest       prints lines for the expectations file instead of checking it
The suite is looked for where WASM_TIER_SPEC points (an archive or a folder), else in ../shared/spec.
)";

// ctest shows it as a skipped test.
constexpr int kSkippedExitCode = 77;

struct Options {
  std::string mode;
  std::vector<std::string> groups;
  std::vector<std::string> except;
  std::string script;
  bool suggest = false;
};

std::optional<Options> ParseOptions(int count, char** arguments) {
  Options options;
  for (int i = 1; i < count; ++i) {
    std::string_view name = arguments[i];
    if (name == "--suggest") {
      options.suggest = true;
      continue;
    }
    if (i + 1 == count) return std::nullopt;
    const char* value = arguments[++i];
    if (name == "--mode") {
      options.mode = value;
    } else if (name == "--groups") {
      options.groups = absl::StrSplit(value, ',');
    } else if (name == "--except") {
      options.except = absl::StrSplit(value, ',');
    } else if (name == "--script") {
      options.script = value;
    } else {
      return std::nullopt;
    }
  }
  return options;
}

bool Contains(const std::vector<std::string>& list, const std::string& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

bool Selects(const Options& options, const SuiteScript& script) {
  if (!options.script.empty()) return script.name == options.script;
  if (!options.groups.empty() && !Contains(options.groups, script.group)) return false;
  return !Contains(options.except, script.group);
}

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "spec_runner: %s\n", status.ToString().c_str());
  return EXIT_FAILURE;
}

int SayAbsent() {
  const char* named = std::getenv("WASM_TIER_SPEC");
  std::fprintf(stderr,
               "****************************************************************\n"
               "* THE SPEC TEST SUITE WAS NOT FOUND: NOTHING OF IT IS TESTED.  *\n"
               "* Put spec-json.tar.zst into ../shared/spec, or say where it   *\n"
               "* is with WASM_TIER_SPEC=<archive or folder>.                  *\n"
               "****************************************************************\n"
               "(looked in %s)\n",
               named != nullptr && *named != '\0' ? named : WASMTIER_SOURCE_DIR "/../shared/spec");
  return kSkippedExitCode;
}

absl::StatusOr<std::vector<CommandResult>> RunScript(const Engine& engine,
                                                     const SuiteScript& entry) {
  absl::StatusOr<std::string> json = ReadFile(entry.json);
  if (!json.ok()) return json.status();
  absl::StatusOr<Script> script = ParseScript(*json, entry.name, entry.json.parent_path());
  if (!script.ok()) return script.status();
  absl::StatusOr<ScriptRunner> runner = ScriptRunner::Create(engine);
  if (!runner.ok()) return runner.status();
  return runner->Run(*script);
}

// The first mode proves of what is listed as failing that it fails.
Expectations::Listed ListedIn(const test::Mode& mode) {
  return mode.name == test::Modes().front().name ? Expectations::Listed::kMustFail
                                                 : Expectations::Listed::kMayFail;
}

void ShowFailures(const std::vector<CommandResult>& results, const SuiteScript& script) {
  for (const CommandResult& result : results) {
    if (result.verdict == Verdict::kPassed) continue;
    std::printf("  %s:%d %s %s\n", script.name.c_str(), result.line,
                result.verdict == Verdict::kFailed ? "failed" : "skipped", result.message.c_str());
  }
}

absl::Status RunMode(const test::Mode& mode, const Suite& suite, const Options& options,
                     const Expectations& expectations, Report* report) {
  absl::StatusOr<Engine> engine = Engine::Create(mode.config);
  if (!engine.ok()) return engine.status();
  for (const SuiteScript& script : suite.scripts) {
    if (!Selects(options, script)) continue;
    // Before it runs, so that a crash has a name.
    std::printf("%s %s ... ", mode.name.c_str(), script.name.c_str());
    std::fflush(stdout);
    absl::StatusOr<std::vector<CommandResult>> results = RunScript(*engine, script);
    if (!results.ok()) return results.status();
    Counts counts;
    for (const CommandResult& result : *results) counts.Add(result);
    std::printf("%s\n", ToString(counts).c_str());
    if (!options.script.empty()) ShowFailures(*results, script);
    report->Add(script, *results, expectations, ListedIn(mode));
  }
  return absl::OkStatus();
}

// Prints what the expectations file should say, by group.
absl::Status Suggest(const Suite& suite, const Options& options) {
  absl::StatusOr<Engine> engine = Engine::Create(test::Modes().front().config);
  if (!engine.ok()) return engine.status();
  std::map<std::string, std::string> groups;
  for (const SuiteScript& script : suite.scripts) {
    if (!Selects(options, script)) continue;
    absl::StatusOr<std::vector<CommandResult>> results = RunScript(*engine, script);
    if (!results.ok()) return results.status();
    groups[script.group] += SuggestExpectations(script, *results);
  }
  for (const auto& [group, lines] : groups) {
    if (!lines.empty()) std::printf("\n# %s\n%s", group.c_str(), lines.c_str());
  }
  return absl::OkStatus();
}

// Entries for scripts that the suite does not have would otherwise never be noticed.
absl::Status CheckNames(const Expectations& expectations, const Suite& suite) {
  for (const std::string& name : expectations.Scripts()) {
    if (std::none_of(suite.scripts.begin(), suite.scripts.end(),
                     [&](const SuiteScript& script) { return script.name == name; })) {
      return absl::NotFoundError("expectations name no script of the suite: " + name);
    }
  }
  return absl::OkStatus();
}

int RunModes(const Suite& suite, const Options& options, const Expectations& expectations) {
  int exit_code = EXIT_SUCCESS;
  bool found = false;
  for (const test::Mode& mode : test::Modes()) {
    if (!options.mode.empty() && options.mode != mode.name) continue;
    found = true;
    Report report;
    absl::Status status = RunMode(mode, suite, options, expectations, &report);
    if (!status.ok()) return Fail(status);
    std::printf("\n%s: %s\n%s", mode.name.c_str(), mode.description.c_str(),
                report.Table().c_str());
    for (const std::string& line : report.differences()) std::printf("  %s\n", line.c_str());
    std::printf("%s: %s, %zu differences from the expectations\n\n", mode.name.c_str(),
                ToString(report.total()).c_str(), report.differences().size());
    if (!report.differences().empty()) exit_code = EXIT_FAILURE;
  }
  return found ? exit_code : Fail(absl::NotFoundError("no mode " + options.mode));
}

int Main(const Options& options) {
  std::optional<std::filesystem::path> place = FindSuite(WASMTIER_SOURCE_DIR);
  if (!place) return SayAbsent();
  absl::StatusOr<std::filesystem::path> folder = Unpack(*place, WASMTIER_SPEC_BUILD_DIR);
  if (!folder.ok()) return Fail(folder.status());
  absl::StatusOr<Suite> suite = ReadSuite(*folder);
  if (!suite.ok()) return Fail(suite.status());
  absl::StatusOr<std::string> text =
      ReadFile(std::string(WASMTIER_SOURCE_DIR) + "/test/spec/expectations.txt");
  if (!text.ok()) return Fail(text.status());
  absl::StatusOr<Expectations> expectations = Expectations::Parse(*text);
  if (!expectations.ok()) return Fail(expectations.status());
  absl::Status names = CheckNames(*expectations, *suite);
  if (!names.ok()) return Fail(names);
  if (options.suggest) {
    absl::Status status = Suggest(*suite, options);
    return status.ok() ? EXIT_SUCCESS : Fail(status);
  }
  return RunModes(*suite, options, *expectations);
}

}  // namespace
}  // namespace wasmtier::spec

int main(int argc, char** argv) {
  std::optional<wasmtier::spec::Options> options = wasmtier::spec::ParseOptions(argc, argv);
  if (!options) {
    std::fputs(wasmtier::spec::kUsage, stderr);
    return 2;
  }
  return wasmtier::spec::Main(*options);
}
