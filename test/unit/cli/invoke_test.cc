#include "engine/cli/invoke.h"

#include <gtest/gtest.h>

#include <cmath>

namespace wasmtier::cli {
namespace {

// The one argument of kind `kind` that `text` means; nothing if it is refused.
std::optional<Value> Parse(ValueKind kind, const std::string& text) {
  const std::string args[] = {text};
  absl::StatusOr<std::vector<Value>> values = ParseArguments({{kind}, {}}, args);
  if (!values.ok()) return std::nullopt;
  return (*values)[0];
}

TEST(InvokeTest, IntegersAreSignedUnsignedOrHexadecimal) {
  EXPECT_EQ(Parse(ValueKind::kI32, "-2147483648")->i32(), INT32_MIN);
  EXPECT_EQ(Parse(ValueKind::kI32, "4294967295")->u32(), UINT32_MAX);
  EXPECT_EQ(Parse(ValueKind::kI32, "+7")->i32(), 7);
  EXPECT_EQ(Parse(ValueKind::kI32, "0xffffffff")->i32(), -1);
  EXPECT_EQ(Parse(ValueKind::kI32, "-0x1")->i32(), -1);
  EXPECT_EQ(Parse(ValueKind::kI64, "-9223372036854775808")->i64(), INT64_MIN);
  EXPECT_EQ(Parse(ValueKind::kI64, "18446744073709551615")->u64(), UINT64_MAX);
  for (const char* text : {"", "-", "+", "0x", "--1", "+-1", "1 ", " 1", "1x", "4294967296",
                           "-2147483649", "1e3", "99999999999999999999999"}) {
    EXPECT_FALSE(Parse(ValueKind::kI32, text)) << text;
  }
  EXPECT_FALSE(Parse(ValueKind::kI64, "18446744073709551616"));
  EXPECT_FALSE(Parse(ValueKind::kI64, "-9223372036854775809"));
}

TEST(InvokeTest, Floats) {
  EXPECT_EQ(Parse(ValueKind::kF32, "0.1")->f32(), 0.1f);
  EXPECT_EQ(Parse(ValueKind::kF64, "-1e300")->f64(), -1e300);
  EXPECT_EQ(Parse(ValueKind::kF64, "0x1p-3")->f64(), 0.125);
  EXPECT_TRUE(std::isnan(Parse(ValueKind::kF64, "nan")->f64()));
  EXPECT_EQ(Parse(ValueKind::kF32, "inf")->f32(), INFINITY);
  for (const char* text : {"", "x", "1.5x", "1,5"}) {
    EXPECT_FALSE(Parse(ValueKind::kF64, text)) << text;
  }
}

TEST(InvokeTest, OnlyNullReferences) {
  EXPECT_TRUE(Parse(ValueKind::kExternRef, "null")->IsNullRef());
  EXPECT_TRUE(Parse(ValueKind::kFuncRef, "null")->IsNullRef());
  EXPECT_FALSE(Parse(ValueKind::kFuncRef, "0"));
  EXPECT_FALSE(Parse(ValueKind::kV128, "0"));
}

TEST(InvokeTest, VectorsAreShapesAndLanes) {
  const auto bytes = [](const std::string& text) -> std::vector<uint8_t> {
    const std::optional<Value> value = Parse(ValueKind::kV128, text);
    if (!value) return {};
    const V128 vector = value->v128();
    return {std::begin(vector.bytes), std::end(vector.bytes)};
  };
  EXPECT_EQ(
      bytes("i32x4:1,-1,0x80000000,4294967295"),
      (std::vector<uint8_t>{1, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 128, 255, 255, 255, 255}));
  EXPECT_EQ(bytes("i8x16:0,1,2,3,4,5,6,7,8,9,10,11,12,13,-128,255"),
            (std::vector<uint8_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 128, 255}));
  EXPECT_EQ(bytes("i16x8:0,1,2,3,4,5,6,-2"),
            (std::vector<uint8_t>{0, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 254, 255}));
  EXPECT_EQ(bytes("i64x2:1,-1"),
            (std::vector<uint8_t>{1, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255}));
  EXPECT_EQ(bytes("f32x4:0,1,-0.5,inf"),
            (std::vector<uint8_t>{0, 0, 0, 0, 0, 0, 128, 63, 0, 0, 0, 191, 0, 0, 128, 127}));
  EXPECT_EQ(bytes("f64x2:1,-2"),
            (std::vector<uint8_t>{0, 0, 0, 0, 0, 0, 240, 63, 0, 0, 0, 0, 0, 0, 0, 192}));
  for (const char* text :
       {"", "1", "i32x4", "i32x4:", "i32x4:1,2,3", "i32x4:1,2,3,4,5", "i32x4:1,2,3,",
        "i32x4:1,2,3,x", "i32x4:1,2,3,4294967296", "i8x16:256,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0",
        "f64x2:1", "i64x4:1,2,3,4", "f32x4:1,2,3,4 "}) {
    EXPECT_FALSE(Parse(ValueKind::kV128, text)) << text;
  }
}

TEST(InvokeTest, ResultsReadBack) {
  EXPECT_EQ(FormatResult(Value(-5)), "-5");
  EXPECT_EQ(FormatResult(Value(uint64_t{1} << 63)), "-9223372036854775808");
  EXPECT_EQ(FormatResult(Value(0.1f)), "0.1");
  EXPECT_EQ(FormatResult(Value(1e300)), "1e+300");
  EXPECT_EQ(FormatResult(Value(std::nan(""))), "nan");
  EXPECT_EQ(FormatResult(Value(-std::nan(""))), "-nan");
  EXPECT_EQ(FormatResult(Value::ExternRef(nullptr)), "null");
  const std::string vector = "i32x4:0x00000001,0xffffffff,0x3f800000,0x00000000";
  EXPECT_EQ(FormatResult(*Parse(ValueKind::kV128, vector)), vector);
}

}  // namespace
}  // namespace wasmtier::cli
