#include "runtime/trap.h"

#include <gtest/gtest.h>

#include "test/unit/runtime/runtime_fixture.h"

namespace wasmtier::runtime {
namespace {

TEST(TrapTest, MessagesAreThoseOfTheSpecSuite) {
  EXPECT_STREQ(TrapMessage(TrapCode::kMemoryOutOfBounds), "out of bounds memory access");
  EXPECT_STREQ(TrapMessage(TrapCode::kCallStackExhausted), "call stack exhausted");
  EXPECT_STREQ(TrapMessage(TrapCode::kUndefinedElement), "undefined element");
}

TEST(TrapTest, ToStringNamesFunctionsAndOffsets) {
  TypeRegistry types;
  TestModule builder;
  const uint32_t type = builder.Type({});
  builder.Function(type);
  builder.Function(type);
  builder.Export("fib", ExternKind::kFunc, 1);
  const auto module = builder.Finish(types);

  TrapInfo trap;
  trap.code = TrapCode::kUnreachable;
  EXPECT_EQ(trap.ToString(), "unreachable");
  trap.message = "host function failed: no such file";
  trap.frames = {{module, 1, 0x1f3}, {module, 0, 0x20}};
  EXPECT_EQ(trap.ToString(),
            "host function failed: no such file\n"
            "  0: function 1 <fib> at 0x1f3\n"
            "  1: function 0 at 0x20");
  trap.omitted_frames = 1;
  EXPECT_TRUE(trap.ToString().ends_with("at 0x20\n  ... and 1 more frame"));
  trap.omitted_frames = 65000;
  EXPECT_TRUE(trap.ToString().ends_with("\n  ... and 65000 more frames"));
}

}  // namespace
}  // namespace wasmtier::runtime
