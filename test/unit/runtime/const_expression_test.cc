#include "runtime/const_expression.h"

#include <gtest/gtest.h>

#include "test/unit/runtime/runtime_fixture.h"

namespace wasmtier::runtime {
namespace {

class ConstExpressionTest : public RuntimeTest {
 protected:
  // Evaluates it as the value of a global behind two of i32 3 and i64 5.
  GlobalCell Evaluate(std::initializer_list<uint8_t> bytes) {
    TestModule module;
    module.Function(module.Type({}));
    module.Global({kI32}, module.I32(3));
    module.Global({kI64}, module.Expression({0x42, 5, 0x0b}));
    module.Global({kI64}, module.Expression(bytes));
    instance_ = &MakeInstance(module);
    return instance_->global(2).cell;
  }
  uint64_t Slot(std::initializer_list<uint8_t> bytes) { return Evaluate(bytes).slots[0]; }
  Instance* instance_ = nullptr;
};

TEST_F(ConstExpressionTest, Constants) {
  EXPECT_EQ(Slot({0x41, 0x7f, 0x0b}), 0xffffffffu);  // the upper half of a slot is zero
  EXPECT_EQ(Slot({0x41, 0x80, 0x80, 0x80, 0x80, 0x78, 0x0b}), 0x80000000u);
  EXPECT_EQ(Slot({0x42, 0x7f, 0x0b}), UINT64_MAX);
  EXPECT_EQ(Slot({0x43, 0x00, 0x00, 0x80, 0xbf, 0x0b}), 0xbf800000u);
  EXPECT_EQ(Slot({0x44, 1, 2, 3, 4, 5, 6, 7, 0xf8, 0x0b}), 0xf807060504030201u);
  const GlobalCell vector =
      Evaluate({0xfd, 12, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0x80, 0x0b});
  EXPECT_EQ(vector.slots[0], 1u);
  EXPECT_EQ(vector.slots[1], 0x8000000000000002u);
}

TEST_F(ConstExpressionTest, References) {
  EXPECT_EQ(Slot({0xd0, 0x70, 0x0b}), 0u);
  const uint64_t function = Slot({0xd2, 0x00, 0x0b});
  EXPECT_EQ(function, reinterpret_cast<uint64_t>(instance_->GetFunction(0)));
}

TEST_F(ConstExpressionTest, Globals) {
  EXPECT_EQ(Slot({0x23, 0x00, 0x0b}), 3u);
  EXPECT_EQ(Slot({0x23, 0x01, 0x0b}), 5u);
}

TEST_F(ConstExpressionTest, Arithmetic) {
  EXPECT_EQ(Slot({0x41, 2, 0x41, 5, 0x6a, 0x0b}), 7u);
  EXPECT_EQ(Slot({0x41, 2, 0x41, 5, 0x6b, 0x0b}), 0xfffffffdu);
  EXPECT_EQ(Slot({0x41, 0x7f, 0x41, 0x7f, 0x6c, 0x0b}), 1u);
  EXPECT_EQ(Slot({0x42, 2, 0x42, 5, 0x7c, 0x0b}), 7u);
  EXPECT_EQ(Slot({0x42, 2, 0x42, 5, 0x7d, 0x0b}), UINT64_MAX - 2);
  EXPECT_EQ(Slot({0x42, 3, 0x42, 0x7f, 0x7e, 0x0b}), UINT64_MAX - 2);
  // (1 - (global 0 + 2 * 3)) wraps
  EXPECT_EQ(Slot({0x41, 1, 0x23, 0, 0x41, 2, 0x41, 3, 0x6c, 0x6a, 0x6b, 0x0b}), 0xfffffff8u);
}

TEST_F(ConstExpressionTest, SeveralInARow) {
  TestModule module;
  const ByteRange range =
      module.Bytes({0x41, 1, 0x0b, 0x42, 2, 0x42, 3, 0x7c, 0x0b, 0x41, 9, 0x0b});
  Instance& instance = MakeInstance(module);
  const auto bytes = instance.module().BytesOf(range);
  const uint8_t* position = bytes.data();
  const uint8_t* const end = position + bytes.size();
  EXPECT_EQ(EvaluateConstExpression(instance, &position, end).slots[0], 1u);
  EXPECT_EQ(EvaluateConstExpression(instance, &position, end).slots[0], 5u);
  EXPECT_EQ(EvaluateConstExpression(instance, &position, end).slots[0], 9u);
  EXPECT_EQ(position, end);
}

}  // namespace
}  // namespace wasmtier::runtime
