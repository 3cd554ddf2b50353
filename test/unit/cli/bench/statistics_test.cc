#include "engine/cli/bench/statistics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wasmtier::cli {
namespace {

using ::testing::DoubleEq;
using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(StatisticsTest, SpreadOfAnOddAndAnEvenNumber) {
  const Spread odd = SpreadOf({5, 1, 9});
  EXPECT_EQ(odd.median, 5);
  EXPECT_EQ(odd.min, 1);
  EXPECT_EQ(odd.max, 9);
  EXPECT_EQ(SpreadOf({4, 1, 2, 9}).median, 3);
  EXPECT_EQ(SpreadOf({7}).median, 7);
}

TEST(StatisticsTest, OneDisturbedRoundDoesNotMoveTheMedian) {
  EXPECT_EQ(SpreadOf({1, 1, 1, 1, 100}).median, 1);
}

TEST(StatisticsTest, RatiosAreMadeRoundByRound) {
  // The third round was disturbed for both.
  EXPECT_THAT(RoundRatios({2, 4, 30}, {1, 2, 10}),
              ElementsAre(DoubleEq(2), DoubleEq(2), DoubleEq(3)));
  EXPECT_THAT(RoundRatios({2, 4}, {1}), ElementsAre(DoubleEq(2)));
  EXPECT_THAT(RoundRatios({}, {1}), IsEmpty());
}

TEST(StatisticsTest, NothingIsDividedByZero) {
  EXPECT_THAT(RoundRatios({0, 1}, {0, 0}), ElementsAre(DoubleEq(1), DoubleEq(1e6)));
}

TEST(StatisticsTest, GeometricMean) {
  EXPECT_THAT(GeometricMean({1, 4}), DoubleNear(2, 1e-12));
  EXPECT_THAT(GeometricMean({0.5, 2, 8}), DoubleNear(2, 1e-12));
}

}  // namespace
}  // namespace wasmtier::cli
