// A comparison that cannot fail proves nothing: modules that differ in one respect are told apart.
#include <gtest/gtest.h>

#include "test/differential/generator.h"
#include "test/differential/transcript.h"
#include "test/support/modes.h"
#include "test/support/wat.h"

namespace wasmtier::test {
namespace {

Transcript TranscriptOf(const ModuleList& modules) {
  return RunModules(Modes()[0].config, modules, [](const std::string&) {});
}

std::string Between(const std::string& left, const std::string& right) {
  return Difference("left", TranscriptOf({CompileWat(left)}), "right",
                    TranscriptOf({CompileWat(right)}))
      .value_or("");
}

TEST(Difference, OfResults) {
  constexpr char kLeft[] = R"((module (func (export "f") (result i32) (i32.const 1))))";
  constexpr char kRight[] = R"((module (func (export "f") (result i32) (i32.const 2))))";
  EXPECT_EQ(Between(kLeft, kLeft), "");
  const std::string text = Between(kLeft, kRight);
  EXPECT_NE(text.find("m0.f"), std::string::npos) << text;
  EXPECT_NE(text.find("i32:1"), std::string::npos) << text;
  EXPECT_NE(text.find("i32:2"), std::string::npos) << text;
}

TEST(Difference, OfFloatBitsButNotOfNans) {
  EXPECT_NE(Between("(module (func (export \"f\") (result f64) (f64.const 0)))",
                    "(module (func (export \"f\") (result f64) (f64.const -0)))"),
            "");
  EXPECT_EQ(Between("(module (func (export \"f\") (result f64) (f64.const nan)))",
                    "(module (func (export \"f\") (result f64) (f64.const -nan:0x123)))"),
            "");
}

TEST(Difference, OfTraps) {
  constexpr char kUnreachable[] = R"((module (func (export "f") (unreachable))))";
  constexpr char kDivide[] =
      R"((module (func (export "f") (drop (i32.div_u (i32.const 1) (i32.const 0))))))";
  constexpr char kLater[] = R"((module (func (export "f") (nop) (unreachable))))";
  EXPECT_EQ(Between(kUnreachable, kUnreachable), "");
  EXPECT_NE(Between(kUnreachable, kDivide), "");
  EXPECT_NE(Between(kUnreachable, kLater), "") << "another byte offset";
}

TEST(Difference, OfBacktraces) {
  const auto text = [](const char* middle) {
    return std::string("(module (func $g (unreachable)) (func $h (call $g)) (func $i (call $g))") +
           "(func (export \"f\") (call " + middle + ")))";
  };
  EXPECT_EQ(Between(text("$h"), text("$h")), "");
  EXPECT_NE(Between(text("$h"), text("$i")), "") << "a caller is another function";
}

TEST(Difference, OfHostCalls) {
  const auto text = [](int value) {
    return R"((module (import "env" "log" (func $log (param i32)))
      (func (export "f") (call $log (i32.const )" +
           std::to_string(value) + "))))";
  };
  EXPECT_EQ(Between(text(1), text(1)), "");
  EXPECT_NE(Between(text(1), text(2)).find("env.log"), std::string::npos);
}

TEST(Difference, OfMemoryGlobalsAndTables) {
  const auto text = [](const char* body) {
    return std::string(R"((module (memory (export "m") 1) (table (export "t") 2 funcref)
      (global (export "g") (mut i64) (i64.const 0)) (elem declare func $f)
      (func $f (export "f") )") +
           body + "))";
  };
  const std::string nothing = text("");
  EXPECT_EQ(Between(nothing, text("(nop)")), "");
  EXPECT_NE(Between(nothing, text("(i32.store8 (i32.const 65535) (i32.const 1))")), "");
  EXPECT_NE(Between(nothing, text("(drop (memory.grow (i32.const 1)))")), "");
  EXPECT_NE(Between(nothing, text("(global.set 0 (i64.const 1))")), "");
  EXPECT_NE(Between(nothing, text("(table.set 0 (i32.const 1) (ref.func $f))")), "");
}

TEST(Difference, OfOneMoreEvent) {
  EXPECT_NE(Between(R"((module (func (export "f"))))",
                    R"((module (func (export "f")) (func (export "g"))))"),
            "");
}

TEST(Exhaustion, EndsTheTranscript) {
  const Transcript transcript = TranscriptOf({CompileWat(R"((module (memory (export "m") 1)
    (func $f (export "f") (result i32)
      (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))
      (i32.add (i32.const 1) (call $f)))))")});
  ASSERT_EQ(transcript.events.size(), 2u);
  EXPECT_EQ(transcript.events[1].how, "trap: call stack exhausted") << "without a backtrace";
}

TEST(Generator, MakesValidModulesWithoutAnyChoice) {
  Choices none({});
  const Transcript transcript = TranscriptOf(GenerateModules(none));
  ASSERT_GT(transcript.events.size(), 2u);
  EXPECT_EQ(transcript.events[0].how, "done");
}

TEST(Generator, MakesTheSameOfTheSameSeed) {
  const std::vector<uint8_t> bytes = BytesOfSeed(7);
  Choices first(bytes), second(bytes);
  EXPECT_EQ(GenerateModules(first), GenerateModules(second));
}

}  // namespace
}  // namespace wasmtier::test
