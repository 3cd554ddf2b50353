#include "wasmtier/store.h"

#include <thread>

#include "test/unit/engine/api_fixture.h"

namespace wasmtier::test {
namespace {

constexpr char kSum[] = R"((module (memory (export "m") 1)
    (func (export "sum") (param i32) (result i32) (local i32)
      (loop (local.set 1 (i32.add (local.get 1) (local.get 0)))
            (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
      (i32.store (i32.const 0) (local.get 1)) (i32.load (i32.const 0)))
    (func (export "deep") (param i32) (result i32)
      (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 0))
        (else (i32.add (i32.const 1) (call 1 (i32.sub (local.get 0) (i32.const 1)))))))
    (func (export "out") (result i32) (i32.load (i32.const 65536)))))";

using StoreTest = ApiTest;

TEST_F(StoreTest, MovesWithItsHandles) {
  const Instance instance = Instantiate(kSum);
  const Store moved = std::move(store_);
  EXPECT_EQ(instance.GetTypedFunc<int32_t(int32_t)>("sum").value()(10).value(), 55);
}

TEST_F(StoreTest, HoldsTheEmbeddersData) {
  EXPECT_EQ(store_.data(), nullptr);
  int data = 0;
  store_.set_data(&data);
  EXPECT_EQ(store_.data(), &data);
}

TEST_F(StoreTest, LimitsMemory) {
  store_ = Store::Create(engine_, {.memory_bytes = 2 * kPageBytes}).value();
  EXPECT_EQ(store_.limits().memory_bytes, 2 * kPageBytes);
  const Instance first = Instantiate("(module (memory (export \"m\") 1))");
  EXPECT_EQ(store_.memory_bytes(), kPageBytes);
  EXPECT_THAT(TryInstantiate("(module (memory 2))").status().code(),
              absl::StatusCode::kResourceExhausted);
  const Memory memory = first.GetMemory("m").value();
  EXPECT_EQ(memory.Grow(1).value(), 1u);
  EXPECT_FALSE(memory.Grow(1).ok());
}

TEST_F(StoreTest, LimitsInstancesAndTables) {
  store_ = Store::Create(engine_, {.table_elements = 10, .instances = 1}).value();
  EXPECT_THAT(TryInstantiate("(module (table 11 funcref))").status().code(),
              absl::StatusCode::kResourceExhausted);
  Instantiate("(module (table 10 funcref))");
  EXPECT_THAT(TryInstantiate("(module)").status().code(), absl::StatusCode::kResourceExhausted);
}

TEST_F(StoreTest, DefaultStackHolds65536SmallFrames) {
  const auto deep = Instantiate(kSum).GetTypedFunc<int32_t(int32_t)>("deep").value();
  EXPECT_EQ(deep(65536).value(), 65536);
  EXPECT_EQ(TrapOf(deep(100'000'000)), TrapCode::kCallStackExhausted);
  EXPECT_EQ(deep(1000).value(), 1000) << "usable after a trap";
}

TEST_F(StoreTest, EachThreadHasItsOwn) {
  const Module module = MakeModule(kSum);
  const auto work = [&](int32_t* result) {
    Store store = Store::Create(engine_).value();
    const Instance instance = linker_.Instantiate(store, module).value();
    const auto sum = instance.GetTypedFunc<int32_t(int32_t)>("sum").value();
    for (int i = 0; i < 100; ++i) *result = sum(1000).value();
    EXPECT_EQ(TrapOf(instance.GetFunc("out").value().Call({})), TrapCode::kMemoryOutOfBounds);
  };
  int32_t results[4] = {};
  std::vector<std::thread> threads;
  for (int32_t& result : results) threads.emplace_back(work, &result);
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(results, testing::Each(500500));
}

TEST_F(StoreTest, MovesBetweenThreads) {
  const Instance instance = Instantiate(kSum);
  std::thread([&] {
    EXPECT_EQ(instance.GetTypedFunc<int32_t(int32_t)>("sum").value()(10).value(), 55);
    EXPECT_EQ(TrapOf(instance.GetFunc("out").value().Call({})), TrapCode::kMemoryOutOfBounds);
  }).join();
  EXPECT_EQ(TrapOf(instance.GetFunc("out").value().Call({})), TrapCode::kMemoryOutOfBounds);
}

// Configurations that change how a store works, not what programs do.
class StoreInEachConfig : public testing::TestWithParam<int> {};

Config ConfigOf(int number) {
  Config config;
  if (number == 1) config.memory_checks = MemoryChecks::kExplicit;
  if (number == 2) config.low_memory = true;
  if (number == 3) config.lazy_validation = true;
  if (number == 4) config.stack_bytes = 64 << 10;
  return config;
}

TEST_P(StoreInEachConfig, RunsTheSame) {
  const Engine engine = Engine::Create(ConfigOf(GetParam())).value();
  const Module module = Module::FromVector(engine, CompileWat(kSum)).value();
  for (int i = 0; i < 3; ++i) {
    Store store = Store::Create(engine).value();
    const Instance instance = Linker().Instantiate(store, module).value();
    EXPECT_EQ(instance.GetTypedFunc<int32_t(int32_t)>("sum").value()(10).value(), 55);
    EXPECT_EQ(TrapOf(instance.GetFunc("out").value().Call({})), TrapCode::kMemoryOutOfBounds);
    const auto deep = instance.GetTypedFunc<int32_t(int32_t)>("deep").value();
    EXPECT_EQ(deep(500).value(), 500);
    EXPECT_EQ(TrapOf(deep(100'000'000)), TrapCode::kCallStackExhausted);
  }
}

INSTANTIATE_TEST_SUITE_P(Configs, StoreInEachConfig, testing::Range(0, 5));

}  // namespace
}  // namespace wasmtier::test
