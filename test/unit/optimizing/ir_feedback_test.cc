// What counts of the baseline's code change in the IR.
#include <regex>

#include "test/unit/optimizing/ir_fixture.h"

namespace wasmtier::test {
namespace {

using optimizing::DumpKind;
using testing::HasSubstr;
using testing::Not;

class IrFeedback : public IrTest {};

TEST_F(IrFeedback, LikelyTargetsAreCalledDirectly) {
  Load(R"((module
    (type $t (func (param i32) (result i32)))
    (type $u (func (param i64) (result i32)))
    (table funcref (elem $one $two $other))
    (func $one (export "one") (param i32) (result i32) (i32.add (local.get 0) (i32.const 12345)))
    (func $two (param i32) (result i32) (i32.mul (local.get 0) (i32.const 3)))
    (func $other (param i64) (result i32) (i32.const 3))
    (func (export "f") (param i32 i32) (result i32)
      (i32.sub (call_indirect (type $t) (local.get 0) (local.get 1)) (i32.const 1)))
    (func (export "tail") (param i32 i32) (result i32)
      (return_call_indirect (type $t) (local.get 0) (local.get 1)))))");
  for (const char* name : {"f", "tail"}) {
    EXPECT_THAT(Dump(name, DumpKind::kIr), Not(HasSubstr("likely:")));
    profiler::CallSite& site = FeedbackOf(name, 1, 0, 0)->call_sites()[0];
    site.targets[0] = {instance().code().entries() + FindFunction("one"), 1000};
    site.others = 10;
    EXPECT_THAT(Dump(name, DumpKind::kIr), HasSubstr("likely:"));
    // Inlined.
    EXPECT_THAT(Dump(name, DumpKind::kOptimizedIr), HasSubstr("1234"));
    site.others = 10000;
    EXPECT_THAT(Dump(name, DumpKind::kIr), Not(HasSubstr("likely:")));
    site.others = 0;
    ExpectSame(name, {I32(5), I32(0)});
    EXPECT_THAT(Compiled(name, {I32(2), I32(2)}), Traps("indirect call type mismatch"));
    EXPECT_THAT(Compiled(name, {I32(2), I32(3)}), Traps("undefined element"));
    FeedbackOf(name, 1, 0, 0);
  }
}

// Each with a guard of its own, the most frequent first; what is left looks the entry up.
TEST_F(IrFeedback, ThreeTargetsInTurnAreCalledDirectly) {
  Load(R"((module
    (type $t (func (param i32) (result i32)))
    (table funcref (elem $one $two $three $rare $other))
    (func $one (export "one") (param i32) (result i32) (i32.add (local.get 0) (i32.const 7)))
    (func $two (export "two") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 3)))
    (func $three (export "three") (param i32) (result i32)
      (i32.div_u (i32.const 100) (local.get 0)))
    (func $rare (export "rare") (param i32) (result i32) (i32.xor (local.get 0) (i32.const 5)))
    (func $other (param i64) (result i32) (i32.const 3))
    (func (export "f") (param i32 i32) (result i32)
      (i32.sub (call_indirect (type $t) (local.get 0) (local.get 1)) (i32.const 1)))
    (func (export "tail") (param i32 i32) (result i32)
      (return_call_indirect (type $t) (local.get 0) (local.get 1)))))");
  for (const char* name : {"f", "tail"}) {
    profiler::CallSite& site = FeedbackOf(name, 1, 0, 0)->call_sites()[0];
    std::atomic<void*>* const entries = instance().code().entries();
    site.targets[0] = {entries + FindFunction("three"), 200};
    site.targets[1] = {entries + FindFunction("one"), 300};
    site.targets[2] = {entries + FindFunction("rare"), 20};
    site.targets[3] = {entries + FindFunction("two"), 250};
    const std::string text = Dump(name, DumpKind::kIr);
    size_t guards = 0;
    for (size_t at = text.find("label %likely"); at != std::string::npos;
         at = text.find("label %likely", at + 1)) {
      ++guards;
    }
    EXPECT_EQ(guards, 3u) << text;
    EXPECT_THAT(text, HasSubstr("!\"branch_weights\", i32 301, i32 471"));
    for (int64_t target : {0, 1, 2, 4, 5}) ExpectSame(name, {I32(9), I32(target)});
    ExpectSame(name, {I32(0), I32(2)});  // a trap within what was inlined
    FeedbackOf(name, 1, 0, 0);
  }
}

TEST_F(IrFeedback, FunctionsHaveTheirNumberOfCalls) {
  Load(R"((module (func (export "f") (param i32) (result i32) (local.get 0))))");
  EXPECT_THAT(Dump("f", DumpKind::kIr), Not(HasSubstr("function_entry_count")));
  FeedbackOf("f", 0, 0, 0)->hot.calls -= 42;
  EXPECT_THAT(Dump("f", DumpKind::kIr), HasSubstr("!\"function_entry_count\", i64 42"));
}

TEST_F(IrFeedback, BranchesHaveWeights) {
  Load(R"((module (func (export "f") (param i32) (result i32)
    (block $out
      (loop $l
        (br_if $out (i32.eq (local.get 0) (i32.const 77)))
        (if (i32.and (local.get 0) (i32.const 1))
          (then (local.set 0 (i32.add (local.get 0) (i32.const 2))))
          (else (local.set 0 (i32.add (local.get 0) (i32.const 1)))))
        (br_if $l (i32.lt_u (local.get 0) (i32.const 1000)))))
    (local.get 0))))");
  EXPECT_THAT(Dump("f", DumpKind::kIr), Not(HasSubstr("branch_weights")));
  profiler::FunctionFeedback* const feedback = FeedbackOf("f", 0, 1, 3);
  feedback->loops()[0] = 1000;
  feedback->branches()[0] = 10;
  feedback->branches()[1] = 90;
  feedback->branches()[2] = profiler::FunctionFeedback::kNotCounted;
  const std::string text = Dump("f", DumpKind::kIr);
  EXPECT_THAT(text, HasSubstr("!\"branch_weights\", i32 11, i32 991"));
  EXPECT_THAT(text, HasSubstr("!\"branch_weights\", i32 901, i32 91"));
  ExpectSame("f", {I32(5)});
  ExpectSame("f", {I32(78)});
}

}  // namespace
}  // namespace wasmtier::test
