// TierEvents: what the tiers did while a program got warm, read from the engine's timeline
// (Config::trace_tiers).
#ifndef WASMTIER_ENGINE_CLI_BENCH_TIER_EVENTS_H_
#define WASMTIER_ENGINE_CLI_BENCH_TIER_EVENTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace wasmtier::cli {

struct TierEvent {
  enum class Kind : uint8_t { kCode, kPublished, kDropped, kFailed, kLoopEntry };
  Kind kind = Kind::kCode;
  std::string tier =
      {};  // "interpreter", "baseline", "optimizing"; of a loop entry: the one it left
  std::string name = {};  // of the function
  uint32_t function = 0;
  std::optional<uint32_t> loop = std::nullopt;  // where the code begins at one
  std::string pipeline = {};                    // of optimized code: "quick" or "full"
  uint64_t bytes = 0;                           // of code
  double begin = 0;                             // seconds
  double end = 0;                               // the same as `begin` where it took no time
};

// "code", "published", "dropped", "failed", "loop entry"
const char* ToString(TierEvent::Kind kind);

struct TierEvents {
  std::vector<TierEvent> all;
  // Compiles in the background that wait or run at the end.
  uint64_t unfinished = 0;
};

// `trace` is Chrome trace JSON as far as it has been written. Stubs are left out. DataLoss: it is
// something else.
absl::StatusOr<TierEvents> ParseTierEvents(std::string_view trace);

}  // namespace wasmtier::cli

#endif  // WASMTIER_ENGINE_CLI_BENCH_TIER_EVENTS_H_
