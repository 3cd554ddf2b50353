// Validation of whole modules, by several threads.
#include "gtest/gtest.h"
#include "test/support/module_builder.h"
#include "tiers/decode/validate.h"

namespace wasmtier::decode {
namespace {

using test::Code;

// Over 1 MB of code in functions of about 2 kB, of which those listed are invalid.
std::unique_ptr<runtime::Module> LargeModule(const std::vector<uint32_t>& invalid) {
  constexpr uint32_t kFunctions = 1500;
  test::ModuleBuilder builder;
  const uint32_t type = builder.AddType({}, {});
  Code valid;
  for (int i = 0; i < 1000; ++i) valid.Op(Opcode::kNop);
  valid.Op(Opcode::kF32Const).Raw({0, 0, 0, 0}).Op(Opcode::kI32TruncSatF32S).Drop();
  Code wrong = valid;
  valid.End();
  wrong.Op(Opcode::kI32Add).End();
  for (uint32_t i = 0; i < kFunctions; ++i) {
    const bool is_invalid = std::find(invalid.begin(), invalid.end(), i) != invalid.end();
    builder.AddFunction(type, is_invalid ? wrong : valid);
  }
  return builder.Build();
}

TEST(ValidateBodiesTest, ValidModuleCollectsFeatures) {
  for (int threads : {1, 2, 8}) {
    const auto module = LargeModule({});
    EXPECT_TRUE(ValidateBodies(*module, {}, threads).ok());
    EXPECT_TRUE(module->features.Has(runtime::Feature::kSaturatingTruncation));
  }
}

TEST(ValidateBodiesTest, LowestErrorIsReportedByAnyNumberOfThreads) {
  const auto module = LargeModule({700, 701, 702, 900, 1499});
  const absl::Status expected = ValidateBodies(*module, {}, 1);
  EXPECT_FALSE(expected.ok());
  EXPECT_NE(expected.message().find("in function 700)"), absl::string_view::npos) << expected;
  for (int i = 0; i < 20; ++i) EXPECT_EQ(ValidateBodies(*module, {}, 4), expected);
}

TEST(ValidateBodiesTest, ModuleWithoutFunctions) {
  test::ModuleBuilder builder;
  const auto module = builder.Build();
  EXPECT_TRUE(ValidateBodies(*module, {}, 4).ok());
}

}  // namespace
}  // namespace wasmtier::decode
