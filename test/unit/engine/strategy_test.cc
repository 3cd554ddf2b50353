#include "engine/policy/strategy.h"

#include <thread>

#include "engine/policy/countdown.h"
#include "profiler/code_counter.h"
#include "runtime/activation.h"
#include "runtime/module_code.h"
#include "test/unit/engine/api_fixture.h"
#include "tiers/baseline/baseline.h"

namespace wasmtier::test {
namespace {

using engine::CountdownOf;
using engine::MakeStrategy;
using engine::Strategy;
using runtime::HotReason;
using runtime::kCallHotness;

constexpr uint8_t kEmptyBody[] = {0x00, 0x0b};  // no locals; end

class OwnedBytes : public runtime::ModuleBytes {
 public:
  OwnedBytes() { bytes_ = kEmptyBody; }
};

// A module of functions without parameters, results and instructions.
std::shared_ptr<runtime::Module> EmptyFunctions(uint32_t count) {
  auto module = std::make_shared<runtime::Module>();
  module->source = std::make_shared<OwnedBytes>();
  module->bytes = module->source->bytes();
  module->types.emplace_back();
  module->canonical_types = {0};
  module->function_types.assign(count, 0);
  module->bodies.assign(count, {0, sizeof(kEmptyBody)});
  return module;
}

class StrategyTest : public testing::Test {
 protected:
  std::unique_ptr<Strategy> Make(TierMode mode, Strategy::Options options = {}) {
    options.listener = &counter_;
    return MakeStrategy(mode, options).value();
  }
  std::unique_ptr<runtime::ModuleCode> Code(Strategy& strategy, uint32_t functions = 4) {
    return std::make_unique<runtime::ModuleCode>(EmptyFunctions(functions),
                                                 runtime::MemoryStrategy::kChecked, strategy);
  }
  uint64_t compiled() const { return counter_.counts(runtime::Tier::kBaseline).functions; }

