// Tiers as an embedder sees them: which code was made, and that it can be looked at.
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "test/unit/engine/api_fixture.h"

namespace wasmtier::test {
namespace {

using testing::HasSubstr;

constexpr char kProgram[] = R"((module $program
  (func $twice (export "twice") (param i32) (result i32)
    (i32.add (local.get 0) (local.get 0)))
  (func $four (export "four") (param i32) (result i32)
    (call $twice (call $twice (local.get 0))))
  (func $sum (export "sum") (param i32) (result i32) (local i32)
    (loop (local.set 1 (i32.add (local.get 1) (local.get 0)))
          (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
    (local.get 1))))";

// A world of its own for each configuration.
class Guest {
 public:
  explicit Guest(const Config& config)
      : engine(Engine::Create(config).value()),
        store(Store::Create(engine).value()),
        module(Module::FromVector(engine, CompileWat(kProgram)).value()),
        instance(Linker().Instantiate(store, module).value()) {}

  int32_t Call(std::string_view name, int32_t argument) {
    return instance.GetTypedFunc<int32_t(int32_t)>(name).value()(argument).value();
  }
  uint64_t compiled() const { return engine.statistics(Tier::kBaseline).functions; }
  uint64_t interpreted() const { return engine.statistics(Tier::kInterpreter).functions; }

  Engine engine;
  Store store;
  Module module;
  Instance instance;
};

Config In(TierMode tier) {
  Config config;
  config.tier = tier;
  return config;
}

TEST(TiersTest, InterpreterMakesNoMachineCode) {
  Guest guest(In(TierMode::kInterpreter));
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(guest.Call("four", 5), 20);
  EXPECT_EQ(guest.compiled(), 0u);
  EXPECT_EQ(guest.interpreted(), 2u);
}

TEST(TiersTest, BaselineCompilesWhatIsCalled) {
  Guest guest(In(TierMode::kBaseline));
  EXPECT_EQ(guest.compiled(), 0u);
  EXPECT_EQ(guest.Call("four", 5), 20);
  EXPECT_EQ(guest.compiled(), 2u);
  EXPECT_EQ(guest.interpreted(), 0u);
  const CodeStatistics code = guest.engine.statistics(Tier::kBaseline);
  EXPECT_GT(code.bytes, 0u);
  EXPECT_GT(code.nanoseconds, 0u);
  EXPECT_EQ(code.wasm_bytes,
            guest.module.function(0).body_bytes + guest.module.function(1).body_bytes);
}

TEST(TiersTest, AutoCompilesAtTheTenthCall) {
  Guest guest(In(TierMode::kAuto));
  for (int i = 0; i < 9; ++i) ASSERT_EQ(guest.Call("twice", 5), 10);
  EXPECT_EQ(guest.compiled(), 0u);
  for (int i = 0; i < 2; ++i) ASSERT_EQ(guest.Call("twice", 5), 10);
  EXPECT_EQ(guest.compiled(), 1u);
  EXPECT_EQ(guest.engine.hot_events(), 1u);
  for (int i = 0; i < 100; ++i) ASSERT_EQ(guest.Call("twice", i), 2 * i);
  EXPECT_EQ(guest.compiled(), 1u);
}

TEST(TiersTest, AutoLeavesALoopThatRuns) {
  Guest guest(In(TierMode::kAuto));
  EXPECT_EQ(guest.Call("sum", 10), 55);
  EXPECT_EQ(guest.compiled(), 0u);
  EXPECT_EQ(guest.Call("sum", 10000), 50005000);
  EXPECT_EQ(guest.compiled(), 1u);
  EXPECT_EQ(guest.engine.hot_events(), 1u) << "it went on in machine code";
}

TEST(TiersTest, StressGivesTheSameResults) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    Config config = In(TierMode::kStress);
    config.stress_seed = seed;
    Guest guest(config);
    for (int i = 0; i < 50; ++i) ASSERT_EQ(guest.Call("four", i), 4 * i) << seed;
    for (int i = 1; i < 20; ++i) ASSERT_EQ(guest.Call("sum", i), i * (i + 1) / 2) << seed;
    EXPECT_EQ(guest.compiled(), 3u);
  }
}

