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
    site.others = 1000;
    EXPECT_THAT(Dump(name, DumpKind::kIr), Not(HasSubstr("likely:")));
    site.others = 0;
    ExpectSame(name, {I32(5), I32(0)});
    EXPECT_THAT(Compiled(name, {I32(2), I32(2)}), Traps("indirect call type mismatch"));
    EXPECT_THAT(Compiled(name, {I32(2), I32(3)}), Traps("undefined element"));
    FeedbackOf(name, 1, 0, 0);
  }
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
