// TierFilter: which functions may leave the interpreter; to find the one that a tier miscompiles.
#ifndef WASMTIER_ENGINE_POLICY_TIER_FILTER_H_
#define WASMTIER_ENGINE_POLICY_TIER_FILTER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/model/module.h"

namespace wasmtier::engine {

// A list of functions: "12,40-60,main,parse_*,!13". Immutable; the default lets all pass.
class TierFilter {
 public:
  TierFilter() = default;

  // Items are separated by commas: an index, a range of indices, a name (from the name section, or
  // an export's) in which * stands for any characters; with ! before it, an item excludes instead.
  // A function passes if an item includes it, or none includes anything, and no item excludes it.
  // After a backslash any character is part of a name. Empty: all pass. InvalidArgument says which
  // item is wrong.
  static absl::StatusOr<TierFilter> Parse(std::string_view text);

  bool Passes(const runtime::Module& module, uint32_t function) const;

 private:
  struct Item {
    bool excludes = false;
    bool is_name = false;
    uint32_t first = 0;  // of indices
    uint32_t last = 0;
    std::vector<std::string> pieces;  // of a name: what stands between the asterisks
  };
  static absl::StatusOr<Item> ParseItem(std::string_view text);
  static bool Matches(const Item& item, const runtime::Module& module, uint32_t function);

  std::vector<Item> items_;
  bool includes_ = false;  // an item does
};

}  // namespace wasmtier::engine

#endif  // WASMTIER_ENGINE_POLICY_TIER_FILTER_H_
