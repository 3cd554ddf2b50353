// Code is freed with its module: making, running and dropping modules for ever takes no more
// memory.
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "test/stress/program.h"
#include "wasmtier/wasmtier.h"

namespace wasmtier::test {
namespace {

// A line of /proc/self/status, in bytes. Machine code is in shared pages (RssShmem).
uint64_t StatusBytes(const std::string& name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(name + ":")) return std::stoull(line.substr(name.size() + 1)) << 10;
  }
  return 0;
}

class CodeMemory : public testing::TestWithParam<TierMode> {};
INSTANTIATE_TEST_SUITE_P(Tiers, CodeMemory, testing::Values(TierMode::kBaseline, TierMode::kAuto),
                         [](const auto& info) { return ToString(info.param); });

TEST_P(CodeMemory, DoesNotGrowWithModulesThatAreGone) {
  Config config;
  config.tier = GetParam();
  config.hotness_threshold = 2;
  absl::StatusOr<Engine> engine = Engine::Create(config);
  ASSERT_TRUE(engine.ok()) << engine.status();
  const auto run = [&engine](int salt) {
    absl::StatusOr<Module> module = Module::FromVector(*engine, CompileWat(ProgramText(salt)));
    ASSERT_TRUE(module.ok()) << module.status();
    absl::StatusOr<Store> store = Store::Create(*engine);
    ASSERT_TRUE(store.ok());
    Linker linker;
    ASSERT_TRUE(
        linker.DefineFunction("env", "add", [](int32_t a, int32_t b) { return a + b; }).ok());
    absl::StatusOr<Instance> instance = linker.Instantiate(*store, *module);
    ASSERT_TRUE(instance.ok());
    for (int i = 0; i < 3; ++i) {
      absl::StatusOr<Func> function = instance->GetFunc("run");
      absl::StatusOr<std::vector<Value>> results = function->Call({Value(int32_t{500})});
      ASSERT_TRUE(results.ok());
      EXPECT_EQ((*results)[0].u32(), RunResult(500).bits);
    }
  };
  for (int salt = 0; salt < 20; ++salt) run(salt);
  const uint64_t code_before = StatusBytes("RssShmem");
  const uint64_t made_before = engine->statistics(Tier::kBaseline).bytes;
  constexpr int kModules = 150;
  for (int salt = 0; salt < kModules; ++salt) run(1000 + salt);
  const uint64_t made = engine->statistics(Tier::kBaseline).bytes - made_before;
  const uint64_t grown = StatusBytes("RssShmem") - code_before;
  EXPECT_GT(made, uint64_t{kModules} * 1000) << "machine code was made";
  // Nothing would be freed if it grew by what was made; room for chance is left.
  EXPECT_LT(static_cast<int64_t>(grown), static_cast<int64_t>(made / 10)) << "made " << made;
}

// The optimizing tier's code goes with its module too, and so does what LLVM needed to make it. At
// times the module goes while its code is being made.
TEST(OptimizedCodeMemory, DoesNotGrowWithModulesThatAreGone) {
  if (!OptimizerModule().ok()) GTEST_SKIP() << "built without the optimizing tier";
  Config config;
  config.hotness_threshold = 2;
  config.optimizing_threshold = 2;
  config.compile_threads = 1;
  const Engine engine = Engine::Create(config).value();
  const auto run = [&engine](int salt) {
    const Module module = Module::FromVector(engine, CompileWat(LoopText(salt))).value();
    Store store = Store::Create(engine).value();
    const Instance instance = Linker().Instantiate(store, module).value();
    const Func function = instance.GetFunc("run").value();
    for (int i = 0; i < 3; ++i) {
      const absl::StatusOr<std::vector<Value>> results = function.Call({Value(int32_t{300})});
      ASSERT_TRUE(results.ok()) << results.status();
      EXPECT_EQ((*results)[0].u32(), LoopResult(salt, 300));
      if (salt % 4 != 0) engine.FinishCompiles();
    }
  };
  // What is needed once: LLVM's tables, and heaps as large as they get.
  for (int salt = 0; salt < 50; ++salt) run(salt);
  engine.FinishCompiles();
  const uint64_t code_before = StatusBytes("RssShmem");
  const uint64_t heap_before = StatusBytes("RssAnon");
  const uint64_t made_before = engine.statistics(Tier::kOptimizing).bytes;
  const uint64_t functions_before = engine.statistics(Tier::kOptimizing).functions;
  constexpr int kModules = 200;
  for (int salt = 0; salt < kModules; ++salt) run(1000 + salt);
  engine.FinishCompiles();
  const uint64_t made = engine.statistics(Tier::kOptimizing).bytes - made_before;
  const uint64_t functions = engine.statistics(Tier::kOptimizing).functions - functions_before;
  EXPECT_GT(functions, uint64_t{kModules});
  EXPECT_LT(static_cast<int64_t>(StatusBytes("RssShmem") - code_before),
            static_cast<int64_t>(made / 2))
      << "made " << made;
#if !defined(__has_feature) || \
    !(__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
  // A compile takes megabytes: a few KiB of each that stayed would show. (Sanitizers keep what was
  // freed.)
  EXPECT_LT(static_cast<int64_t>(StatusBytes("RssAnon") - heap_before),
            static_cast<int64_t>(functions * 4 << 10))
      << functions << " functions";
#else
  (void)heap_before;
#endif
}

}  // namespace
}  // namespace wasmtier::test
