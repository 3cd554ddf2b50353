#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/unit/runtime/runtime_fixture.h"

namespace wasmtier::runtime {
namespace {

using testing::HasSubstr;

class ImportMatchingTest : public RuntimeTest {
 protected:
  // Matches the only import of the module.
  absl::Status Match(TestModule& builder, const ExternValue& value) {
    const auto module = builder.Finish(types_);
    return MatchImport(store(), *module, module->imports[0], value);
  }
  absl::Status MatchFunction(const FuncType& expected, const ExternValue& value) {
    TestModule module;
    module.ImportFunction(module.Type(expected));
    return Match(module, value);
  }
  absl::Status MatchTable(const TableType& expected, const ExternValue& value) {
    TestModule module;
    module.ImportTable(expected);
    return Match(module, value);
  }
  absl::Status MatchMemory(const MemoryType& expected, const ExternValue& value) {
    TestModule module;
    module.ImportMemory(expected);
    return Match(module, value);
  }
  absl::Status MatchGlobal(const GlobalType& expected, const ExternValue& value) {
    TestModule module;
    module.ImportGlobal(expected);
    return Match(module, value);
  }
  const FunctionReference* HostFunctionOf(const FuncType& type) {
    auto* function =
        store().NewHostFunction(type, [](VMContext*, uint64_t*) { return absl::OkStatus(); });
    return &function->reference();
  }
  Table* NewTable(const TableType& type) { return *store().NewTable(type, 0); }
  Memory* NewMemory(const MemoryType& type) {
    return *store().NewMemory(type, MemoryStrategy::kChecked);
  }
};

TEST_F(ImportMatchingTest, Functions) {
  const FuncType type{{kI32, kF64}, {kI64}};
  EXPECT_TRUE(MatchFunction(type, HostFunctionOf(type)).ok());
  EXPECT_FALSE(MatchFunction(type, HostFunctionOf({{kI32}, {kI64}})).ok());
  EXPECT_FALSE(MatchFunction(type, HostFunctionOf({{kI32, kF64}, {}})).ok());
  EXPECT_FALSE(MatchFunction(type, HostFunctionOf({{kI32, kF64, kI64}, {}})).ok());
}

TEST_F(ImportMatchingTest, MessagesSayWhatWasExpectedAndFound) {
  const absl::Status status =
      MatchFunction({{kI32}, {}}, static_cast<ExternValue>(NewMemory(MemoryOf(1, 2))));
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
  EXPECT_EQ(status.message(),
            "incompatible import type: env.thing: expected function [i32] -> [], found memory 1 2");
  EXPECT_THAT(std::string(MatchTable(TableOf(10, 20), HostFunctionOf({{}, {kF32}})).message()),
              HasSubstr("env.thing: expected table 10 20 funcref, found function [] -> [f32]"));
  Global* const global = store().NewGlobal({kI64, true}, {});
  EXPECT_THAT(std::string(MatchGlobal({kI64, false}, global).message()),
              HasSubstr("expected global i64, found global mut i64"));
}

TEST_F(ImportMatchingTest, MemoryLimits) {
  EXPECT_TRUE(MatchMemory(MemoryOf(1), NewMemory(MemoryOf(1))).ok());
  EXPECT_TRUE(MatchMemory(MemoryOf(1), NewMemory(MemoryOf(2, 3))).ok());
  EXPECT_TRUE(MatchMemory(MemoryOf(1, 3), NewMemory(MemoryOf(2, 3))).ok());
  EXPECT_FALSE(MatchMemory(MemoryOf(1, 3), NewMemory(MemoryOf(2, 4))).ok());
  EXPECT_FALSE(MatchMemory(MemoryOf(1, 3), NewMemory(MemoryOf(2))).ok());
  EXPECT_FALSE(MatchMemory(MemoryOf(2), NewMemory(MemoryOf(1))).ok());
}

TEST_F(ImportMatchingTest, TheCurrentSizeIsTheMinimum) {
  Memory* const memory = NewMemory(MemoryOf(1));
  EXPECT_FALSE(MatchMemory(MemoryOf(4), memory).ok());
  EXPECT_EQ(memory->Grow(3), 1);
  EXPECT_TRUE(MatchMemory(MemoryOf(4), memory).ok());
  Table* const table = NewTable(TableOf(1));
  EXPECT_FALSE(MatchTable(TableOf(4), table).ok());
  EXPECT_EQ(table->Grow(3, 0), 1);
  EXPECT_TRUE(MatchTable(TableOf(4), table).ok());
}

TEST_F(ImportMatchingTest, IndexTypesAndSharingMustAgree) {
  MemoryType wide = MemoryOf(1);
  wide.limits.is_64 = true;
  EXPECT_FALSE(MatchMemory(MemoryOf(1), NewMemory(wide)).ok());
  EXPECT_FALSE(MatchMemory(wide, NewMemory(MemoryOf(1))).ok());
  EXPECT_TRUE(MatchMemory(wide, NewMemory(wide)).ok());
  MemoryType shared = MemoryOf(1, 2);
  shared.is_shared = true;
  EXPECT_FALSE(MatchMemory(shared, NewMemory(MemoryOf(1, 2))).ok());
  TableType wide_table = TableOf(1);
  wide_table.limits.is_64 = true;
  EXPECT_FALSE(MatchTable(TableOf(1), NewTable(wide_table)).ok());
}

TEST_F(ImportMatchingTest, TableElementTypesAreInvariant) {
  EXPECT_TRUE(MatchTable(TableOf(1), NewTable(TableOf(1))).ok());
  EXPECT_FALSE(MatchTable(TableOf(1), NewTable(TableOf(1, std::nullopt, kExternRef))).ok());
  const ValueType non_null = ValueType::Ref(HeapKind::kFunc, false);
  EXPECT_FALSE(MatchTable(TableOf(0), NewTable(TableOf(0, std::nullopt, non_null))).ok());
}

TEST_F(ImportMatchingTest, Globals) {
  const ValueType non_null = ValueType::Ref(HeapKind::kFunc, false);
  const ValueType no_function = ValueType::Ref(HeapKind::kNoFunc, true);
  const auto global = [&](ValueType type, bool is_mutable) {
    return store().NewGlobal({type, is_mutable}, {});
  };
  EXPECT_TRUE(MatchGlobal({kI32}, global(kI32, false)).ok());
  EXPECT_TRUE(MatchGlobal({kI32, true}, global(kI32, true)).ok());
  EXPECT_FALSE(MatchGlobal({kI32, true}, global(kI32, false)).ok());
  EXPECT_FALSE(MatchGlobal({kI32}, global(kI64, false)).ok());
  // Immutable globals may have a subtype, mutable ones not.
  EXPECT_TRUE(MatchGlobal({kFuncRef}, global(non_null, false)).ok());
  EXPECT_TRUE(MatchGlobal({kFuncRef}, global(no_function, false)).ok());
  EXPECT_FALSE(MatchGlobal({non_null}, global(kFuncRef, false)).ok());
  EXPECT_FALSE(MatchGlobal({kFuncRef}, global(kExternRef, false)).ok());
  EXPECT_FALSE(MatchGlobal({kFuncRef, true}, global(non_null, true)).ok());
}

TEST_F(ImportMatchingTest, KindsMustAgree) {
  Global* const global = store().NewGlobal({kI32}, {});
  EXPECT_FALSE(MatchFunction({}, global).ok());
  EXPECT_FALSE(MatchTable(TableOf(0), global).ok());
  EXPECT_FALSE(MatchMemory(MemoryOf(0), global).ok());
  EXPECT_FALSE(MatchGlobal({kI32}, NewMemory(MemoryOf(0))).ok());
}

}  // namespace
}  // namespace wasmtier::runtime
