// Modules, stores and engines that go while the optimizing tier is busy with them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "test/stress/program.h"
#include "wasmtier/wasmtier.h"

namespace wasmtier::test {
namespace {

class Unload : public testing::Test {
 protected:
  void SetUp() override {
    if (!OptimizerModule().ok()) GTEST_SKIP() << "built without the optimizing tier";
  }

  static Engine MakeEngine(uint32_t threads) {
    Config config;
    config.hotness_threshold = 2;
    config.optimizing_threshold = 2;
    config.compile_threads = threads;
    return Engine::Create(config).value();
  }

  // Runs a module in a store; both are gone when it returns.
  static void RunAndDrop(const Engine& engine, int salt, uint32_t turns) {
    const Module module = Module::FromVector(engine, CompileWat(LoopText(salt))).value();
    Store store = Store::Create(engine).value();
    Linker linker;
    const Instance instance = linker.Instantiate(store, module).value();
    const auto results = instance.GetFunc("run")->Call({Value(static_cast<int32_t>(turns))});
    ASSERT_TRUE(results.ok()) << results.status();
    EXPECT_EQ((*results)[0].u32(), LoopResult(salt, turns));
  }
};

TEST_F(Unload, OfModulesWhoseCodeIsBeingMade) {
  const Engine engine = MakeEngine(2);
  for (int salt = 0; salt < 60; ++salt) {
    RunAndDrop(engine, salt, salt % 3 == 0 ? 5000 : 50);
    if (salt % 10 == 9) engine.FinishCompiles();
  }
  // On a machine of few processors all may have gone before a compile thread looked. What stays is
  // compiled in the end: otherwise this does not end.
  const Module module = Module::FromVector(engine, CompileWat(LoopText(60))).value();
  Store store = Store::Create(engine).value();
  Linker linker;
  const Instance instance = linker.Instantiate(store, module).value();
  while (engine.statistics(Tier::kOptimizing).functions == 0) {
    const auto results = instance.GetFunc("run")->Call({Value(int32_t{5000})});
    ASSERT_TRUE(results.ok()) << results.status();
    EXPECT_EQ((*results)[0].u32(), LoopResult(60, 5000));
    engine.FinishCompiles();
  }
}

TEST_F(Unload, OfEnginesThatCompile) {
  for (int salt = 0; salt < 12; ++salt) {
    const Engine engine = MakeEngine(2);
    RunAndDrop(engine, salt, 50 << (salt % 8));
  }
}

TEST_F(Unload, OfAStoreWhileOthersRunTheModule) {
  const Engine engine = MakeEngine(2);
  const Module module = Module::FromVector(engine, CompileWat(LoopText(1))).value();
  const auto body = [&module, &engine] {
    for (int round = 0; round < 15; ++round) {
      Store store = Store::Create(engine).value();
      Linker linker;
      const Instance instance = linker.Instantiate(store, module).value();
      const auto results = instance.GetFunc("run")->Call({Value(int32_t{300})});
      ASSERT_TRUE(results.ok()) << results.status();
      EXPECT_EQ((*results)[0].u32(), LoopResult(1, 300));
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) threads.emplace_back(body);
  for (std::thread& thread : threads) thread.join();
  engine.FinishCompiles();
  body();
}

// What outlives its engine's handle: the store keeps the rest alive.
TEST_F(Unload, OfEverythingButTheStore) {
  std::optional<Store> store;
  std::optional<Instance> instance;
  {
    const Engine engine = MakeEngine(1);
    const Module module = Module::FromVector(engine, CompileWat(LoopText(9))).value();
    store.emplace(Store::Create(engine).value());
    instance.emplace(Linker().Instantiate(*store, module).value());
  }
  for (int i = 0; i < 20; ++i) {
    const auto results = instance->GetFunc("run")->Call({Value(int32_t{200})});
    ASSERT_TRUE(results.ok()) << results.status();
    EXPECT_EQ((*results)[0].u32(), LoopResult(9, 200));
  }
}

}  // namespace
}  // namespace wasmtier::test
