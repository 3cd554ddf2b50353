#include "engine/cli/bench/warm_up_curve.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wasmtier::cli {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Runs one after the other that take so many milliseconds, from 2 ms on.
WarmUpCurve CurveOf(const std::vector<double>& milliseconds) {
  WarmUpCurve curve{.loaded = 0.002};
  double now = curve.loaded;
  for (const double duration : milliseconds) {
    curve.runs.push_back({.begin = now, .end = now + duration / 1e3, .cpu = duration / 1e3});
    now = curve.runs.back().end;
  }
  return curve;
}

auto Near(double value) { return DoubleNear(value, 1e-9); }

TEST(WarmUpCurveTest, ALongRunIsSpreadOverItsTime) {
  // 2 ms of loading, 32 ms of one run; the last window is not complete.
  EXPECT_THAT(CurveOf({32}).WorkPerWindow(),
              ElementsAre(Near(8.0 / 32), Near(10.0 / 32), Near(10.0 / 32)));
}

TEST(WarmUpCurveTest, ShortRunsAreCounted) {
  // 4, 4, 4, 4, 2, 2 ms: from 2 to 22 ms.
  EXPECT_THAT(CurveOf({4, 4, 4, 4, 2, 2}).WorkPerWindow(), ElementsAre(Near(2), Near(3)));
}

TEST(WarmUpCurveTest, LessThanAWindowIsNoCurve) {
  EXPECT_THAT(CurveOf({}).WorkPerWindow(), IsEmpty());
  EXPECT_THAT(CurveOf({5}).WorkPerWindow(), IsEmpty());
}

TEST(WarmUpCurveTest, PausesAreTimesWithoutWork) {
  WarmUpCurve curve;
  curve.runs = {{.begin = 0, .end = 0.005}, {.begin = 0.02, .end = 0.03}};
  EXPECT_THAT(curve.WorkPerWindow(), ElementsAre(Near(1), Near(0), Near(1)));
}

TEST(WarmUpCurveTest, TimeToPeakIsTheBeginOfTheFirstFastRun) {
  EXPECT_THAT(*CurveOf({90, 40, 10.5, 10, 10, 10, 10}).TimeToPeak(0.010), Near(0.132));
  EXPECT_THAT(*CurveOf({10}).TimeToPeak(0.010), Near(0.002));
}

TEST(WarmUpCurveTest, OneFastRunIsNotThePeak) {
  EXPECT_THAT(*CurveOf({90, 10, 40, 40, 40, 40, 10, 10, 10}).TimeToPeak(0.010), Near(0.262));
}

TEST(WarmUpCurveTest, OneSlowRunDoesNotUndoThePeak) {
  EXPECT_THAT(*CurveOf({90, 10, 10, 40, 10, 10, 10}).TimeToPeak(0.010), Near(0.092));
}

TEST(WarmUpCurveTest, ACompleteCurveIsItsOwnMeasure) {
  // The processor was faster afterwards.
  WarmUpCurve curve = CurveOf({90, 40, 15, 15, 15, 15, 15, 90});
  EXPECT_EQ(curve.TimeToPeak(0.010), std::nullopt);
  curve.is_complete = true;
  EXPECT_THAT(*curve.TimeToPeak(0.010), Near(0.132));
  curve = CurveOf({});
  curve.is_complete = true;
  EXPECT_EQ(curve.TimeToPeak(0.010), std::nullopt);
}

TEST(WarmUpCurveTest, APeakThatIsNotReached) {
  EXPECT_EQ(CurveOf({90, 40, 20}).TimeToPeak(0.010), std::nullopt);
  EXPECT_EQ(CurveOf({}).TimeToPeak(0.010), std::nullopt);
}

}  // namespace
}  // namespace wasmtier::cli
