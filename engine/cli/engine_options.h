// Options that set up the engine, shared by the commands.
#ifndef WASMTIER_ENGINE_CLI_ENGINE_OPTIONS_H_
#define WASMTIER_ENGINE_CLI_ENGINE_OPTIONS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/cli/option_parser.h"
#include "wasmtier/engine.h"

namespace wasmtier::cli {

struct EngineOptions {
  // Of loading: every command has them.
  std::optional<std::string> threads;
  std::vector<std::string> limits;
  // Of running.
  std::optional<std::string> tier;
  std::optional<std::string> tier_filter;
  std::optional<std::string> stress_seed;
  std::optional<std::string> perf;
  std::optional<std::string> trace_tiers;
  std::optional<std::string> stack_size;
  std::optional<std::string> hot;
  std::optional<std::string> hot_optimized;
  std::optional<std::string> compile_threads;
  std::optional<std::string> relaxed_simd;
  std::optional<std::string> profile_in;
  std::optional<std::string> profile_out;
  bool precise_traps = false;
  bool explicit_checks = false;
  bool feedback = false;
  bool lazy_validation = false;
  bool low_memory = false;

  void AddLoadingTo(OptionParser& parser);
  // What only one engine at a time can have.
  void AddSingleEngineTo(OptionParser& parser);
  // Those of profile files; AddSingleEngineTo adds them, too.
  void AddProfileTo(OptionParser& parser);
  // The rest.
  void AddRunningTo(OptionParser& parser);

  // The same for one of several tiers: only `auto` has use for a profile, and counts for one.
  EngineOptions ForTier(const std::string& name) const;
  // The options of profile files, as `run` takes them.
  std::vector<std::string> ProfileArguments() const;

  // After a program has ended with `exit_code`: writes what --profile-out asks for. The exit code,
  // or, after a message, another one if that fails.
  int WriteProfile(const char* command, const Engine& engine, int exit_code) const;

  // Errors name the option. `profiling`: Config::profiling.
  absl::StatusOr<Engine> CreateEngine(bool profiling = false) const;
};

}  // namespace wasmtier::cli

#endif  // WASMTIER_ENGINE_CLI_ENGINE_OPTIONS_H_