TEST(TiersTest, FilterTakesNames) {
  Config config = In(TierMode::kBaseline);
  config.tier_filter = "tw*";
  Guest guest(config);
  EXPECT_EQ(guest.Call("four", 5), 20);
  EXPECT_EQ(guest.compiled(), 1u);
  EXPECT_EQ(guest.interpreted(), 1u);
  config.tier_filter = "1,";
  EXPECT_THAT(Engine::Create(config), Fails(absl::StatusCode::kInvalidArgument,
                                            HasSubstr("config: tier_filter: \"\": an item is")));
}

TEST(TiersTest, RunsInTheInterpreterWithoutMemoryForCode) {
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  GTEST_SKIP() << "sanitizers need memory of their own";
#endif
  Guest guest(In(TierMode::kBaseline));
  // What is there may be used, but no more be had.
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_AS, &before), 0);
  rlimit none = before;
  none.rlim_cur = 0;
  ASSERT_EQ(setrlimit(RLIMIT_AS, &none), 0);
  const int32_t result = guest.Call("four", 5);
  const absl::Status status = guest.engine.machine_code_status();
  ASSERT_EQ(setrlimit(RLIMIT_AS, &before), 0);
  EXPECT_EQ(result, 20);
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(guest.compiled(), 0u);
  EXPECT_EQ(guest.engine.refused_functions(), 2u);
  EXPECT_EQ(guest.Call("sum", 4), 10) << "it is not tried again";
  EXPECT_EQ(guest.compiled(), 0u);
}

TEST(TiersTest, CodeDiesBeforeItsEngine) {
  const Engine engine = Engine::Create(In(TierMode::kBaseline)).value();
  for (int i = 0; i < 3; ++i) {
    Store store = Store::Create(engine).value();
    const Module module = Module::FromVector(engine, CompileWat(kProgram)).value();
    const Instance made = Linker().Instantiate(store, module).value();
    EXPECT_EQ(made.GetTypedFunc<int32_t(int32_t)>("four").value()(1).value(), 4);
  }
  EXPECT_EQ(engine.statistics(Tier::kBaseline).functions, 6u);
}

TEST(TiersTest, PerfMapNamesFunctionsAndStubs) {
  Config config = In(TierMode::kBaseline);
  config.perf = PerfSupport::kMap;
  const std::string path = absl::StrCat("/tmp/perf-", getpid(), ".map");
  {
    Guest guest(config);
    EXPECT_EQ(guest.Call("four", 5), 20);
  }
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  unlink(path.c_str());
  EXPECT_THAT(text.str(), HasSubstr(" program!twice [baseline]\n"));
  EXPECT_THAT(text.str(), HasSubstr(" program!four [baseline]\n"));
  EXPECT_THAT(text.str(), HasSubstr(" wasm-tier stub enter [i32] -> [i32]\n"));
  EXPECT_THAT(text.str(), HasSubstr(" wasm-tier stub trap Unreachable\n"));
}

TEST(TiersTest, DisassemblyShowsBothKindsOfInstructions) {
  Guest guest(In(TierMode::kBaseline));
  const absl::StatusOr<std::string> code = guest.module.Disassemble(0);
  ASSERT_THAT(code, IsOk());
  EXPECT_THAT(*code, HasSubstr("i32.add"));
  EXPECT_THAT(*code, HasSubstr("push rbp\n"));
  EXPECT_EQ(guest.compiled(), 0u) << "looking at it changes nothing";
  Guest interpreted(In(TierMode::kInterpreter));
  EXPECT_THAT(interpreted.module.Disassemble(0),
              Fails(absl::StatusCode::kFailedPrecondition, HasSubstr("makes no machine code")));
  const Module importing =
      Module::FromVector(guest.engine, CompileWat(R"((module (import "a" "b" (func))))")).value();
  EXPECT_THAT(importing.Disassemble(0),
              Fails(absl::StatusCode::kFailedPrecondition, HasSubstr("is imported")));
}

}  // namespace
}  // namespace wasmtier::test
