// Modules some of whose functions stay in the interpreter while the others are machine code.
#ifndef WASMTIER_TEST_UNIT_TIERS_MIXED_TIERS_H_
#define WASMTIER_TEST_UNIT_TIERS_MIXED_TIERS_H_

#include <gtest/gtest.h>

#include <string>

#include "test/support/modes.h"
#include "test/support/world.h"
#include "wasmtier/engine.h"

namespace wasmtier::test {

// Mixes 0 to 7: the functions called "a", "b" and "c" stay in the interpreter if bit 0, 1 or 2 is
// set; all others are compiled by the baseline tier when they are first called. 8: everything stays
// there. 9 to 15: as 0 to 6, with the optimizing tier.
inline Mode MixedMode(int mix) {
  Mode mode{.name = "", .description = "some functions stay in the interpreter", .config = {}};
  if (mix == 8) {
    mode.config.tier = TierMode::kInterpreter;
    mode.name = "all_interpreted";
    return mode;
  }
  const bool is_optimizing = mix > 8;
  const int interpreted = is_optimizing ? mix - 9 : mix;
  mode.config.tier = is_optimizing ? TierMode::kOptimizing : TierMode::kBaseline;
  for (int i = 0; i < 3; ++i) {
    const bool is_interpreted = (interpreted >> i & 1) != 0;
    mode.name += is_interpreted ? 'i' : is_optimizing ? 'o' : 'b';
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

// Those of the optimizing tier where there is one.
inline int MixCount() { return OptimizerModule().ok() ? 16 : 9; }

#define IN_EVERY_MIX(Fixture)                        \
  INSTANTIATE_TEST_SUITE_P(                          \
      Mix, Fixture, ::testing::Range(0, MixCount()), \
      [](const ::testing::TestParamInfo<int>& info) { return MixedMode(info.param).name; })

}  // namespace wasmtier::test

#endif  // WASMTIER_TEST_UNIT_TIERS_MIXED_TIERS_H_
