#include "runtime/instance.h"

#include <gtest/gtest.h>

#include <cstring>

#include "test/unit/runtime/runtime_fixture.h"

namespace wasmtier::runtime {
namespace {

// Two memories and two tables, a passive data segment (0) and passive element segments of functions
// (0) and expressions (1).
class InstanceTest : public RuntimeTest {
 protected:
  InstanceTest() {
    TestModule module;
    const uint32_t type = module.Type({{kI32}, {}});
    module.Function(type);
    module.Function(type);
    module->memories = {MemoryOf(1), MemoryOf(2)};
    module->tables = {{TableOf(10), std::nullopt}, {TableOf(5), std::nullopt}};
    module->data.push_back({false, 0, {}, module.Bytes({1, 2, 3, 4, 5})});
    ElementSegment functions;
    functions.mode = ElementSegment::Mode::kPassive;
    functions.count = 3;
    functions.items = module.Bytes({1, 0, 1});
    module->elements.push_back(functions);
    ElementSegment expressions = functions;
    expressions.items_are_expressions = true;
    expressions.count = 2;
    expressions.items = module.Bytes({0xd0, 0x70, 0x0b, 0xd2, 0x01, 0x0b});
    module->elements.push_back(expressions);
    ElementSegment declarative = functions;
    declarative.mode = ElementSegment::Mode::kDeclarative;
    module->elements.push_back(declarative);
    module.Global({kI64}, module.Expression({0x42, 7, 0x0b}));
    module.Export("f", ExternKind::kFunc, 1);
    module.Export("t", ExternKind::kTable, 1);
    module.Export("m", ExternKind::kMemory, 1);
    module.Export("g", ExternKind::kGlobal, 0);
    instance_ = &MakeInstance(module);
  }
  uint8_t* memory(uint32_t index = 0) { return instance_->memory(index).base(); }
  uint64_t Function(uint32_t index) {
    return reinterpret_cast<uint64_t>(instance_->GetFunction(index));
  }
  Instance* instance_ = nullptr;
};

TEST_F(InstanceTest, ContextPointsToItsParts) {
  const VMContext& context = instance_->context();
  EXPECT_EQ(context.instance, instance_);
  EXPECT_EQ(context.store_block, &store().block());
  EXPECT_EQ(context.memory_base, memory());
  EXPECT_EQ(context.memory->byte_size, kPageSize);
  EXPECT_EQ(context.table->size, 10u);
  EXPECT_EQ(context.tables[1]->size, 5u);
  EXPECT_EQ(context.globals[0]->slots[0], 7u);
  EXPECT_EQ(instance_->memory(1).Grow(1), 2);
  EXPECT_EQ(instance_->table(0).Grow(1, 0), 10);
  EXPECT_EQ(context.table->size, 11u);
}

TEST_F(InstanceTest, FunctionReferencesAreMadeOnceAndOnDemand) {
  const FunctionReference* const function = instance_->GetFunction(1);
  EXPECT_EQ(instance_->GetFunction(1), function);
  EXPECT_EQ(instance_->context().functions[1], function);
  EXPECT_EQ(function->context, &instance_->context());
  EXPECT_EQ(function->entry, &instance_->code().entries()[1]);
  EXPECT_EQ(function->state, &instance_->code().function_states()[1]);
  EXPECT_EQ(function->host, nullptr);
  EXPECT_EQ(function->index, 1u);
  EXPECT_EQ(function->param_slots, 1u);
  EXPECT_EQ(function->result_slots, 0u);
  EXPECT_EQ(function->type_id, types_.Canonicalize({{kI32}, {}}));
}

TEST_F(InstanceTest, Exports) {
  EXPECT_EQ(std::get<const FunctionReference*>(*instance_->FindExport("f")),
            instance_->GetFunction(1));
  EXPECT_EQ(std::get<Table*>(*instance_->FindExport("t")), &instance_->table(1));
  EXPECT_EQ(std::get<Memory*>(*instance_->FindExport("m")), &instance_->memory(1));
  EXPECT_EQ(std::get<Global*>(*instance_->FindExport("g")), &instance_->global(0));
  EXPECT_FALSE(instance_->FindExport("").has_value());
  EXPECT_FALSE(instance_->FindExport("ff").has_value());
}

TEST_F(InstanceTest, MemoryInit) {
  EXPECT_TRUE(instance_->MemoryInit(0, 0, kPageSize - 3, 2, 3));
  EXPECT_EQ(std::memcmp(memory() + kPageSize - 3, "\3\4\5", 3), 0);
  EXPECT_FALSE(instance_->MemoryInit(0, 0, kPageSize - 2, 2, 3));
  EXPECT_FALSE(instance_->MemoryInit(0, 0, 0, 3, 3));
  EXPECT_FALSE(instance_->MemoryInit(0, 0, 0, UINT32_MAX, 2));
  EXPECT_FALSE(instance_->MemoryInit(0, 0, UINT64_MAX, 0, 2));
  EXPECT_TRUE(instance_->MemoryInit(0, 0, kPageSize, 5, 0));
  EXPECT_FALSE(instance_->MemoryInit(0, 0, kPageSize + 1, 0, 0));
  EXPECT_TRUE(instance_->MemoryInit(1, 0, kPageSize, 0, 5));
  EXPECT_EQ(memory(1)[kPageSize + 4], 5);
}

TEST_F(InstanceTest, DroppedDataIsEmpty) {
  instance_->DataDrop(0);
  EXPECT_TRUE(instance_->MemoryInit(0, 0, 0, 0, 0));
  EXPECT_FALSE(instance_->MemoryInit(0, 0, 0, 0, 1));
  EXPECT_FALSE(instance_->MemoryInit(0, 0, 0, 1, 0));
  instance_->DataDrop(0);
}

TEST_F(InstanceTest, MemoryCopyOverlapsEitherWay) {
  std::memcpy(memory(), "abcdef", 6);
  EXPECT_TRUE(instance_->MemoryCopy(0, 0, 2, 0, 6));
  EXPECT_EQ(std::memcmp(memory(), "ababcdef", 8), 0);
  EXPECT_TRUE(instance_->MemoryCopy(0, 0, 0, 2, 6));
  EXPECT_EQ(std::memcmp(memory(), "abcdefef", 8), 0);
  EXPECT_TRUE(instance_->MemoryCopy(1, 0, kPageSize + 1, 0, 3));
  EXPECT_EQ(std::memcmp(memory(1) + kPageSize, "\0abc", 4), 0);
  EXPECT_FALSE(instance_->MemoryCopy(0, 1, 0, kPageSize, kPageSize + 1));
  EXPECT_FALSE(instance_->MemoryCopy(0, 1, 1, 0, kPageSize));
  EXPECT_FALSE(instance_->MemoryCopy(0, 0, 0, UINT64_MAX, 1));
  EXPECT_TRUE(instance_->MemoryCopy(0, 0, kPageSize, kPageSize, 0));
}

TEST_F(InstanceTest, MemoryFill) {
  EXPECT_TRUE(instance_->MemoryFill(0, kPageSize - 2, 0xee, 2));
  EXPECT_EQ(memory()[kPageSize - 3], 0);
  EXPECT_EQ(memory()[kPageSize - 1], 0xee);
  EXPECT_FALSE(instance_->MemoryFill(0, kPageSize - 1, 0xcc, 2));
  EXPECT_EQ(memory()[kPageSize - 1], 0xee);
  EXPECT_FALSE(instance_->MemoryFill(0, 1, 0xcc, UINT64_MAX));
  EXPECT_TRUE(instance_->MemoryFill(0, kPageSize, 0xcc, 0));
}

TEST_F(InstanceTest, TableInit) {
  EXPECT_TRUE(instance_->TableInit(1, 0, 2, 0, 3));
  const Table& table = instance_->table(1);
  EXPECT_EQ(table.Get(1), 0u);
  EXPECT_EQ(table.Get(2), Function(1));
  EXPECT_EQ(table.Get(3), Function(0));
  EXPECT_TRUE(instance_->TableInit(1, 1, 2, 0, 2));
  EXPECT_EQ(table.Get(2), 0u);
  EXPECT_EQ(table.Get(3), Function(1));
  EXPECT_FALSE(instance_->TableInit(1, 0, 3, 0, 3));
  EXPECT_FALSE(instance_->TableInit(1, 0, 0, 2, 2));
  EXPECT_FALSE(instance_->TableInit(1, 2, 0, 0, 1)) << "declarative segments are dropped";
  EXPECT_TRUE(instance_->TableInit(1, 2, 5, 0, 0));
  instance_->ElementDrop(0);
  EXPECT_FALSE(instance_->TableInit(1, 0, 0, 0, 1));
  EXPECT_TRUE(instance_->TableInit(1, 0, 0, 0, 0));
  instance_->ElementDrop(0);
}

TEST_F(InstanceTest, TableCopyAndFill) {
  Table& table = instance_->table(0);
  EXPECT_TRUE(instance_->TableFill(0, 8, 42, 2));
  EXPECT_FALSE(instance_->TableFill(0, 9, 43, 2));
  EXPECT_EQ(table.Get(9), 42u);
  for (uint64_t i = 0; i < 10; ++i) table.Set(i, i);
  EXPECT_TRUE(instance_->TableCopy(0, 0, 1, 0, 9));
  EXPECT_EQ(table.Get(1), 0u);
  EXPECT_EQ(table.Get(9), 8u);
  EXPECT_TRUE(instance_->TableCopy(1, 0, 0, 5, 5));
  EXPECT_EQ(instance_->table(1).Get(4), 8u);
  EXPECT_FALSE(instance_->TableCopy(1, 0, 0, 4, 6));
  EXPECT_FALSE(instance_->TableCopy(0, 1, UINT64_MAX, 0, 1));
  EXPECT_TRUE(instance_->TableCopy(0, 1, 10, 5, 0));
}

}  // namespace
}  // namespace wasmtier::runtime
