#include "engine/cli/engine_options.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/cli/numbers.h"

namespace wasmtier::cli {
namespace {

constexpr TierMode kTierModes[] = {TierMode::kAuto, TierMode::kInterpreter, TierMode::kBaseline,
                                   TierMode::kOptimizing};

absl::Status SetTier(const std::string& name, Config& config) {
  for (TierMode mode : kTierModes) {
    if (name != ToString(mode)) continue;
    config.tier = mode;
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("--tier: unknown tier ", name, ": interpreter, baseline, optimizing or auto"));
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

void EngineOptions::AddRunningTo(OptionParser& parser) {
  parser.Text("--tier", "TIER", &tier,
              "interpreter, baseline, optimizing or auto (default: auto, all tiers that exist; "
              "today the interpreter)");
  parser.Text("--stack-size", "BYTES", &stack_size,
              "stack for wasm code, 64K to 1G (default: 8M; with --low-memory 256K)");
  parser.Text("--hot", "N", &hot,
              "calls or loop iterations until a function counts as hot (default: 1000)");
  parser.Flag("--explicit-checks", &explicit_checks,
              "compare each memory address with the size instead of using guard pages and signals");
  parser.Flag("--lazy-validation", &lazy_validation,
              "validate a function when it is first called; an invalid one is a trap then");
  parser.Flag("--low-memory", &low_memory,
              "use as little memory as possible: small stacks, one validation thread, pages given "
              "back after loading");
}

absl::StatusOr<Engine> EngineOptions::CreateEngine() const {
  Config config;
  absl::Status status = SetCount("--threads", threads, config.validation_threads);
  if (status.ok()) status = SetCount("--hot", hot, config.hotness_threshold);
  if (status.ok() && tier) status = SetTier(*tier, config);
  for (const std::string& limit : limits) {
    if (status.ok()) status = AddLimit(limit, config);
  }
  if (!status.ok()) return status;
  if (stack_size) {
    absl::StatusOr<uint64_t> bytes = ParseBytes("--stack-size", *stack_size);
    if (!bytes.ok()) return bytes.status();
    config.stack_bytes = *bytes;
  }
  if (explicit_checks) config.memory_checks = MemoryChecks::kExplicit;
  config.lazy_validation = lazy_validation;
  config.low_memory = low_memory;
  return Engine::Create(config);
}

}  // namespace wasmtier::cli
