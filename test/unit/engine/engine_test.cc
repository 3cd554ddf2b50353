#include "wasmtier/engine.h"

#include "test/unit/engine/api_fixture.h"

namespace wasmtier::test {
namespace {

using testing::HasSubstr;

TEST(EngineTest, CopiesShareOneEngine) {
  Config config;
  config.hotness_threshold = 7;
  Engine engine = Engine::Create(config).value();
  const Engine copy = engine;
  engine = Engine::Create().value();
  EXPECT_EQ(copy.config().hotness_threshold, 7u);
}

TEST(EngineTest, OptimizingModeNeedsTheTier) {
  setenv("WASMTIER_OPTIMIZER", "", 1);
  Config config;
  config.tier = TierMode::kOptimizing;
  EXPECT_THAT(Engine::Create(config),
              Fails(absl::StatusCode::kNotFound, HasSubstr("switched off")));
  EXPECT_THAT(Engine::Create(), IsOk());
  unsetenv("WASMTIER_OPTIMIZER");
}

TEST(EngineTest, NamesValuesOutOfRange) {
  Config config;
  config.hotness_threshold = 0;
  EXPECT_THAT(Engine::Create(config),
              Fails(absl::StatusCode::kInvalidArgument, HasSubstr("hotness_threshold is 0")));
  config = Config();
  config.stack_bytes = 1;
  EXPECT_THAT(Engine::Create(config),
              Fails(absl::StatusCode::kInvalidArgument,
                    "config: stack_bytes is 1, it must lie between 65536 and 1073741824"));
  config = Config();
  config.validation_threads = 1000;
  EXPECT_THAT(Engine::Create(config),
              Fails(absl::StatusCode::kInvalidArgument, HasSubstr("validation_threads is 1000")));
  config = Config();
  config.module_limits = {{"wishes", 3}};
  EXPECT_THAT(Engine::Create(config), Fails(absl::StatusCode::kInvalidArgument,
                                            "config: no module limit is called wishes"));
}

TEST(EngineTest, AppliesModuleLimits) {
  Config config;
  config.module_limits = {{"functions", 1}};
  const Engine engine = Engine::Create(config).value();
  EXPECT_THAT(Module::FromVector(engine, CompileWat("(module (func))")), IsOk());
  EXPECT_FALSE(Module::FromVector(engine, CompileWat("(module (func) (func))")).ok());
}

TEST(EngineTest, ListsEveryLimitOnce) {
  std::vector<std::string> names;
  for (const ModuleLimit& limit : ModuleLimitList()) {
    names.emplace_back(limit.name);
    EXPECT_GT(limit.default_value, 0u) << limit.name;
    Config config;
    config.module_limits = {{limit.name, limit.default_value}};
    EXPECT_THAT(Engine::Create(config), IsOk()) << limit.name;
  }
  EXPECT_THAT(names, testing::Contains("functions"));
  EXPECT_THAT(names, testing::Contains("locals"));
}

class HotCode : public ApiTest {
 protected:
  static Config MakeConfig() {
    Config config;
    config.tier = TierMode::kInterpreter;
    config.hotness_threshold = 10;
    return config;
  }
  HotCode() : ApiTest(MakeConfig()) {}
};

TEST_F(HotCode, IsCountedOnce) {
  const Instance instance = Instantiate("(module (func (export \"f\")) (func (export \"g\")))");
  const auto f = instance.GetTypedFunc<void()>("f").value();
  EXPECT_EQ(engine_.statistics(Tier::kInterpreter).functions, 0u);
  for (int i = 0; i < 5; ++i) ASSERT_THAT(f(), IsOk());
  EXPECT_EQ(engine_.hot_events(), 0u);
  for (int i = 0; i < 100; ++i) ASSERT_THAT(f(), IsOk());
  EXPECT_EQ(engine_.hot_events(), 1u);
  const CodeStatistics code = engine_.statistics(Tier::kInterpreter);
  EXPECT_EQ(code.functions, 1u) << "g never ran";
  EXPECT_GT(code.bytes, 0u);
}

TEST_F(HotCode, IncludesLoops) {
  const Instance instance = Instantiate(R"((module (func (export "f") (local i32)
      (loop (br_if 0 (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1)))
                               (i32.const 1000)))))))");
  ASSERT_THAT(instance.GetFunc("f").value().Call({}), IsOk());
  EXPECT_EQ(engine_.hot_events(), 1u);
}

}  // namespace
}  // namespace wasmtier::test
