// The compiler: whole functions as text, compiled before they are called; what they compute is
// compared with what the interpreter makes of the same.
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "profiler/feedback.h"
#include "test/unit/baseline/compiler_fixture.h"
#include "tiers/baseline/baseline.h"

namespace wasmtier::test {
namespace {

using profiler::FunctionFeedback;
using runtime::CompiledCode;
using runtime::Instance;
using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(CompilerTest, CallsItself) {
  EXPECT_THAT(Both(R"((module (func $fib (export "f") (param i32) (result i32)
    (if (result i32) (i32.lt_s (local.get 0) (i32.const 2))
      (then (local.get 0))
      (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1)))
                     (call $fib (i32.sub (local.get 0) (i32.const 2)))))))))",
                   "f", {15}),
              ElementsAre(610));
}

TEST_F(CompilerTest, ALocalPushedBeforeItIsWrittenKeepsItsValue) {
  EXPECT_THAT(Both(R"((module (func (export "f") (param i32) (result i32)
    local.get 0  local.get 0  i32.const 1  i32.add  local.set 0
    local.get 0  i32.const 100  i32.mul  i32.add)))",
                   "f", {5}),
              ElementsAre(605));
}

TEST_F(CompilerTest, ADivisionKeepsWhatIsInItsRegister) {
  EXPECT_THAT(Both(R"((module (func (export "f") (param i32 i32) (result i32)
    (i32.add (i32.mul (local.get 0) (i32.const 3))
      (i32.add (i32.mul (local.get 1) (i32.const 5))
        (i32.add (i32.xor (local.get 0) (local.get 1))
          (i32.add (i32.or (local.get 0) (local.get 1))
            (i32.rem_u (i32.add (local.get 0) (i32.const 1000))
                       (i32.add (local.get 1) (i32.const 3))))))))))",
                   "f", {17, 8}),
              ElementsAre(17 * 3 + 8 * 5 + (17 ^ 8) + (17 | 8) + 1017 % 11));
}

TEST_F(CompilerTest, ManyOperandsSpill) {
  std::string text = "(module (func (export \"f\") (param i32) (result i32)";
  for (int i = 0; i < 40; ++i)
    absl::StrAppend(&text, "(i32.mul (local.get 0) (i32.const ", i, "))");
  for (int i = 0; i < 39; ++i) absl::StrAppend(&text, i % 2 == 0 ? " i32.add" : " i32.xor");
  Both(text + "))", "f", {7});
}

TEST_F(CompilerTest, ComparisonsFuseWithSelectAndNegation) {
  const char* const text = R"((module (func (export "f") (param i32 i32) (result i32)
    (i32.add
      (select (i32.const 10) (i32.const 20) (i32.eqz (i32.lt_u (local.get 0) (local.get 1))))
      (if (result i32) (i32.eqz (i32.eqz (i32.gt_s (local.get 0) (local.get 1))))
        (then (i32.const 1)) (else (i32.const 2))))))";
  EXPECT_THAT(Both(std::string(text) + ")", "f", {1, 2}), ElementsAre(22));
  EXPECT_THAT(Both(std::string(text) + ")", "f", {2, 1}), ElementsAre(11));
}

TEST_F(CompilerTest, BranchesCarryValues) {
  const char* const table = R"((module (func (export "f") (param i32) (result i32)
    (block $a (result i32)
      (i32.mul (i32.const 2) (block $b (result i32)
        (i32.add (i32.const 1) (block $c (result i32)
          (br_table $c $b $a (i32.const 100) (local.get 0)))))))))
  )";
  EXPECT_THAT(Both(table, "f", {0}), ElementsAre(202));
  EXPECT_THAT(Both(table, "f", {1}), ElementsAre(200));
  EXPECT_THAT(Both(table, "f", {2}), ElementsAre(100));
}

std::string Repeat(int count, std::string_view text) {
  std::string repeated;
  for (int i = 0; i < count; ++i) repeated += text;
  return repeated;
}

