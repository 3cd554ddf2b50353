#include "engine/policy/strategy.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/module_code.h"
#include "tiers/decode/validate.h"

namespace wasmtier::engine {

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

absl::StatusOr<std::unique_ptr<Strategy>> MakeStrategy(TierMode mode,
                                                       const Strategy::Options& options) {
  switch (mode) {
    case TierMode::kAuto:
    case TierMode::kInterpreter:
      return std::make_unique<InterpreterOnly>(options);
    case TierMode::kBaseline:
    case TierMode::kOptimizing:
      break;
  }
  return absl::UnimplementedError(
      absl::StrCat("tier ", ToString(mode), " does not exist in this version"));
}

}  // namespace wasmtier::engine
