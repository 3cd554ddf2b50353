// Memories, tables and globals made and used by the embedder.
#include "test/unit/engine/api_fixture.h"
#include "wasmtier/global.h"
#include "wasmtier/memory.h"
#include "wasmtier/table.h"

namespace wasmtier::test {
namespace {

using testing::HasSubstr;
using MemoryTest = ApiTest;
using TableTest = ApiTest;
using GlobalTest = ApiTest;

TEST_F(MemoryTest, ReadsAndWritesWithinBounds) {
  const Memory memory = Memory::Create(store_, {.limits = {.minimum = 1, .maximum = 2}}).value();
  EXPECT_EQ(memory.byte_count(), kPageBytes);
  EXPECT_THAT(memory.WriteScalar<uint32_t>(kPageBytes - 4, 0x01020304), IsOk());
  EXPECT_EQ(memory.ReadScalar<uint8_t>(kPageBytes - 1).value(), 1);
  EXPECT_EQ(memory.data()[kPageBytes - 4], 4);
  EXPECT_THAT(memory.ReadScalar<uint32_t>(kPageBytes - 3),
              Fails(absl::StatusCode::kOutOfRange,
                    "memory access out of bounds: 4 bytes at 0xfffd, memory has 65536"));
  EXPECT_FALSE(memory.WriteScalar<uint8_t>(UINT64_MAX, 0).ok());
  EXPECT_EQ(memory.Slice(kPageBytes, 0).value().size(), 0u);
  EXPECT_FALSE(memory.Slice(1, UINT64_MAX).ok());
}

TEST_F(MemoryTest, Grows) {
  const Memory memory = Memory::Create(store_, {.limits = {.minimum = 1, .maximum = 2}}).value();
  EXPECT_EQ(memory.Grow(1).value(), 1u);
  EXPECT_EQ(memory.page_count(), 2u);
  EXPECT_EQ(store_.memory_bytes(), 2 * kPageBytes);
  EXPECT_THAT(memory.Grow(1),
              Fails(absl::StatusCode::kResourceExhausted, "cannot grow a memory of 2 pages by 1"));
  EXPECT_EQ(memory.type().limits.minimum, 1u) << "the declared type stays";
}

TEST_F(MemoryTest, RefusesImpossibleTypes) {
  EXPECT_THAT(Memory::Create(store_, {.limits = {.minimum = 2, .maximum = 1}}),
              Fails(absl::StatusCode::kInvalidArgument, HasSubstr("minimum")));
  EXPECT_THAT(Memory::Create(store_, {.limits = {.minimum = 65537}}),
              Fails(absl::StatusCode::kInvalidArgument, HasSubstr("65536")));
  EXPECT_THAT(Memory::Create(store_, {.limits = {.minimum = 1}, .is_shared = true}),
              Fails(absl::StatusCode::kUnimplemented, HasSubstr("threads")));
}

TEST_F(MemoryTest, IsSharedWithInstances) {
  const Memory memory = Memory::Create(store_, {.limits = {.minimum = 1}}).value();
  ASSERT_THAT(linker_.DefineExtern("env", "m", memory), IsOk());
  const Instance instance = Instantiate(R"((module (import "env" "m" (memory 1))
      (func (export "poke") (i32.store8 (i32.const 3) (i32.const 200)))))");
  ASSERT_THAT(instance.GetFunc("poke").value().Call({}), IsOk());
  EXPECT_EQ(memory.data()[3], 200);
}

TEST_F(TableTest, GetsSetsAndGrows) {
  const TableType type{.limits = {.minimum = 2, .maximum = 3}, .element = ValueKind::kExternRef};
  int object = 0;
  const Table table = Table::Create(store_, type, Value::ExternRef(nullptr)).value();
  EXPECT_EQ(table.size(), 2u);
  ASSERT_THAT(table.Set(1, Value::ExternRef(&object)), IsOk());
  EXPECT_EQ(table.Get(1).value().externref(), &object);
  EXPECT_THAT(table.Get(2), Fails(absl::StatusCode::kOutOfRange,
                                  "table access out of bounds: element 2, table has 2"));
  EXPECT_THAT(table.Set(2, Value::ExternRef(nullptr)),
              Fails(absl::StatusCode::kOutOfRange, HasSubstr("element 2")));
  EXPECT_EQ(table.Grow(1, Value::ExternRef(&object)).value(), 2u);
  EXPECT_EQ(table.Get(2).value().externref(), &object);
  EXPECT_THAT(table.Grow(1, Value::ExternRef(nullptr)),
              Fails(absl::StatusCode::kResourceExhausted, HasSubstr("3 elements")));
}

TEST_F(TableTest, ChecksKindsAndStores) {
  EXPECT_THAT(Table::Create(store_, {}, Value(1)),
              Fails(absl::StatusCode::kInvalidArgument,
                    "table: initial value: expected funcref, found i32"));
  EXPECT_THAT(Table::Create(store_, {.limits = {}, .element = ValueKind::kI32}, Value(1)),
              Fails(absl::StatusCode::kInvalidArgument, HasSubstr("must be references")));
  const Table table = Table::Create(store_, {.limits = {.minimum = 1}}, Value(Func())).value();
  Store other = Store::Create(engine_).value();
  EXPECT_THAT(table.Set(0, Value(Func::Wrap(other, [] {}))),
              Fails(absl::StatusCode::kInvalidArgument, HasSubstr("another store")));
}

TEST_F(TableTest, HoldsCallableFunctions) {
  const Table table = Table::Create(store_, {.limits = {.minimum = 1}}, Value(Func())).value();
  ASSERT_THAT(table.Set(0, Value(Func::Wrap(store_, [](int32_t a) { return a + 1; }))), IsOk());
  ASSERT_THAT(linker_.DefineExtern("env", "t", table), IsOk());
  const auto call = Instantiate(R"((module (import "env" "t" (table 1 funcref))
      (type $t (func (param i32) (result i32)))
      (func (export "call") (param i32) (result i32)
        (call_indirect (type $t) (local.get 0) (i32.const 0)))))")
                        .GetTypedFunc<int32_t(int32_t)>("call")
                        .value();
  EXPECT_EQ(call(41).value(), 42);
  ASSERT_THAT(table.Set(0, Value(Func::Wrap(store_, [] {}))), IsOk());
  EXPECT_EQ(TrapOf(call(41)), TrapCode::kIndirectCallTypeMismatch);
  ASSERT_THAT(table.Set(0, Value(Func())), IsOk());
  EXPECT_EQ(TrapOf(call(41)), TrapCode::kUninitializedElement);
}

