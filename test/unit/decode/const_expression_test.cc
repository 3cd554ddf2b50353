#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/support/module_builder.h"
#include "tiers/decode/validate.h"

namespace wasmtier::decode {
namespace {

using runtime::kExternRef;
using runtime::kF32;
using runtime::kFuncRef;
using runtime::kI32;
using runtime::kI64;
using runtime::kV128;
using test::Code;

// Globals: 0 i32 imported immutable, 1 i32 imported mutable, 2 i64 defined immutable. Function 0 of
// type 0.
class ConstExpressionTest : public testing::Test {
 protected:
  ConstExpressionTest() {
    builder_.ImportFunction(builder_.AddType({}, {}));
    builder_.ImportGlobal(kI32, false);
    builder_.ImportGlobal(kI32, true);
    builder_.AddGlobal(kI64, false);
  }

  // "" or the error without its place.
  std::string Validate(runtime::ValueType expected, const Code& code,
                       uint32_t visible_globals = 3) {
    test::ModuleBuilder builder = std::exchange(builder_, test::ModuleBuilder());
    builder.Append({0xaa, 0xbb});
    const runtime::ByteRange range = builder.Append(code.bytes());
    builder.Append({0xcc});
    module_ = builder.Build();
    const auto summary = ValidateConstExpression(*module_, range.offset, range.offset + range.size,
                                                 expected, visible_globals);
    if (summary.ok()) {
      EXPECT_EQ(summary->end_offset, range.offset + range.size);
      features_ = summary->features;
      return "";
    }
    code_ = summary.status().code();
    const std::string message(summary.status().message().data(), summary.status().message().size());
    return message.substr(0, message.find(" (at offset"));
  }

  test::ModuleBuilder builder_;
  std::unique_ptr<runtime::Module> module_;
  runtime::FeatureSet features_;
  absl::StatusCode code_ = absl::StatusCode::kOk;
};

TEST_F(ConstExpressionTest, Constants) {
  EXPECT_EQ(Validate(kI32, Code().I32Const(-5).End()), "");
  EXPECT_EQ(Validate(kI64, Code().I64Const(INT64_MIN).End()), "");
  EXPECT_EQ(Validate(kF32, Code().F32Const(1).End()), "");
  EXPECT_EQ(Validate(kV128, Code().Op(Opcode::kV128Const).Raw(std::vector<uint8_t>(16)).End()), "");
  EXPECT_TRUE(features_.Has(runtime::Feature::kSimd));
}

TEST_F(ConstExpressionTest, AnotherType) {
  EXPECT_EQ(Validate(kI64, Code().I32Const(1).End()), "type mismatch: expected i64, found i32");
}

TEST_F(ConstExpressionTest, Empty) {
  EXPECT_THAT(Validate(kI64, Code().End()), testing::StartsWith("type mismatch"));
}

TEST_F(ConstExpressionTest, TwoValues) {
  EXPECT_THAT(Validate(kI32, Code().I32Const(1).I32Const(2).End()),
              testing::StartsWith("type mismatch"));
}

TEST_F(ConstExpressionTest, Arithmetic) {
  EXPECT_EQ(Validate(kI32, Code().I32Const(1).Op(Opcode::kGlobalGet, 0).Op(Opcode::kI32Mul).End()),
            "");
  EXPECT_TRUE(features_.Has(runtime::Feature::kExtendedConst));
}

TEST_F(ConstExpressionTest, ArithmeticOfOtherTypes) {
  EXPECT_EQ(Validate(kI32, Code().I64Const(1).I32Const(2).Op(Opcode::kI32Add).End()),
            "type mismatch: expected i32, found i64");
}

TEST_F(ConstExpressionTest, ArithmeticWithoutOperands) {
  EXPECT_EQ(Validate(kI32, Code().I32Const(2).Op(Opcode::kI32Add).End()),
            "type mismatch: expected i32, found nothing");
}

TEST_F(ConstExpressionTest, Globals) {
  EXPECT_EQ(Validate(kI64, Code().Op(Opcode::kGlobalGet, 2).End()), "");
}

TEST_F(ConstExpressionTest, MutableGlobal) {
  EXPECT_THAT(Validate(kI32, Code().Op(Opcode::kGlobalGet, 1).End()),
              testing::StartsWith("constant expression required"));
}

TEST_F(ConstExpressionTest, GlobalThatIsNotVisible) {
  EXPECT_EQ(Validate(kI64, Code().Op(Opcode::kGlobalGet, 2).End(), 2), "unknown global 2");
}

TEST_F(ConstExpressionTest, References) {
  EXPECT_EQ(Validate(kExternRef, Code().Op(Opcode::kRefNull).Raw({0x6f}).End()), "");
}

TEST_F(ConstExpressionTest, ReferenceOfAnotherKind) {
  EXPECT_EQ(Validate(kFuncRef, Code().Op(Opcode::kRefNull).Raw({0x6f}).End()),
            "type mismatch: expected funcref, found externref");
}

TEST_F(ConstExpressionTest, FunctionsAreDeclared) {
  EXPECT_EQ(Validate(kFuncRef, Code().Op(Opcode::kRefFunc, 0).End()), "");
  EXPECT_TRUE(module_->declared_functions[0]);
}

TEST_F(ConstExpressionTest, UnknownFunction) {
  EXPECT_EQ(Validate(kFuncRef, Code().Op(Opcode::kRefFunc, 1).End()), "unknown function 1");
}

TEST_F(ConstExpressionTest, OtherInstructions) {
  EXPECT_THAT(Validate(kI32, Code().I32Const(1).Op(Opcode::kI32Clz).End()),
              testing::StartsWith("constant expression required"));
  EXPECT_THAT(Validate(kI32, Code().Op(Opcode::kNop).I32Const(1).End()),
              testing::StartsWith("constant expression required"));
}

TEST_F(ConstExpressionTest, IllegalOpcode) {
  EXPECT_EQ(Validate(kI32, Code().Raw({0xff}).End()), "illegal opcode ff");
}

TEST_F(ConstExpressionTest, GarbageCollectionIsUnimplemented) {
  EXPECT_EQ(Validate(kI32, Code().I32Const(1).Op(Opcode::kRefI31).End()),
            "needs feature gc: ref.i31");
  EXPECT_EQ(code_, absl::StatusCode::kUnimplemented);
}

TEST_F(ConstExpressionTest, MissingEnd) {
  EXPECT_EQ(Validate(kI32, Code().I32Const(1)), "unexpected end of section or function");
}

}  // namespace
}  // namespace wasmtier::decode
