#include "wasmtier/value.h"

#include "test/unit/engine/api_fixture.h"

namespace wasmtier::test {
namespace {

TEST(ValueTest, TakesItsKindFromTheCppType) {
  EXPECT_EQ(Value().kind(), ValueKind::kI32);
  EXPECT_EQ(Value(int32_t{-1}).u32(), 0xffffffffu);
  EXPECT_EQ(Value(uint32_t{7}).i32(), 7);
  EXPECT_EQ(Value(int64_t{-1}).u64(), UINT64_MAX);
  EXPECT_EQ(Value(1.5f).f32(), 1.5f);
  EXPECT_EQ(Value(-0.25).f64(), -0.25);
  V128 vector;
  vector.bytes[0] = 1;
  vector.bytes[15] = 15;
  EXPECT_EQ(Value(vector).v128(), vector);
}

TEST(ValueTest, KeepsBitsOfNaNs) {
  EXPECT_EQ(Value::F32Bits(0x7fa00001).f32_bits(), 0x7fa00001u);
  EXPECT_EQ(Value::F64Bits(0xfff0000000000001).f64_bits(), 0xfff0000000000001u);
}

TEST(ValueTest, References) {
  int object = 0;
  EXPECT_EQ(Value::ExternRef(&object).externref(), &object);
  EXPECT_FALSE(Value::ExternRef(&object).IsNullRef());
  EXPECT_TRUE(Value::ExternRef(nullptr).IsNullRef());
  EXPECT_TRUE(Value(Func()).IsNullRef());
  EXPECT_TRUE(Value(Func()).func().IsNull());
  EXPECT_TRUE(Value::Default(ValueKind::kFuncRef).IsNullRef());
  EXPECT_FALSE(Value::Default(ValueKind::kI64).IsNullRef());
}

TEST(ValueTest, Prints) {
  EXPECT_EQ(ToString(Value(-7)), "i32:-7");
  EXPECT_EQ(ToString(Value(0.5)), "f64:0.5");
  EXPECT_EQ(ToString(Value::ExternRef(nullptr)), "externref:null");
  EXPECT_EQ(ToString(Value::ExternRef(reinterpret_cast<void*>(16))), "externref:0x10");
  EXPECT_EQ(ToString(Value(V128{{1, 2}})), "v128:0x01020000000000000000000000000000");
}

using ValueInStore = ApiTest;

TEST_F(ValueInStore, FunctionReferenceRoundTrip) {
  const Func func = Func::Wrap(store_, [] {});
  EXPECT_EQ(Value(func).func(), func);
  EXPECT_EQ(ToString(Value(func)), "funcref:non-null");
}

}  // namespace
}  // namespace wasmtier::test