  profiler::CodeCounter counter_;
};

TEST(CountdownTest, EndsAtTheCallThatIsNamed) {
  const int32_t countdown = CountdownOf(10, 100);
  EXPECT_GE(countdown - 9 * kCallHotness, 0);
  EXPECT_LT(countdown - 10 * kCallHotness, 0);
  EXPECT_GE(CountdownOf(1, 0), 0);
}

TEST(CountdownTest, GrowsWithLargeBodiesUpToALimit) {
  EXPECT_EQ(CountdownOf(10, engine::kBodyBytesUnit), CountdownOf(10, 1));
  EXPECT_GT(CountdownOf(10, 10 * engine::kBodyBytesUnit), CountdownOf(10, 1));
  EXPECT_EQ(CountdownOf(10, 1 << 20), CountdownOf(10, 2 << 20));
  EXPECT_EQ(CountdownOf(INT32_MAX, 1 << 20), INT32_MAX);
}

TEST_F(StrategyTest, InterpreterOnlyCountsWhatIsHot) {
  const auto strategy = Make(TierMode::kInterpreter, {.hotness_threshold = 50});
  EXPECT_EQ(strategy->FirstCountdown(10), CountdownOf(50, 10));
  EXPECT_NE(strategy->HostEntry(), nullptr);
  EXPECT_EQ(&strategy->listener(), &counter_);
  EXPECT_EQ(strategy->code_space(), nullptr);
  const auto code = Code(*strategy);
  EXPECT_FALSE(strategy->CompileAtFirstCall(*code, 0));
  EXPECT_EQ(strategy->hot_events(), 0u);
  EXPECT_EQ(strategy->OnHot(*code, 0, HotReason::kCalls), INT32_MAX);
  EXPECT_EQ(strategy->hot_events(), 1u);
  EXPECT_FALSE(strategy->Disassemble(*code, 0).ok());
}

TEST_F(StrategyTest, AutoCompilesWhatIsHotOnce) {
  const auto strategy = Make(TierMode::kAuto);
  const auto code = Code(*strategy);
  EXPECT_FALSE(strategy->CompileAtFirstCall(*code, 0));
  EXPECT_EQ(strategy->code_space()->load(), nullptr) << "nothing is paid before something is hot";
  EXPECT_GT(strategy->OnHot(*code, 0, HotReason::kCalls), 0);
  EXPECT_NE(code->FindCompiled(0), nullptr);
  EXPECT_EQ(code->FindCompiled(1), nullptr);
  EXPECT_NE(strategy->code_space()->load(), nullptr);
  strategy->OnHot(*code, 0, HotReason::kLoop);
  EXPECT_EQ(compiled(), 1u);
  EXPECT_EQ(strategy->hot_events(), 2u);
  EXPECT_EQ(strategy->FindOsrEntry(*code, 0, 0), nullptr) << "it has no loop";
  EXPECT_EQ(strategy->FindOsrEntry(*code, 1, 0), nullptr);
}

TEST_F(StrategyTest, AutoLeavesCalleesOfMachineCodeInTheInterpreter) {
  const auto strategy = Make(TierMode::kAuto);
  const auto code = Code(*strategy);
  const void* const stub = strategy->ResolveCall(*code, 2);
  EXPECT_NE(stub, nullptr);
  EXPECT_EQ(code->entries()[2].load(), stub) << "later calls do not ask";
  EXPECT_EQ(compiled(), 0u);
  strategy->OnHot(*code, 2, HotReason::kCalls);
  EXPECT_EQ(code->entries()[2].load(), code->FindCompiled(2)->begin);
  EXPECT_EQ(strategy->ResolveCall(*code, 2), code->FindCompiled(2)->begin);
  EXPECT_EQ(code->entries()[2].load(), code->FindCompiled(2)->begin);
}

TEST_F(StrategyTest, BaselineOnlyCompilesAtTheFirstCall) {
  const auto strategy = Make(TierMode::kBaseline);
  const auto code = Code(*strategy);
  EXPECT_TRUE(strategy->CompileAtFirstCall(*code, 0));
  EXPECT_NE(code->FindCompiled(0), nullptr);
  EXPECT_EQ(strategy->ResolveCall(*code, 1), code->FindCompiled(1)->begin);
  EXPECT_EQ(code->entries()[1].load(), code->FindCompiled(1)->begin);
  EXPECT_EQ(compiled(), 2u);
  EXPECT_EQ(counter_.counts(runtime::Tier::kBaseline).wasm_bytes, 2 * sizeof(kEmptyBody));
}

TEST_F(StrategyTest, FilterKeepsFunctionsInTheInterpreter) {
  for (TierMode mode : {TierMode::kAuto, TierMode::kBaseline, TierMode::kStress}) {
    const auto strategy = Make(mode, {.filter = engine::TierFilter::Parse("1-2,!2").value()});
    const auto code = Code(*strategy);
    for (uint32_t function = 0; function < 4; ++function) {
      for (int i = 0; i < 50; ++i) {
        strategy->CompileAtFirstCall(*code, function);
        strategy->OnHot(*code, function, HotReason::kLoop);
        EXPECT_NE(strategy->ResolveCall(*code, function), nullptr);
      }
      EXPECT_EQ(code->FindCompiled(function) != nullptr, function == 1) << ToString(mode);
    }
    EXPECT_EQ(strategy->refused_functions(), 0u);
  }
}

TEST_F(StrategyTest, RefusedFunctionsAreNotTriedAgain) {
  const auto strategy = Make(TierMode::kBaseline);
  const auto module = EmptyFunctions(2);
  module->bodies[1].size = baseline::kMaxBodyBytes + 1;
  runtime::ModuleCode code(module, runtime::MemoryStrategy::kChecked, *strategy);
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(strategy->CompileAtFirstCall(code, 1));
    EXPECT_EQ(strategy->OnHot(code, 1, HotReason::kCalls), INT32_MAX);
    EXPECT_NE(strategy->ResolveCall(code, 1), nullptr) << "it runs in the interpreter";
  }
  EXPECT_EQ(strategy->refused_functions(), 1u);
  EXPECT_EQ(compiled(), 0u);
}

TEST_F(StrategyTest, FunctionsThatOnlyMachineCodeCanRunPassTheFilter) {
  const auto strategy = Make(TierMode::kAuto, {.filter = engine::TierFilter::Parse("!0").value()});
  const auto code = Code(*strategy);
  EXPECT_TRUE(strategy->CompileInstead(*code, 0));
  EXPECT_NE(code->FindCompiled(0), nullptr);
}

TEST_F(StrategyTest, InvalidFunctionsStayWhereTheyTrap) {
  const auto strategy = Make(TierMode::kBaseline, {.lazy_validation = true});
  const auto module = EmptyFunctions(1);
  module->bodies[0] = {1, 1};  // its "locals" are the end opcode
  runtime::ModuleCode code(module, runtime::MemoryStrategy::kChecked, *strategy);
  EXPECT_FALSE(strategy->CompileAtFirstCall(code, 0));
}

// What the coin says at each of many calls of a function.
std::vector<bool> Tosses(Strategy& strategy, runtime::ModuleCode& code) {
  std::vector<bool> tosses;
  for (int i = 0; i < 64; ++i) tosses.push_back(strategy.CompileAtFirstCall(code, 0));
  return tosses;
}

TEST_F(StrategyTest, StressTossesACoinAtEveryCall) {
  const auto strategy = Make(TierMode::kStress, {.stress_seed = 1});
  EXPECT_TRUE(strategy->AskAtEveryCall());
  EXPECT_EQ(strategy->FirstCountdown(1 << 20), 0);
  const auto code = Code(*strategy);
  EXPECT_EQ(strategy->OnHot(*code, 0, HotReason::kCalls), 0);
  const std::vector<bool> tosses = Tosses(*strategy, *code);
  EXPECT_THAT(tosses, testing::Contains(true));
  EXPECT_THAT(tosses, testing::Contains(false));
  EXPECT_EQ(compiled(), 1u);
  int to_machine_code = 0;
  for (int i = 0; i < 64; ++i) {
    if (strategy->ResolveCall(*code, 0) == code->FindCompiled(0)->begin) ++to_machine_code;
  }
  EXPECT_GT(to_machine_code, 0);
  EXPECT_LT(to_machine_code, 64);
  EXPECT_EQ(code->entries()[0].load(), reinterpret_cast<void*>(&runtime::wasmtier_first_call))
      << "the next call asks again";
}

TEST_F(StrategyTest, StressRepeatsItselfWithItsSeedInEveryThread) {
  const auto tosses_of = [this](uint64_t seed) {
    const auto strategy = Make(TierMode::kStress, {.stress_seed = seed});
    const auto code = Code(*strategy);
    const std::vector<bool> tosses = Tosses(*strategy, *code);
    std::vector<bool> of_another_thread;
    std::thread([&] { of_another_thread = Tosses(*strategy, *code); }).join();
    EXPECT_EQ(tosses, of_another_thread);
    return tosses;
  };
  EXPECT_EQ(tosses_of(7), tosses_of(7));
  EXPECT_NE(tosses_of(7), tosses_of(8));
}

TEST_F(StrategyTest, ThreadsCompileAFunctionOnce) {
  const auto strategy = Make(TierMode::kBaseline);
  const auto code = Code(*strategy, 200);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (uint32_t function = 0; function < 200; ++function) {
        strategy->CompileAtFirstCall(*code, function);
        ASSERT_NE(strategy->ResolveCall(*code, function), nullptr);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(compiled(), 200u);
  for (uint32_t function = 0; function < 200; ++function) {
    EXPECT_EQ(code->entries()[function].load(), code->FindCompiled(function)->begin);
  }
}

TEST_F(StrategyTest, RefusesWhatDoesNotExist) {
  EXPECT_EQ(MakeStrategy(TierMode::kOptimizing, {.listener = &counter_}).status().code(),
            absl::StatusCode::kUnimplemented);
}

}  // namespace
}  // namespace wasmtier::test
