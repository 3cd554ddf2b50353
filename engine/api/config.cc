#include "wasmtier/config.h"

#include "engine/policy/tier_filter.h"
#include "runtime/model/limits.h"

namespace wasmtier {

const char* ToString(TierMode mode) {
  switch (mode) {
    case TierMode::kAuto:
      return "auto";
    case TierMode::kInterpreter:
      return "interpreter";
    case TierMode::kBaseline:
      return "baseline";
    case TierMode::kOptimizing:
      return "optimizing";
    case TierMode::kStress:
      return "stress";
  }
  return "unknown";
}

absl::Status CheckTierFilter(std::string_view filter) {
  return engine::TierFilter::Parse(filter).status();
}

std::span<const ModuleLimit> ModuleLimitList() {
  static constexpr ModuleLimit kLimits[] = {
#define MODULE_LIMIT(name, value, what) {#name, value, what},
#include "runtime/model/limits.def"
#undef MODULE_LIMIT
  };
  return kLimits;
}

}  // namespace wasmtier
