// Large frames: thousands of locals, of operands, of parameters and results.
#include <algorithm>
#include <string>
#include <vector>

#include "test/support/wat.h"
#include "test/support/world.h"

namespace wasmtier::test {
namespace {

class LargeFrame : public EveryTier {
 protected:
  // Enough for the frames below in every mode.
  static constexpr size_t kStack = 16 << 20;
  World world_{GetParam(), kStack};
};
IN_EVERY_TIER(LargeFrame);

TEST_P(LargeFrame, ThousandsOfLocalsAreZeroAndSeparate) {
  // Every tenth local is written; their neighbours must stay zero. Twice, so that old values lie in
  // the frame.
  std::string text =
      "(module (func (export \"f\") (param i64) (result i64) (local $sum i64) (local " +
      Repeat(20000, "i64 ") + ")" +
      Repeat(2000, "(local.set $sum (i64.add (local.get $sum) (local.get %d5)))") +
      Repeat(1999, "(local.set %d7 (i64.add (local.get 0) (i64.const %d)))") +
      Repeat(1999, "(local.set $sum (i64.add (local.get $sum) (local.get %d7)))") +
      Repeat(1999, "(local.set $sum (i64.add (local.get $sum) (local.get %d8)))") +
      "(local.get $sum)))";
  ASSERT_THAT(world_.Instantiate("m", text), Returns());
  for (int round = 0; round < 3; ++round) {
    EXPECT_THAT(world_.Call("f", {I64(0)}), Returns(I64(1998 * 1999 / 2)));
    EXPECT_THAT(world_.Call("f", {I64(1)}), Returns(I64(1998 * 1999 / 2 + 1999)));
  }
}

TEST_P(LargeFrame, TheMostLocalsThatAModuleMayHave) {
  std::string text = "(module (func (export \"f\") (param i32) (result i32) (local " +
                     Repeat(49999, "i32 ") +
                     ") (local.set 49999 (i32.const 7)) (local.set 30000 (local.get 49999))"
                     "(i32.add (local.get 30000) (local.get 0))))";
  ASSERT_THAT(world_.Instantiate("m", text), Returns());
  EXPECT_THAT(world_.Call("f", {I32(1)}), Returns(I32(8)));
  // With lazy validation it is the call that fails.
  Outcome too_many =
      Run("(module (func (export \"f\") (local " + Repeat(50001, "i32 ") + ")))", "f");
  EXPECT_NE(too_many.kind, Outcome::Kind::kReturned);
  EXPECT_THAT(too_many.message, testing::HasSubstr("local"));
}

TEST_P(LargeFrame, DeepOperandStack) {
  std::string text = "(module (func (export \"f\") (param i32) (result i32) " +
                     Repeat(20000, "(i32.add (local.get 0) (i32.const %d))") +
                     Repeat(19999, "(i32.xor)") + "))";
  ASSERT_THAT(world_.Instantiate("m", text), Returns());
  uint32_t expected = 0;
  for (uint32_t i = 0; i < 20000; ++i) expected ^= i + 5;
  EXPECT_THAT(world_.Call("f", {I32(5)}), Returns(I32(expected)));
}

TEST_P(LargeFrame, DeepStackOfConstantsAndLocals) {
  // Neither has to be written to the frame until it is used.
  std::string text = "(module (func (export \"f\") (param i32) (result i32) " +
                     Repeat(5000, "(i32.const %d) (local.get 0) ") + Repeat(9999, "(i32.add)") +
                     "))";
  ASSERT_THAT(world_.Instantiate("m", text), Returns());
  EXPECT_THAT(world_.Call("f", {I32(3)}), Returns(I32(4999 * 5000 / 2 + 5000 * 3)));
}

TEST_P(LargeFrame, MoreThan65535SlotsWorkOrAreNamed) {
  std::string text =
      "(module (func (export \"small\") (result i32) (i32.const 1))"
      "(func (export \"f\") (param i32) (result i32) (local " +
      Repeat(49000, "i64 ") + ") " + Repeat(20000, "(i32.add (local.get 0) (i32.const %d))") +
      Repeat(19999, "(i32.xor)") + "))";
  Outcome loaded = world_.Instantiate("m", text);
  if (loaded.kind == Outcome::Kind::kRefused) {
    EXPECT_THAT(loaded.message, testing::HasSubstr("slots"));
    return;
  }
  EXPECT_THAT(world_.Call("small"), Returns(I32(1)));
  Outcome outcome = world_.Call("f", {I32(5)});
  uint32_t expected = 0;
  for (uint32_t i = 0; i < 20000; ++i) expected ^= i + 5;
  if (outcome.kind == Outcome::Kind::kReturned) {
    EXPECT_THAT(outcome, Returns(I32(expected)));
  } else {
    EXPECT_THAT(outcome.message, testing::HasSubstr("65535"));
  }
}

TEST_P(LargeFrame, ThousandParametersAndResults) {
  const std::string type =
      "(param " + Repeat(1000, "i32 ") + ") (result " + Repeat(1000, "i32 ") + ")";
  std::string text = "(module (type $t (func " + type +
                     ")) (table 1 funcref) (elem (i32.const 0) $next)"
                     "(func $next (type $t) " +
                     Repeat(1000, "(i32.add (local.get %d) (i32.const 1))") + ")" +
                     "(func (export \"direct\") (type $t) " + Repeat(1000, "(local.get %d)") +
                     " (call $next) (call $next))" + "(func (export \"indirect\") (type $t) " +
                     Repeat(1000, "(local.get %d)") + " (i32.const 0) (call_indirect (type $t)))" +
                     "(func (export \"tail\") (type $t) " + Repeat(1000, "(local.get %d)") +
                     " (return_call $next)))";
  ASSERT_THAT(world_.Instantiate("m", text), Returns());
  std::vector<Number> args, once, twice;
  for (int i = 0; i < 1000; ++i) {
    args.push_back(I32(i * 7));
    once.push_back(I32(i * 7 + 1));
    twice.push_back(I32(i * 7 + 2));
  }
  EXPECT_THAT(world_.Call("direct", args), ReturnsAll(twice));
  EXPECT_THAT(world_.Call("indirect", args), ReturnsAll(once));
  EXPECT_THAT(world_.Call("tail", args), ReturnsAll(once));
}

TEST_P(LargeFrame, ThousandParametersAndResultsOfAHostFunction) {
  world_.Host("env", "reverse", std::string(1000, 'l') + ":" + std::string(1000, 'l'),
              [](std::vector<Number>* values) {
                std::reverse(values->begin(), values->end());
                return absl::OkStatus();
              });
  const std::string type =
      "(param " + Repeat(1000, "i64 ") + ") (result " + Repeat(1000, "i64 ") + ")";
  ASSERT_THAT(world_.Instantiate("m", "(module (import \"env\" \"reverse\" (func $reverse " + type +
                                          ")) (func (export \"f\") " + type +
                                          Repeat(1000, "(local.get %d)") + "(call $reverse)))"),
              Returns());
  std::vector<Number> args;
  for (int i = 0; i < 1000; ++i) args.push_back(I64(i * 1000003LL));
  std::vector<Number> reversed(args.rbegin(), args.rend());
  EXPECT_THAT(world_.Call("f", args), ReturnsAll(reversed));
}

TEST_P(LargeFrame, BranchesThatMoveThousandValues) {
  std::string text = "(module (func (export \"f\") (param i32) (result " + Repeat(1000, "i32 ") +
                     ") (block (result " + Repeat(1000, "i32 ") + ") (i64.const 1) " +
                     Repeat(1000, "(i32.const %d)") + "(br_if 0 (local.get 0))" +
                     Repeat(1000, "(drop)") + "(drop) " +
                     Repeat(1000, "(i32.add (local.get 0) (i32.const 5%d))") + ")))";
  ASSERT_THAT(world_.Instantiate("m", text), Returns());
  std::vector<Number> taken, not_taken;
  for (int i = 0; i < 1000; ++i) {
    taken.push_back(I32(i));
    not_taken.push_back(I32(std::stoi("5" + std::to_string(i))));
  }
  EXPECT_THAT(world_.Call("f", {I32(1)}), ReturnsAll(taken));
  EXPECT_THAT(world_.Call("f", {I32(0)}), ReturnsAll(not_taken));
}

TEST_P(LargeFrame, LargeFramesRecurseUntilTheStackIsExhausted) {
  std::string text = "(module (func $f (export \"f\") (param i32) (result i32) (local " +
                     Repeat(10000, "i64 ") +
                     ") (if (i64.ne (local.get 9000) (i64.const 0)) (then (unreachable)))"
                     "(local.set 9000 (i64.const -1))"
                     "(if (result i32) (local.get 0) (then (i32.add (i32.const 1)"
                     "(call $f (i32.sub (local.get 0) (i32.const 1))))) (else (i32.const 0)))))";
  ASSERT_THAT(world_.Instantiate("m", text), Returns());
  EXPECT_THAT(world_.Call("f", {I32(100)}), Returns(I32(100)));
  EXPECT_THAT(world_.Call("f", {I32(100000)}), Traps("call stack exhausted"));
  EXPECT_THAT(world_.Call("f", {I32(100)}), Returns(I32(100)));
}

}  // namespace
}  // namespace wasmtier::test
