#include "engine/policy/strategy.h"

#include "profiler/code_counter.h"
#include "runtime/module_code.h"
#include "test/unit/engine/api_fixture.h"

namespace wasmtier::test {
namespace {

using engine::MakeStrategy;
using engine::Strategy;

class StrategyTest : public testing::Test {
 protected:
  Strategy::Options Options() { return {.hotness_threshold = 50, .listener = &counter_}; }
  profiler::CodeCounter counter_;
};

TEST_F(StrategyTest, CountsDownFromTheThresholdOnce) {
  const auto strategy = MakeStrategy(TierMode::kInterpreter, Options()).value();
  EXPECT_EQ(strategy->FirstCountdown(10), 50);
  EXPECT_EQ(strategy->FirstCountdown(1'000'000), 50);
  const auto module = std::make_shared<runtime::Module>();
  runtime::ModuleCode code(module, runtime::MemoryStrategy::kChecked, *strategy);
  EXPECT_EQ(strategy->hot_events(), 0u);
  EXPECT_EQ(strategy->OnHot(code, 0, runtime::HotReason::kCalls), INT32_MAX);
  EXPECT_EQ(strategy->hot_events(), 1u);
}

TEST_F(StrategyTest, StartsInTheInterpreter) {
  const auto strategy = MakeStrategy(TierMode::kAuto, Options()).value();
  EXPECT_NE(strategy->FirstEntryPoint(), nullptr);
  EXPECT_EQ(&strategy->listener(), &counter_);
}

TEST_F(StrategyTest, RefusesWhatDoesNotExist) {
  EXPECT_EQ(MakeStrategy(TierMode::kBaseline, Options()).status().code(),
            absl::StatusCode::kUnimplemented);
}

}  // namespace
}  // namespace wasmtier::test