// A type with so many results of every kind, and functions that hand them on.
std::string ManyValues(int count) {
  std::string types;
  std::string pushes;
  const char* const kinds[] = {"i32", "i64", "f32", "f64"};
  for (int i = 0; i < count; ++i) {
    absl::StrAppend(&types, " ", kinds[i % 4]);
    absl::StrAppend(&pushes, " ", kinds[i % 4], ".const ", i);
  }
  return absl::StrCat(
      "(module (type $t (func (param", types, ") (result", types, ")))",
      "(table funcref (elem $pass))", "(func $make (result", types, ")", pushes, ")",
      "(func $pass (type $t)",
      [&] {
        std::string gets;
        for (int i = 0; i < count; ++i) absl::StrAppend(&gets, " local.get ", i);
        return gets;
      }(),
      ")", "(func (export \"f\") (result", types, ") (block (result", types, ")",
      " call $make call $pass i32.const 0 call_indirect (type $t)", " i32.const 1 br_if 0)))");
}

TEST_F(CompilerTest, ManyParametersAndResultsTakeTheCallArea) {
  Both(ManyValues(3), "f", {});
  Both(ManyValues(14), "f", {});
  Both(ManyValues(200), "f", {});
}

TEST_F(CompilerTest, ManyLocalsAreZero) {
  std::string text = "(module (func (export \"f\") (result i64) (local";
  for (int i = 0; i < 3000; ++i) text += " i64";
  text += ") i64.const 0";
  for (int i = 0; i < 3000; i += 7) absl::StrAppend(&text, " local.get ", i, " i64.add");
  EXPECT_THAT(Both(text + "))", "f", {}), ElementsAre(0));
}

TEST_F(CompilerTest, CallsKeepLocalsThatLiveInRegisters) {
  EXPECT_THAT(Both(R"((module
    (func $clobber (param f64 i32) (result f64) (f64.add (local.get 0) (f64.const 1)))
    (func (export "f") (param i32) (result i64) (local $x f64) (local $i i32)
      (local.set $x (f64.const 0.5))
      (loop $again
        (local.set $x (call $clobber (f64.mul (local.get $x) (f64.const 1.5)) (local.get $i)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $again (i32.lt_u (local.get $i) (local.get 0))))
      (i64.add (i64.reinterpret_f64 (local.get $x)) (i64.extend_i32_u (local.get $i))))))",
                   "f", {9}),
              testing::SizeIs(1));
}

TEST_F(CompilerTest, LoopsAreEnteredFromTheInterpreter) {
  compiles_ = false;
  countdown_ = runtime::kCallHotness + 50;
  // 30 more locals than there are registers, and an operand that waits below the loop.
  std::string text = R"((module (func (export "f") (param i32) (result i64) (local i64 f64)
    (local)" + [] {
    std::string locals;
    for (int i = 0; i < 30; ++i) locals += " i64";
    return locals;
  }() + R"()
    (i64.const 1000000)
    (loop $again)";
  for (int i = 3; i < 33; ++i) {
    absl::StrAppend(&text, "(local.set ", i, " (i64.add (local.get ", i, ") (i64.const ", i, ")))");
  }
  text += R"((local.set 1 (i64.add (local.get 1) (i64.extend_i32_u (local.get 0))))
    (local.set 2 (f64.add (local.get 2) (f64.const 1)))
    (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
    (i64.add (local.get 1)) (i64.add (i64.trunc_f64_s (local.get 2))))";
  for (int i = 3; i < 33; ++i) absl::StrAppend(&text, "(i64.add (local.get ", i, "))");
  text += "))";
  uint64_t sum = 1000000 + 1000 * 1001 / 2 + 1000;
  for (uint64_t i = 3; i < 33; ++i) sum += 1000 * i;
  EXPECT_THAT(Call(Instantiate(text), "f", {1000}), ElementsAre(sum));
  EXPECT_GE(osr_entries_, 1);
}

