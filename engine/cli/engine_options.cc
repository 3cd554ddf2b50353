#include "engine/cli/engine_options.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/cli/exit_codes.h"
#include "engine/cli/numbers.h"
#include "engine/cli/output.h"

namespace wasmtier::cli {
namespace {

constexpr TierMode kTierModes[] = {TierMode::kAuto, TierMode::kInterpreter, TierMode::kBaseline,
                                   TierMode::kOptimizing, TierMode::kStress};

absl::Status SetTier(const std::string& name, Config& config) {
  for (TierMode mode : kTierModes) {
    if (name != ToString(mode)) continue;
    config.tier = mode;
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "--tier: unknown tier ", name, ": interpreter, baseline, optimizing, auto or stress"));
}

absl::Status SetTierFilter(const std::string& text, Config& config) {
  if (absl::Status status = CheckTierFilter(text); !status.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--tier-filter: ", std::string(status.message())));
  }
  config.tier_filter = text;
  return absl::OkStatus();
}

absl::Status SetPerf(const std::string& text, Config& config) {
  if (text != "map" && text != "jitdump") {
    return absl::InvalidArgumentError(
        absl::StrCat("--perf: expected map or jitdump, found ", text));
  }
  config.perf = text == "map" ? PerfSupport::kMap : PerfSupport::kJitDump;
  return absl::OkStatus();
}

absl::Status SetRelaxedSimd(const std::string& text, Config& config) {
  if (text != "deterministic" && text != "fast") {
    return absl::InvalidArgumentError(
        absl::StrCat("--relaxed-simd: expected deterministic or fast, found ", text));
  }
  config.relaxed_simd = text == "fast" ? RelaxedSimd::kFast : RelaxedSimd::kDeterministic;
  return absl::OkStatus();
}

absl::Status AddLimit(const std::string& text, Config& config) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos) {
    return absl::InvalidArgumentError(absl::StrCat("--limit: expected NAME=NUMBER, found ", text));
  }
  absl::StatusOr<uint64_t> value = ParseCount("--limit", text.substr(equals + 1));
  if (!value.ok()) return value.status();
  config.module_limits.emplace_back(text.substr(0, equals), *value);
  return absl::OkStatus();
}

// A number that must fit into 32 bits, if it was given.
absl::Status SetCount(const char* option, const std::optional<std::string>& text,
                      uint32_t& member) {
  if (!text) return absl::OkStatus();
  absl::StatusOr<uint64_t> value = ParseCount(option, *text);
  if (!value.ok()) return value.status();
  if (*value > UINT32_MAX) {
    return absl::InvalidArgumentError(absl::StrCat(option, ": too large: ", *text));
  }
  member = static_cast<uint32_t>(*value);
  return absl::OkStatus();
}

std::string LimitHelp() {
  std::string text =
      "allow at most NUMBER of what NAME counts in a module (may be repeated). The defaults are "
      "those of browsers:";
  for (const ModuleLimit& limit : ModuleLimitList()) {
    absl::StrAppend(&text, " ", limit.name, "=", limit.default_value);
  }
  return text;
}

}  // namespace

void EngineOptions::AddLoadingTo(OptionParser& parser) {
  parser.Text("--threads", "N", &threads,
              "threads that validate modules over 1 MB (default: one for each processor)");
  parser.List("--limit", "NAME=NUMBER", &limits, LimitHelp());
}

void EngineOptions::AddSingleEngineTo(OptionParser& parser) {
  parser.Text(
      "--tier", "TIER", &tier,
      "interpreter, baseline (all is compiled at its first call), optimizing (the same, by "
      "LLVM), auto (default: what is hot is compiled), or stress (for tests: a coin decides "
      "at every call and loop)");
  parser.Text("--trace-tiers", "PATH", &trace_tiers,
              "write a timeline of what the tiers make to a file, as Chrome trace JSON: open it in "
              "ui.perfetto.dev or chrome://tracing");
  AddProfileTo(parser);
}

void EngineOptions::AddProfileTo(OptionParser& parser) {
  parser.Text(
      "--profile-in", "PATH", &profile_in,
      "start where the run ended that wrote this profile: what was hot is compiled from the "
      "start, in the background (--tier auto)");
  parser.Text("--profile-out", "PATH", &profile_out,
              "write what functions did to a file, for --profile-in; with that, of both runs "
              "together (--tier auto)");
}

