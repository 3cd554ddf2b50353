#include "wasmtier/trap.h"

#include "test/unit/engine/api_fixture.h"

namespace wasmtier::test {
namespace {

using testing::HasSubstr;

Trap Sample() {
  absl::Status host_status = absl::NotFoundError("nobody");
  host_status.SetPayload("some/url", absl::Cord(absl::string_view("a\0b", 3)));
  return Trap(TrapCode::kHostError, "host function failed: nobody",
              {{.function = 12, .name = "sum", .module_name = "", .offset = 0x1f3},
               {.function = 3, .name = "", .module_name = "main.wasm", .offset = 0x20}},
              2, host_status);
}

TEST(TrapTest, TravelsInAStatus) {
  const absl::Status status = Sample().ToStatus();
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(status.message(), "host function failed: nobody");
  const Trap trap = Trap::FromStatus(status).value();
  EXPECT_EQ(trap.code(), TrapCode::kHostError);
  ASSERT_EQ(trap.frames().size(), 2u);
  EXPECT_EQ(trap.frames()[0].function, 12u);
  EXPECT_EQ(trap.frames()[0].name, "sum");
  EXPECT_EQ(trap.frames()[1].offset, 0x20u);
  EXPECT_EQ(trap.omitted_frames(), 2u);
  EXPECT_EQ(trap.host_status(), Sample().host_status());
}

TEST(TrapTest, Prints) {
  EXPECT_EQ(Sample().ToString(),
            "host function failed: nobody\n"
            "  0: function 12 <sum> at 0x1f3\n"
            "  1: function 3 at 0x20 in main.wasm\n"
            "  ... and 2 more frames");
}

TEST(TrapTest, OtherStatusesHaveNone) {
  EXPECT_FALSE(Trap::FromStatus(absl::OkStatus()).has_value());
  EXPECT_FALSE(Trap::FromStatus(absl::AbortedError("no trap")).has_value());
  absl::Status forged = absl::AbortedError("forged");
  for (const char* payload : {"", "x", "\xff\xff\xff\xff\xff\xff\xff\xff\xff"}) {
    forged.SetPayload("wasmtier/trap", absl::Cord(payload));
    EXPECT_FALSE(Trap::FromStatus(forged).has_value());
  }
}

TEST(TrapTest, TruncatedPayloadsAreRefused) {
  const absl::Status status = Sample().ToStatus();
  const std::string whole(*status.GetPayload("wasmtier/trap"));
  for (size_t size = 0; size < whole.size(); ++size) {
    absl::Status cut = absl::AbortedError("cut");
    cut.SetPayload("wasmtier/trap", absl::Cord(absl::string_view(whole).substr(0, size)));
    EXPECT_FALSE(Trap::FromStatus(cut).has_value()) << size;
  }
}

TEST(TrapTest, NamesAreThoseOfTheSpec) {
  EXPECT_STREQ(ToString(TrapCode::kUnreachable), "unreachable");
  EXPECT_STREQ(ToString(TrapCode::kMemoryOutOfBounds), "out of bounds memory access");
  EXPECT_STREQ(ToString(TrapCode::kHostError), "host function failed");
}

TEST(ExitTest, TravelsInAStatus) {
  for (int32_t code : {0, 1, 134, -1, INT32_MIN, INT32_MAX}) {
    EXPECT_EQ(ExitCode(ExitStatus(code)), code);
  }
  EXPECT_FALSE(ExitCode(absl::OkStatus()).has_value());
  EXPECT_FALSE(ExitCode(absl::CancelledError("cancelled")).has_value());
}

using TrapInWasm = ApiTest;

TEST_F(TrapInWasm, HasABacktrace) {
  const Instance instance = Instantiate(R"((module $main
      (func $inner (param i32) (result i32) (i32.div_u (i32.const 1) (local.get 0)))
      (func $outer (export "f") (param i32) (result i32) (call $inner (local.get 0)))))");
  const auto f = instance.GetTypedFunc<int32_t(int32_t)>("f").value();
  EXPECT_EQ(f(1).value(), 1);
  const Trap trap = Trap::FromStatus(f(0).status()).value();
  EXPECT_EQ(trap.code(), TrapCode::kIntegerDivideByZero);
  EXPECT_EQ(trap.message(), "integer divide by zero");
  ASSERT_EQ(trap.frames().size(), 2u);
  EXPECT_EQ(trap.frames()[0].name, "inner");
  EXPECT_EQ(trap.frames()[0].module_name, "main");
  EXPECT_EQ(trap.frames()[1].name, "outer");
  const Module module = instance.module();
  EXPECT_EQ(module.bytes()[trap.frames()[0].offset], 0x6eu) << "i32.div_u";
  EXPECT_EQ(module.bytes()[trap.frames()[1].offset], 0x10u) << "call";
  EXPECT_THAT(trap.ToString(), HasSubstr("\n  0: function 0 <inner> at 0x"));
}

TEST_F(TrapInWasm, KeepsTheInnermostFrames) {
  const auto result =
      Instantiate("(module (func $f (export \"f\") (call $f)))").GetFunc("f").value().Call({});
  const Trap trap = Trap::FromStatus(result.status()).value();
  EXPECT_EQ(trap.code(), TrapCode::kCallStackExhausted);
  EXPECT_EQ(trap.frames().size(), 64u);
  EXPECT_GT(trap.omitted_frames(), 1000u);
}

TEST_F(TrapInWasm, OutlivesItsStore) {
  const Instance instance = Instantiate("(module (func $f (export \"f\") unreachable))");
  const absl::Status status = instance.GetFunc("f").value().Call({}).status();
  store_ = Store::Create(engine_).value();
  EXPECT_EQ(Trap::FromStatus(status).value().frames().at(0).name, "f");
}

}  // namespace
}  // namespace wasmtier::test
