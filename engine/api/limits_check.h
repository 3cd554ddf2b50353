// Limits that an embedder gives for a new memory or table.
#ifndef WASMTIER_ENGINE_API_LIMITS_CHECK_H_
#define WASMTIER_ENGINE_API_LIMITS_CHECK_H_

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "wasmtier/types.h"

namespace wasmtier::internal {

// InvalidArgument unless minimum <= maximum <= most.
inline absl::Status CheckLimits(const char* what, const Limits& limits, uint64_t most) {
  if (limits.minimum > most || limits.maximum.value_or(0) > most) {
    return absl::InvalidArgumentError(absl::StrCat(what, ": size must be at most ", most));
  }
  if (limits.minimum > limits.maximum.value_or(most)) {
    return absl::InvalidArgumentError(
        absl::StrCat(what, ": size minimum must not be greater than maximum"));
  }
  return absl::OkStatus();
}

}  // namespace wasmtier::internal

#endif  // WASMTIER_ENGINE_API_LIMITS_CHECK_H_
