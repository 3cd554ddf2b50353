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

TEST(InvokeTest, ResultsReadBack) {
  EXPECT_EQ(FormatResult(Value(-5)), "-5");
  EXPECT_EQ(FormatResult(Value(uint64_t{1} << 63)), "-9223372036854775808");
  EXPECT_EQ(FormatResult(Value(0.1f)), "0.1");
  EXPECT_EQ(FormatResult(Value(1e300)), "1e+300");
  EXPECT_EQ(FormatResult(Value(std::nan(""))), "nan");
  EXPECT_EQ(FormatResult(Value(-std::nan(""))), "-nan");
  EXPECT_EQ(FormatResult(Value::ExternRef(nullptr)), "null");
}

}  // namespace
}  // namespace wasmtier::cli