TEST_F(CompilerTest, TrapsNameTheirInstruction) {
  Instance& m = Instantiate(R"((module (memory 1)
    (func (export "divide") (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
    (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
    (func (export "deep") (param i32) (result i32) (call 2 (local.get 0)))))");
  EXPECT_THAT(CallToTrap(m, "divide", {1, 0}), HasSubstr("integer divide by zero"));
  EXPECT_THAT(CallToTrap(m, "divide", {0x80000000, 0xffffffff}), HasSubstr("integer overflow"));
  EXPECT_THAT(CallToTrap(m, "load", {65533}), HasSubstr("out of bounds memory access"));
  EXPECT_THAT(CallToTrap(m, "deep", {0}), HasSubstr("call stack exhausted"));
  EXPECT_THAT(Call(m, "divide", {7, 2}), ElementsAre(3));
}

TEST_F(CompilerTest, TailCallsTakeNoStack) {
  EXPECT_THAT(Call(Instantiate(R"((module (type $t (func (param i32 i64) (result i64)))
    (table funcref (elem $odd))
    (func $even (export "f") (type $t)
      (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
      (return_call_indirect (type $t) (i32.sub (local.get 0) (i32.const 1))
        (i64.add (local.get 1) (i64.const 1)) (i32.const 0)))
    (func $odd (type $t)
      (return_call $even (i32.sub (local.get 0) (i32.const 1)) (local.get 1)))))"),
                   "f", {1000000, 0}),
              ElementsAre(500000));
}

TEST_F(CompilerTest, FeedbackCountsTargetsAndBranches) {
  feedback_ = true;
  Instance& m = Instantiate(R"((module (type $t (func (result i32)))
    (table funcref (elem $a $b))
    (func $a (type $t) (i32.const 1))
    (func $b (type $t) (i32.const 2))
    (func (export "f") (param $n i32) (result i32) (local $sum i32)
      (loop $again
        (if (i32.and (local.get $n) (i32.const 1))
          (then (local.set $sum (i32.add (local.get $sum) (i32.const 100)))))
        (local.set $sum (i32.add (local.get $sum)
          (call_indirect (type $t) (i32.eqz (i32.rem_u (local.get $n) (i32.const 4))))))
        (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      )" + Repeat(200, " nop") +
                            R"((local.get $sum))))");
  EXPECT_THAT(Call(m, "f", {40}), ElementsAre(20 * 100 + 30 + 10 * 2));
  const CompiledCode* const code = m.code().FindCompiled(2);
  ASSERT_NE(code, nullptr);
  auto* const feedback = static_cast<FunctionFeedback*>(code->feedback);
  ASSERT_NE(feedback, nullptr);
  EXPECT_EQ(code->feedback_bytes, FunctionFeedback::Bytes(1, 1, 2));
  EXPECT_EQ(feedback->calls(), 1u);
  EXPECT_THAT(feedback->loops(), ElementsAre(40));
  EXPECT_THAT(feedback->branches(), ElementsAre(20, FunctionFeedback::kNotCounted));
  const profiler::CallSite& site = feedback->call_sites()[0];
  EXPECT_EQ(m.code().FunctionOfEntry(site.targets[0].entry), 1u);
  EXPECT_EQ(site.targets[0].count, 10u);
  EXPECT_EQ(m.code().FunctionOfEntry(site.targets[1].entry), 0u);
  EXPECT_EQ(site.targets[1].count, 30u);
  EXPECT_EQ(site.others, 0u);
}

TEST_F(CompilerTest, WhatNoTierExecutesIsRefused) {
  Instance& m = Instantiate(R"((module (memory 1)
    (func (export "f") (drop (i32.atomic.load (i32.const 0))))))");
  const auto compiled = baseline::Compile(m.code(), 0, *space_, *stubs_, {});
  EXPECT_EQ(compiled.status().code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(std::string(compiled.status().message()), HasSubstr("i32.atomic.load"));
}

TEST_F(CompilerTest, TheListingShowsTheInstructionsAbove) {
  Instance& m = Instantiate(R"((module (func (export "f") (param i32) (result i32)
    (i32.mul (local.get 0) (local.get 0)))))");
  const auto text = baseline::Disassemble(m.code(), 0, *space_, *stubs_, {});
  ASSERT_TRUE(text.ok());
  EXPECT_THAT(*text, HasSubstr("i32.mul"));
  EXPECT_THAT(*text, HasSubstr("imul"));
  EXPECT_THAT(*text, HasSubstr("ret"));
}

}  // namespace
}  // namespace wasmtier::test