void EngineOptions::AddRunningTo(OptionParser& parser) {
  parser.Text("--tier-filter", "LIST", &tier_filter,
              "compile only these functions, by index or name: 12,40-60,main,parse_*,!13 (* stands "
              "for any characters, ! excludes, after \\ any character is part of a name)");
  parser.Text("--stack-size", "BYTES", &stack_size,
              "stack for wasm code, 64K to 1G (default: 8M; with --low-memory 256K)");
  parser.Text("--hot", "N", &hot,
              "calls until a function is compiled (default: 10); 100 loop iterations count as a "
              "call, large functions wait longer");
  parser.Text("--hot-optimized", "N", &hot_optimized,
              "calls until a function is optimized (default: 1000), likewise");
  parser.Text("--compile-threads", "N", &compile_threads,
              "threads that optimize (default: one less than processors); 0: the thread that runs "
              "the function, which waits");
  parser.Text(
      "--relaxed-simd", "HOW", &relaxed_simd,
      "results of relaxed vector instructions: deterministic (default: the same everywhere), "
      "or fast (this processor's own)");
  parser.Flag("--precise-traps", &precise_traps,
              "optimized code keeps stores to memory in order with traps");
  parser.Text("--stress-seed", "N", &stress_seed, "what the coin of --tier stress begins with");
  parser.Text(
      "--perf", "map|jitdump", &perf,
      "tell perf of compiled code: map writes the names of functions to /tmp/perf-PID.map, "
      "for perf report; jitdump writes the code, too, to jit-PID.dump, for perf inject --jit "
      "(perf record needs -k mono)");
  parser.Flag(
      "--feedback", &feedback,
      "the baseline tier's code counts calls, loops, branches and callees for the optimizing "
      "tier (default with --tier auto, where that is installed)");
  parser.Flag("--explicit-checks", &explicit_checks,
              "compare each memory address with the size instead of using guard pages and signals");
  parser.Flag("--lazy-validation", &lazy_validation,
              "validate a function when it is first called; an invalid one is a trap then");
  parser.Flag("--low-memory", &low_memory,
              "use as little memory as possible: small stacks, one validation thread, pages given "
              "back after loading");
}

absl::StatusOr<Engine> EngineOptions::CreateEngine(bool profiling) const {
  Config config;
  config.profiling = profiling;
  absl::Status status = SetCount("--threads", threads, config.validation_threads);
  if (status.ok()) status = SetCount("--hot", hot, config.hotness_threshold);
  if (status.ok()) {
    status = SetCount("--hot-optimized", hot_optimized, config.optimizing_threshold);
  }
  if (status.ok() && compile_threads) {
    uint32_t threads = 0;
    status = SetCount("--compile-threads", compile_threads, threads);
    config.compile_threads = threads;
  }
  if (status.ok() && tier) status = SetTier(*tier, config);
  if (status.ok() && tier_filter) status = SetTierFilter(*tier_filter, config);
  if (status.ok() && perf) status = SetPerf(*perf, config);
  if (status.ok() && relaxed_simd) status = SetRelaxedSimd(*relaxed_simd, config);
  for (const std::string& limit : limits) {
    if (status.ok()) status = AddLimit(limit, config);
  }
  if (!status.ok()) return status;
  if (stress_seed) {
    absl::StatusOr<uint64_t> seed = ParseCount("--stress-seed", *stress_seed);
    if (!seed.ok()) return seed.status();
    config.stress_seed = *seed;
  }
  if (stack_size) {
    absl::StatusOr<uint64_t> bytes = ParseBytes("--stack-size", *stack_size);
    if (!bytes.ok()) return bytes.status();
    config.stack_bytes = *bytes;
  }
  if (trace_tiers) config.trace_tiers = *trace_tiers;
  if (profile_in) config.profile_in = *profile_in;
  if (profile_out) config.profile_out = *profile_out;
  if (feedback) config.record_feedback = true;
  if (explicit_checks) config.memory_checks = MemoryChecks::kExplicit;
  config.precise_traps = precise_traps;
  config.lazy_validation = lazy_validation;
  config.low_memory = low_memory;
  return Engine::Create(config);
}

EngineOptions EngineOptions::ForTier(const std::string& name) const {
  EngineOptions options = *this;
  options.tier = name;
  if (name != ToString(TierMode::kAuto)) {
    options.profile_in.reset();
    options.profile_out.reset();
  }
  return options;
}

std::vector<std::string> EngineOptions::ProfileArguments() const {
  std::vector<std::string> arguments;
  if (profile_in) arguments.push_back(absl::StrCat("--profile-in=", *profile_in));
  if (profile_out) arguments.push_back(absl::StrCat("--profile-out=", *profile_out));
  return arguments;
}

int EngineOptions::WriteProfile(const char* command, const Engine& engine, int exit_code) const {
  if (!profile_out) return exit_code;
  const absl::Status status = engine.WriteProfile();
  if (status.ok()) return exit_code;
  PrintError(absl::StrCat(command, ": --profile-out: ", std::string(status.message())));
  return exit_code == kExitOk ? kExitOutput : exit_code;
}

}  // namespace wasmtier::cli
