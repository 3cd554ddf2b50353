#include "engine/policy/strategy.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/policy/auto.h"
#include "engine/policy/baseline_only.h"
#include "engine/policy/interpreter_only.h"
#include "engine/policy/optimizing_only.h"
#include "engine/policy/stress.h"
#include "runtime/module_code.h"
#include "tiers/decode/validate.h"
#include "tiers/interpreter/interpreter.h"

namespace wasmtier::engine {

Strategy::Strategy(const Options& options) : options_(options) {
  // Once a process: the fault sites of the handlers are the same for all engines.
  static const bool initialized = (interpreter::Initialize(), true);
  (void)initialized;
}

runtime::EntryPoint Strategy::HostEntry() { return &interpreter::Enter; }

int32_t Strategy::FirstInstruction() { return interpreter::TranslateInstruction(); }

int32_t Strategy::CompiledInstruction() { return interpreter::CompiledInstruction(); }

std::string Strategy::ValidateLazily(const runtime::ModuleCode& code, uint32_t function) {
  if (!options_.lazy_validation) return "";
  absl::StatusOr<decode::BodySummary> body =
      decode::ValidateFunction(code.module(), function, options_.limits);
  if (!body.ok()) return std::string(body.status().message());
  const runtime::FeatureSet missing = body->features.Without(runtime::FeatureSet::Executable());
  if (missing.empty()) return "";
  return absl::StrCat("needs feature ",
                      absl::StrJoin(missing.List(), ", ", [](std::string* out, auto feature) {
                        *out += runtime::ToString(feature);
                      }));
}

absl::StatusOr<std::string> Strategy::Disassemble(runtime::ModuleCode&, uint32_t) {
  return absl::FailedPreconditionError("the engine makes no machine code (Config::tier)");
}

absl::StatusOr<std::string> Strategy::Dump(runtime::ModuleCode&, uint32_t, optimizing::DumpKind) {
  return absl::FailedPreconditionError("the engine does not optimize (Config::tier)");
}

absl::StatusOr<std::vector<optimizing::LoopReport>> Strategy::DescribeLoops(runtime::ModuleCode&,
                                                                            uint32_t) {
  return absl::FailedPreconditionError("the engine does not optimize (Config::tier)");
}

absl::StatusOr<std::unique_ptr<Strategy>> MakeStrategy(TierMode mode,
                                                       const Strategy::Options& options) {
  switch (mode) {
    case TierMode::kAuto:
      return std::make_unique<Auto>(options);
    case TierMode::kInterpreter:
      return std::make_unique<InterpreterOnly>(options);
    case TierMode::kBaseline:
      return std::make_unique<BaselineOnly>(options);
    case TierMode::kStress:
      return std::make_unique<Stress>(options);
    case TierMode::kOptimizing:
      if (!options.make_optimizer) break;
      return std::make_unique<OptimizingOnly>(options);
  }
  return absl::UnimplementedError(absl::StrCat("there is no tier ", ToString(mode)));
}

}  // namespace wasmtier::engine
