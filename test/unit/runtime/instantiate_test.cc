#include "runtime/instantiate.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "test/unit/runtime/runtime_fixture.h"

namespace wasmtier::runtime {
namespace {

using InstantiateTest = RuntimeTest;

TEST_F(InstantiateTest, EmptyModule) {
  TestModule module;
  Instance& instance = MakeInstance(module);
  EXPECT_EQ(instance.context().memory->byte_size, 0u);
  EXPECT_EQ(instance.context().table->size, 0u);
  EXPECT_EQ(instance.context().memory_base, nullptr);
  EXPECT_EQ(&instance.store(), &store());
}

TEST_F(InstantiateTest, ImportsAreShared) {
  Memory* const memory = *store().NewMemory(MemoryOf(1), MemoryStrategy::kReserved);
  Table* const table = *store().NewTable(TableOf(2), 0);
  Global* const global = store().NewGlobal({kI32, true}, {{5, 0}});
  HostFunction* const function =
      store().NewHostFunction({}, [](VMContext*, uint64_t*) { return absl::OkStatus(); });
  TestModule module;
  const uint32_t type = module.Type({});
  module.ImportMemory(MemoryOf(1));
  module.ImportFunction(type);
  module.ImportGlobal({kI32, true});
  module.ImportTable(TableOf(1));
  module.Function(type);
  module.Global({kI32}, module.Expression({0x41, 6, 0x0b}));
  module.Elements(0, module.I32(0), {0, 1});
  module.Data(0, module.Expression({0x23, 0, 0x0b}), {9});
  Instance& instance = MakeInstance(module, {memory, &function->reference(), global, table});

  EXPECT_EQ(instance.context().memory_base, memory->base());
  EXPECT_EQ(instance.context().memory, &memory->view());
  EXPECT_EQ(instance.GetFunction(0), &function->reference());
  EXPECT_EQ(instance.context().globals[0], &global->cell);
  EXPECT_EQ(instance.context().globals[1]->slots[0], 6u);
  EXPECT_EQ(table->Get(0), reinterpret_cast<uint64_t>(&function->reference()));
  EXPECT_EQ(table->Get(1), reinterpret_cast<uint64_t>(instance.GetFunction(1)));
  EXPECT_EQ(memory->base()[5], 9);
}

TEST_F(InstantiateTest, ImportsMustMatch) {
  TestModule module;
  module.ImportGlobal({kI32});
  const auto missing = TryInstantiate(store(), module);
  EXPECT_TRUE(absl::IsInvalidArgument(missing.status())) << missing.status();
  const auto wrong = TryInstantiate(store(), module, {store().NewGlobal({kI64}, {})});
  EXPECT_TRUE(absl::IsFailedPrecondition(wrong.status())) << wrong.status();
  EXPECT_TRUE(store().instances().empty());
}

TEST_F(InstantiateTest, FeaturesThatNoTierExecutes) {
  TestModule module;
  module->features.Add(Feature::kMvp);
  module->features.Add(Feature::kGc);
  module->features.Add(Feature::kThreads);
  const auto result = TryInstantiate(store(), module);
  EXPECT_EQ(result.status(), absl::UnimplementedError("needs feature threads, gc"));
}

TEST_F(InstantiateTest, TablesAreInitialized) {
  TestModule module;
  module.Function(module.Type({}));
  module->tables.push_back({TableOf(3), module.Expression({0xd2, 0, 0x0b})});
  Instance& instance = MakeInstance(module);
  EXPECT_EQ(instance.table(0).Get(2), reinterpret_cast<uint64_t>(instance.GetFunction(0)));
}

TEST_F(InstantiateTest, ActiveSegmentsAreDropped) {
  TestModule module;
  module.Function(module.Type({}));
  module->memories.push_back(MemoryOf(1));
  module->tables.push_back({TableOf(4), std::nullopt});
  module.Data(0, module.I32(0), {1});
  module.Elements(0, module.I32(0), {0});
  Instance& instance = MakeInstance(module);
  EXPECT_FALSE(instance.MemoryInit(0, 0, 0, 0, 1));
  EXPECT_FALSE(instance.TableInit(0, 0, 0, 0, 1));
}

TEST_F(InstantiateTest, LaterSegmentsOverwriteEarlierOnes) {
  TestModule module;
  module->memories.push_back(MemoryOf(1));
  module.Data(0, module.I32(0), {1, 2, 3});
  module.Data(0, module.I32(1), {7});
  module.Data(0, module.Expression({0x41, 1, 0x41, 1, 0x6a, 0x0b}), {});
  Instance& instance = MakeInstance(module);
  EXPECT_EQ(instance.memory(0).base()[0], 1);
  EXPECT_EQ(instance.memory(0).base()[1], 7);
  EXPECT_EQ(instance.memory(0).base()[2], 3);
}

TEST_F(InstantiateTest, DataTrapKeepsWhatWasWritten) {
  Memory* const memory = *store().NewMemory(MemoryOf(1), MemoryStrategy::kReserved);
  Table* const table = *store().NewTable(TableOf(2), 0);
  TestModule module;
  module.Function(module.Type({}));
  module.ImportMemory(MemoryOf(1));
  module.ImportTable(TableOf(2));
  module.Elements(0, module.I32(1), {0});
  module.Data(0, module.I32(0), {1});
  module.Data(0, module.Expression({0x41, 0x7f, 0x0b}), {2});
  module.Data(0, module.I32(1), {3});
  const auto result = TryInstantiate(store(), module, {memory, table});
  ASSERT_TRUE(result.ok()) << result.status();
  ASSERT_NE(result->trap, nullptr);
  EXPECT_EQ(result->trap->code, TrapCode::kMemoryOutOfBounds);
  EXPECT_EQ(result->trap->ToString(), "out of bounds memory access");
  EXPECT_EQ(memory->base()[0], 1);
  EXPECT_EQ(memory->base()[1], 0);
  // The function lives on in the table, so its instance does.
  const auto* function = reinterpret_cast<const FunctionReference*>(table->Get(1));
  ASSERT_NE(function, nullptr);
  EXPECT_EQ(function->context->instance, store().instances()[0].get());
}

TEST_F(InstantiateTest, ElementTrapComesBeforeData) {
  Memory* const memory = *store().NewMemory(MemoryOf(1), MemoryStrategy::kReserved);
  TestModule module;
  module.Function(module.Type({}));
  module.ImportMemory(MemoryOf(1));
  module->tables.push_back({TableOf(2), std::nullopt});
  module.Elements(0, module.I32(2), {});
  module.Elements(0, module.I32(1), {0, 0});
  module.Data(0, module.I32(0), {1});
  const auto result = TryInstantiate(store(), module, {memory});
  ASSERT_TRUE(result.ok()) << result.status();
  ASSERT_NE(result->trap, nullptr);
  EXPECT_EQ(result->trap->ToString(), "out of bounds table access");
  EXPECT_EQ(memory->base()[0], 0);
  EXPECT_EQ(result->instance->table(0).Get(1), 0u);
}

TEST_F(InstantiateTest, StrategyFollowsPreferenceMemoriesAndStore) {
  TestModule module;
  module->memories.push_back(MemoryOf(1));
  EXPECT_EQ(MakeInstance(module).code().strategy(), MemoryStrategy::kReserved);
  const auto checked = TryInstantiate(store(), module, {}, MemoryStrategy::kChecked);
  EXPECT_EQ(checked->instance->code().strategy(), MemoryStrategy::kChecked);
  EXPECT_EQ(checked->instance->context().memory_base, nullptr);
  const auto without_signals = MakeStore({}, false);
  EXPECT_EQ(TryInstantiate(*without_signals, module)->instance->code().strategy(),
            MemoryStrategy::kChecked);

  TestModule importer;
  importer.ImportMemory(MemoryOf(1));
  Memory* const memory = *store().NewMemory(MemoryOf(1), MemoryStrategy::kChecked);
  Instance& instance = MakeInstance(importer, {memory});
  EXPECT_EQ(instance.code().strategy(), MemoryStrategy::kChecked);
  EXPECT_EQ(instance.context().memory, &memory->view());
}

TEST_F(InstantiateTest, LimitsOfTheStore) {
  const auto store = MakeStore({.memory_bytes = 4 * kPageSize,
                                .table_elements = 10,
                                .instances = 2,
                                .memories = 3,
                                .tables = 3});
  const auto expect_refused = [&](TestModule& module) {
    const auto result = TryInstantiate(*store, module);
    EXPECT_TRUE(absl::IsResourceExhausted(result.status())) << result.status();
  };
  TestModule large_memory;
  large_memory->memories = {MemoryOf(3), MemoryOf(2)};
  TestModule large_table;
  large_table->memories = {MemoryOf(4)};
  large_table->tables = {{TableOf(1), std::nullopt}, {TableOf(11), std::nullopt}};
  TestModule many_memories;
  many_memories->memories = {MemoryOf(0), MemoryOf(0), MemoryOf(0), MemoryOf(0)};
  TestModule many_tables;
  many_tables->tables.assign(4, {TableOf(0), std::nullopt});
  // A refused instantiation leaves nothing behind, so it may be tried any number of times.
  for (int i = 0; i < 5; ++i) {
    expect_refused(large_memory);
    expect_refused(large_table);
    expect_refused(many_memories);
    expect_refused(many_tables);
    EXPECT_EQ(store->memory_budget().used_bytes, 0u);
  }
  TestModule fitting;
  fitting->memories = {MemoryOf(2)};
  EXPECT_TRUE(TryInstantiate(*store, fitting).ok());
  EXPECT_TRUE(TryInstantiate(*store, fitting).ok());
  fitting->memories.clear();
  expect_refused(fitting);
}

TEST_F(InstantiateTest, ManyInstances) {
  TestModule builder;
  builder.Function(builder.Type({}));
  builder->memories.push_back(MemoryOf(1));
  builder->tables.push_back({TableOf(1), std::nullopt});
  builder.Elements(0, builder.I32(0), {0});
  builder.Data(0, builder.I32(0), {1});
  TestProvider provider(builder.Finish(types_), hooks_);
  for (uint8_t i = 0; i < 200; ++i) {
    const auto result = Instantiate(store(), provider, {});
    ASSERT_TRUE(result.ok()) << result.status();
    result->instance->memory(0).base()[1] = i;
  }
  for (uint8_t i = 0; i < 200; ++i) {
    const Instance& instance = *store().instances()[i];
    EXPECT_EQ(instance.memory(0).base()[0], 1);
    EXPECT_EQ(instance.memory(0).base()[1], i);
    EXPECT_EQ(&instance.code(), &store().instances()[0]->code());
    EXPECT_EQ(store().FindReservation(instance.memory(0).base() + kReservationBytes - 1),
              &instance.memory(0));
  }
}

// 64 GiB of address space hold some reservations, but not fifty: later instances get checked
// memories.
TEST_F(InstantiateTest, ReservationsThatFailAreReplacedByChecks) {
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  GTEST_SKIP() << "sanitizers need terabytes of address space";
#endif
  TestModule builder;
  builder->memories.push_back(MemoryOf(1));
  TestProvider provider(builder.Finish(types_), hooks_);
  const auto run = [&] {
    const rlimit limit{uint64_t{64} << 30, uint64_t{64} << 30};
    if (setrlimit(RLIMIT_AS, &limit) != 0) _exit(1);
    int reserved = 0;
    for (int i = 0; i < 50; ++i) {
      const auto result = Instantiate(store(), provider, {});
      if (!result.ok()) _exit(2);
      Memory& memory = result->instance->memory(0);
      if (memory.strategy() != result->instance->code().strategy()) _exit(3);
      if (memory.strategy() == MemoryStrategy::kReserved) ++reserved;
      if (memory.Grow(10) != 1) _exit(4);
      memory.base()[11 * kPageSize - 1] = 1;
    }
    _exit(reserved > 5 && reserved < 20 ? 0 : 5);
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(0), "");
}

// The number of functions of a large application; nothing but the tables that ModuleCode fills may
// depend on it.
TEST_F(InstantiateTest, ManyFunctions) {
  TestModule builder;
  const uint32_t type = builder.Type({});
  for (int i = 0; i < 600'000; ++i) builder.Function(type);
  Instance& instance = MakeInstance(builder);
  EXPECT_EQ(instance.context().functions[599'999], nullptr);
  EXPECT_EQ(instance.GetFunction(599'999)->index, 599'999u);
}

}  // namespace
}  // namespace wasmtier::runtime
