#include "wasmtier/types.h"

#include <gtest/gtest.h>

namespace wasmtier::test {
namespace {

TEST(TypesTest, PrintAsInTheTextFormat) {
  EXPECT_EQ(ToString(ValueType(ValueKind::kI32)), "i32");
  EXPECT_EQ(ToString(ValueType(ValueKind::kV128)), "v128");
  EXPECT_EQ(ToString(ValueType(ValueKind::kFuncRef)), "funcref");
  EXPECT_EQ(ToString(ValueType(ValueKind::kExternRef)), "externref");
}

TEST(TypesTest, PrintFunctions) {
  EXPECT_EQ(ToString(FuncType{}), "() -> ()");
  EXPECT_EQ(ToString(FuncType{{ValueKind::kI32, ValueKind::kI64}, {ValueKind::kF32}}),
            "(i32, i64) -> f32");
  EXPECT_EQ(ToString(FuncType{{}, {ValueKind::kI32, ValueKind::kF64}}), "() -> (i32, f64)");
}

TEST(TypesTest, PrintExternTypes) {
  EXPECT_EQ(ToString(ExternType(MemoryType{{.minimum = 1, .maximum = 10}, false})),
            "memory 1..10 pages");
  EXPECT_EQ(ToString(ExternType(MemoryType{{.minimum = 1, .maximum = {}, .is_64 = true}, true})),
            "memory 1.. pages, i64, shared");
  EXPECT_EQ(ToString(ExternType(TableType{{.minimum = 3}, ValueKind::kExternRef})),
            "table 3.. externref");
  EXPECT_EQ(ToString(ExternType(GlobalType{ValueKind::kI64, true})), "global mutable i64");
  EXPECT_EQ(ToString(ExternType(FuncType{{ValueKind::kI32}, {}})), "function (i32) -> ()");
  EXPECT_EQ(KindOf(ExternType(GlobalType{})), ExternKind::kGlobal);
}

TEST(TypesTest, OnlyV128TakesTwoSlots) {
  EXPECT_EQ(ValueType(ValueKind::kV128).slots(), 2u);
  EXPECT_EQ(ValueType(ValueKind::kF64).slots(), 1u);
  EXPECT_TRUE(ValueType(ValueKind::kExternRef).IsRef());
  EXPECT_FALSE(ValueType(ValueKind::kV128).IsRef());
}

}  // namespace
}  // namespace wasmtier::test
