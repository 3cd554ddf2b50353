// Modules some of whose functions stay in the interpreter while the others are machine code.
#ifndef WASMTIER_TEST_UNIT_TIERS_MIXED_TIERS_H_
#define WASMTIER_TEST_UNIT_TIERS_MIXED_TIERS_H_

#include <gtest/gtest.h>

#include <string>

#include "test/support/modes.h"
#include "test/support/world.h"

namespace wasmtier::test {

// The functions called "a", "b" and "c" stay in the interpreter if bit 0, 1 or 2 is set; all others
// are compiled when they are first called. 8: everything stays there.
inline Mode MixedMode(int interpreted) {
  Mode mode{.name = "", .description = "some functions stay in the interpreter", .config = {}};
  mode.config.tier = TierMode::kBaseline;
  if (interpreted == 8) {
    mode.config.tier = TierMode::kInterpreter;
    mode.name = "all_interpreted";
    return mode;
  }
  for (int i = 0; i < 3; ++i) {
    const bool is_interpreted = (interpreted >> i & 1) != 0;
    mode.name += is_interpreted ? 'i' : 'b';
    if (!is_interpreted) continue;
    if (!mode.config.tier_filter.empty()) mode.config.tier_filter += ',';
    mode.config.tier_filter += std::string("!") + static_cast<char>('a' + i);
  }
  return mode;
}

class MixedTiers : public testing::TestWithParam<int> {
 protected:
  Mode mode_ = MixedMode(GetParam());
};

#define IN_EVERY_MIX(Fixture)               \
  INSTANTIATE_TEST_SUITE_P(                 \
      Mix, Fixture, ::testing::Range(0, 9), \
      [](const ::testing::TestParamInfo<int>& info) { return MixedMode(info.param).name; })

}  // namespace wasmtier::test

#endif  // WASMTIER_TEST_UNIT_TIERS_MIXED_TIERS_H_