TEST_F(GlobalTest, GetsAndSets) {
  const Global global = Global::Create(store_, {ValueKind::kF64, true}, Value(1.5)).value();
  EXPECT_EQ(global.Get().f64(), 1.5);
  ASSERT_THAT(global.Set(Value(2.5)), IsOk());
  EXPECT_EQ(global.Get().f64(), 2.5);
  EXPECT_THAT(global.Set(Value(1)),
              Fails(absl::StatusCode::kInvalidArgument, "global: expected f64, found i32"));
  const Global constant = Global::Create(store_, {ValueKind::kI32, false}, Value(1)).value();
  EXPECT_THAT(constant.Set(Value(2)),
              Fails(absl::StatusCode::kFailedPrecondition, HasSubstr("immutable")));
  EXPECT_THAT(Global::Create(store_, {ValueKind::kI64, false}, Value(1)),
              Fails(absl::StatusCode::kInvalidArgument, "global: expected i64, found i32"));
}

TEST_F(GlobalTest, IsSharedWithInstances) {
  const Global global = Global::Create(store_, {ValueKind::kI32, true}, Value(1)).value();
  ASSERT_THAT(linker_.DefineExtern("env", "g", global), IsOk());
  const Instance instance = Instantiate(R"((module (import "env" "g" (global $g (mut i32)))
      (export "again" (global $g))
      (func (export "add") (global.set $g (i32.add (global.get $g) (i32.const 1))))))");
  ASSERT_THAT(instance.GetFunc("add").value().Call({}), IsOk());
  EXPECT_EQ(global.Get().i32(), 2);
  EXPECT_EQ(instance.GetGlobal("again").value(), global);
}

TEST_F(GlobalTest, HoldsVectors) {
  V128 vector;
  vector.bytes[8] = 7;
  const Global global = Global::Create(store_, {ValueKind::kV128, true}, Value(vector)).value();
  EXPECT_EQ(global.Get().v128(), vector);
}

}  // namespace
}  // namespace wasmtier::test
