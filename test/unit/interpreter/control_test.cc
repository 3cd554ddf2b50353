// Blocks, branches and unreachable code (spec: "Control Instructions").
#include <string>

#include "test/support/wat.h"
#include "test/support/world.h"

namespace wasmtier::test {
namespace {

class Control : public EveryTier {};
IN_EVERY_TIER(Control);

TEST_P(Control, BrTableReachesEveryLabelAndTheDefault) {
  constexpr char kText[] = R"((module (func (export "f") (param i32) (result i32)
    (block (block (block (block (br_table 0 1 2 1 3 (local.get 0)))
      (return (i32.const 10))) (return (i32.const 20))) (return (i32.const 30)))
    (i32.const 40))))";
  EXPECT_THAT(Run(kText, "f", {I32(0)}), Returns(I32(10)));
  EXPECT_THAT(Run(kText, "f", {I32(1)}), Returns(I32(20)));
  EXPECT_THAT(Run(kText, "f", {I32(2)}), Returns(I32(30)));
  EXPECT_THAT(Run(kText, "f", {I32(3)}), Returns(I32(20)));
  EXPECT_THAT(Run(kText, "f", {I32(4)}), Returns(I32(40)));
  EXPECT_THAT(Run(kText, "f", {I32(-1)}), Returns(I32(40)));
  EXPECT_THAT(Run(kText, "f", {I32(0x80000000)}), Returns(I32(40)));
}

TEST_P(Control, BrTableCarriesValuesToLabelsOfDifferentHeight) {
  constexpr char kText[] = R"((module (func (export "f") (param i32) (result i32)
    (i32.add (i32.const 1000)
      (block $outer (result i32)
        (i32.add (i32.const 100)
          (block $middle (result i32)
            (i32.const 77) (i32.const 78)
            (i32.add (i32.const 10)
              (block $inner (result i32)
                (i32.const 5) (br_table $inner $middle $outer (local.get 0))))
            (br $middle))))))))";
  EXPECT_THAT(Run(kText, "f", {I32(0)}), Returns(I32(1115)));
  EXPECT_THAT(Run(kText, "f", {I32(1)}), Returns(I32(1105)));
  EXPECT_THAT(Run(kText, "f", {I32(2)}), Returns(I32(1005)));
}

TEST_P(Control, BrTableWithoutLabelsAlwaysTakesTheDefault) {
  constexpr char kText[] = R"((module (func (export "f") (param i32) (result i32)
    (block (result i32) (i32.const 3) (br_table 0 (local.get 0))))))";
  EXPECT_THAT(Run(kText, "f", {I32(0)}), Returns(I32(3)));
  EXPECT_THAT(Run(kText, "f", {I32(9)}), Returns(I32(3)));
}

TEST_P(Control, BrTableOfTenThousandLabels) {
  std::string text = "(module (func (export \"f\") (param i32) (result i32) (block $b (block $a " +
                     std::string("(br_table ") + Repeat(5000, "$a $b ") +
                     " $a (local.get 0))) (return (i32.const 1))) (i32.const 2)))";
  EXPECT_THAT(Run(text, "f", {I32(9998)}), Returns(I32(1)));
  EXPECT_THAT(Run(text, "f", {I32(9999)}), Returns(I32(2)));
  EXPECT_THAT(Run(text, "f", {I32(10000)}), Returns(I32(1)));
}

TEST_P(Control, BrTableBackToALoop) {
  constexpr char kText[] = R"((module (func (export "f") (param $n i32) (result i32)
    (local $sum i32)
    (block $out (loop $again
      (local.set $sum (i32.add (local.get $sum) (local.get $n)))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_table $out $again (local.get $n))))
    (local.get $sum))))";
  EXPECT_THAT(Run(kText, "f", {I32(100)}), Returns(I32(5050)));
}

TEST_P(Control, BlockTakesAndReturnsSeveralValues) {
  constexpr char kText[] = R"((module
    (func (export "f") (param i32 i64) (result i64 i32)
      (local.get 0) (local.get 1)
      (block (param i32 i64) (result i64 i32)
        (local.set 1) (local.set 0) (i64.add (local.get 1) (i64.const 1)) (local.get 0)))))";
  EXPECT_THAT(Run(kText, "f", {I32(7), I64(1LL << 40)}), Returns(I64((1LL << 40) + 1), I32(7)));
}

TEST_P(Control, BranchSwapsBlockResultsInParallel) {
  // Both results sit in each other's place before the branch.
  constexpr char kText[] = R"((module
    (func (export "f") (param i32 i32) (result i32 i32)
      (block (result i32 i32)
        (i32.const 1) (i32.const 2) (local.get 1) (local.get 0) (br 0)))))";
  EXPECT_THAT(Run(kText, "f", {I32(7), I32(8)}), Returns(I32(8), I32(7)));
}

TEST_P(Control, LoopWithParameters) {
  constexpr char kText[] = R"((module
    (func (export "f") (param $n i32) (result i32)
      (i32.const 1) (local.get $n)
      (loop (param i32 i32) (result i32)
        (local.set $n)
        (i32.mul (local.get $n))
        (i32.sub (local.get $n) (i32.const 1))
        (local.tee $n)
        (br_if 0 (i32.gt_s (local.get $n) (i32.const 1)))
        (drop)))))";
  EXPECT_THAT(Run(kText, "f", {I32(10)}), Returns(I32(3628800)));
}

TEST_P(Control, LoopRotatesThreeParameters) {
  constexpr char kText[] = R"((module
    (func (export "f") (param $n i32) (result i32 i32 i32)
      (i32.const 1) (i32.const 2) (i32.const 3)
      (loop (param i32 i32 i32) (result i32 i32 i32)
        (call $rotate)
        (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
    (func $rotate (param i32 i32 i32) (result i32 i32 i32)
      (local.get 1) (local.get 2) (local.get 0))))";
  EXPECT_THAT(Run(kText, "f", {I32(1)}), Returns(I32(2), I32(3), I32(1)));
  EXPECT_THAT(Run(kText, "f", {I32(1001)}), Returns(I32(3), I32(1), I32(2)));
}

TEST_P(Control, LoopCarriesItsOwnParametersCrossed) {
  constexpr char kText[] = R"((module
    (func (export "f") (param $n i32) (result i64 i64)
      (local $a i64) (local $b i64)
      (i64.const 0) (i64.const 1)
      (loop (param i64 i64) (result i64 i64)
        (local.set $b) (local.set $a)
        (local.get $b) (i64.add (local.get $a) (local.get $b))
        (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))))";
  EXPECT_THAT(Run(kText, "f", {I32(90)}),
              Returns(I64(2880067194370816120), I64(4660046610375530309)));
}

TEST_P(Control, BrIfKeepsItsValuesWhenNotTaken) {
  constexpr char kText[] = R"((module (func (export "f") (param i32) (result i32)
    (i32.const 100)
    (block (result i32)
      (i32.const 5) (br_if 0 (local.get 0)) (i32.const 1) (i32.add))
    (i32.add))))";
  EXPECT_THAT(Run(kText, "f", {I32(0)}), Returns(I32(106)));
  EXPECT_THAT(Run(kText, "f", {I32(1)}), Returns(I32(105)));
}

TEST_P(Control, BrIfMovesSeveralValuesOverOthers) {
  constexpr char kText[] = R"((module (func (export "f") (param i32) (result i32 f64 i64)
    (block (result i32 f64 i64)
      (i32.const -1) (i64.const -2)
      (i32.const 1) (f64.const 2.5) (i64.const 3) (br_if 0 (local.get 0))
      (drop) (drop) (drop) (drop) (drop)
      (i32.const 4) (f64.const 5.5) (i64.const 6)))))";
  EXPECT_THAT(Run(kText, "f", {I32(1)}), Returns(I32(1), F64(2.5), I64(3)));
  EXPECT_THAT(Run(kText, "f", {I32(0)}), Returns(I32(4), F64(5.5), I64(6)));
}

TEST_P(Control, ConditionReadsALocalThatTheValueOverwrites) {
  constexpr char kText[] = R"((module (func (export "f") (param i32) (result i32)
    (local.get 0)
    (local.set 0 (i32.const 42))
    (if (result i32) (then (local.get 0)) (else (i32.const 7))))))";
  EXPECT_THAT(Run(kText, "f", {I32(0)}), Returns(I32(7)));
  EXPECT_THAT(Run(kText, "f", {I32(1)}), Returns(I32(42)));
}

TEST_P(Control, OperandKeepsTheValueALocalHadWhenItWasRead) {
  constexpr char kText[] = R"((module (func (export "f") (param i32) (result i32)
    (local.get 0) (local.get 0)
    (local.set 0 (i32.add (local.get 0) (i32.const 1)))
    (local.get 0) (i32.mul) (i32.sub)
    (local.tee 0 (i32.const 1000)) (i32.add (local.get 0)) (i32.add))))";
  // 5 - 5 * 6 + 2000
  EXPECT_THAT(Run(kText, "f", {I32(5)}), Returns(I32(1975)));
}

TEST_P(Control, OperandReadBeforeALoopThatChangesItsLocal) {
  constexpr char kText[] = R"((module (func (export "f") (param $n i32) (result i32)
    (local.get $n)
    (loop (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $n) (i32.add))))";
  EXPECT_THAT(Run(kText, "f", {I32(9)}), Returns(I32(9)));
}

TEST_P(Control, OperandReadBeforeAnIfThatChangesItsLocal) {
  constexpr char kText[] = R"((module (func (export "f") (param i32 i32) (result i32)
    (local.get 0)
    (if (local.get 1) (then (local.set 0 (i32.const 100))))
    (local.get 0) (i32.add))))";
  EXPECT_THAT(Run(kText, "f", {I32(1), I32(0)}), Returns(I32(2)));
  EXPECT_THAT(Run(kText, "f", {I32(1), I32(1)}), Returns(I32(101)));
}

TEST_P(Control, IfWithoutElsePassesItsParametersOn) {
  constexpr char kText[] = R"((module (func (export "f") (param i32) (result i32)
    (i32.const 8) (local.get 0)
    (if (param i32) (result i32) (then (i32.add (i32.const 1)))))))";
  EXPECT_THAT(Run(kText, "f", {I32(0)}), Returns(I32(8)));
  EXPECT_THAT(Run(kText, "f", {I32(1)}), Returns(I32(9)));
}

TEST_P(Control, IfWithParametersAndResultsInBothArms) {
  constexpr char kText[] = R"((module (func (export "f") (param i32) (result i32 i32)
    (i32.const 8) (i32.const 3) (local.get 0)
    (if (param i32 i32) (result i32 i32)
      (then (i32.add) (i32.const 1))
      (else (i32.sub) (i32.const 2))))))";
  EXPECT_THAT(Run(kText, "f", {I32(1)}), Returns(I32(11), I32(1)));
  EXPECT_THAT(Run(kText, "f", {I32(0)}), Returns(I32(5), I32(2)));
}

TEST_P(Control, ConstantConditions) {
  constexpr char kText[] = R"((module
    (func (export "then") (result i32)
      (if (result i32) (i32.const 5) (then (i32.const 1)) (else (i32.const 2))))
    (func (export "else") (result i32)
      (if (result i32) (i32.const 0) (then (i32.const 1)) (else (i32.const 2))))
    (func (export "br_if") (result i32)
      (block (result i32) (i32.const 1) (br_if 0 (i32.const 1)) (drop) (i32.const 2)))
    (func (export "br_table") (result i32)
      (block (result i32) (block (result i32)
        (i32.const 1) (br_table 0 1 (i32.const 1))) (drop) (i32.const 2)))
    (func (export "select") (result i32)
      (select (i32.const 1) (i32.const 2) (i32.const 0)))))";
  EXPECT_THAT(Run(kText, "then"), Returns(I32(1)));
  EXPECT_THAT(Run(kText, "else"), Returns(I32(2)));
  EXPECT_THAT(Run(kText, "br_if"), Returns(I32(1)));
  EXPECT_THAT(Run(kText, "br_table"), Returns(I32(1)));
  EXPECT_THAT(Run(kText, "select"), Returns(I32(2)));
}

TEST_P(Control, SelectOfEveryType) {
  constexpr char kText[] = R"((module
    (func (export "i") (param i32) (result i32) (select (i32.const 1) (i32.const 2) (local.get 0)))
    (func (export "l") (param i32) (result i64) (select (i64.const 1) (i64.const 2) (local.get 0)))
    (func (export "f") (param i32) (result f32) (select (f32.const 1) (f32.const 2) (local.get 0)))
    (func (export "d") (param f64 f64 i32) (result f64)
      (select (f64.add (local.get 0) (f64.const 1)) (local.get 1) (local.get 2)))
    (func (export "e") (param externref i32) (result externref)
      (select (result externref) (local.get 0) (ref.null extern) (local.get 1)))
    (func (export "dropped") (param i32) (result i32)
      (drop (select (i32.const 1) (i32.const 2) (local.get 0))) (i32.const 3))))";
  EXPECT_THAT(Run(kText, "i", {I32(-1)}), Returns(I32(1)));
  EXPECT_THAT(Run(kText, "i", {I32(0)}), Returns(I32(2)));
  EXPECT_THAT(Run(kText, "l", {I32(0)}), Returns(I64(2)));
  EXPECT_THAT(Run(kText, "f", {I32(1)}), Returns(F32(1)));
  EXPECT_THAT(Run(kText, "d", {F64(1.5), F64(-1), I32(1)}), Returns(F64(2.5)));
  EXPECT_THAT(Run(kText, "d", {F64(1.5), F64(-1), I32(0)}), Returns(F64(-1)));
  EXPECT_THAT(Run(kText, "e", {Extern(9), I32(1)}), Returns(Extern(9)));
  EXPECT_THAT(Run(kText, "e", {Extern(9), I32(0)}), Returns(Extern(0)));
  EXPECT_THAT(Run(kText, "dropped", {I32(0)}), Returns(I32(3)));
}

TEST_P(Control, UnreachableCodeOfEveryShapeIsSkipped) {
  constexpr char kText[] = R"((module (memory 1)
    (func (export "f") (param i32) (result i32)
      (block (result i32)
        (br 0 (i32.const 1))
        (i32.add) (drop) (select) (drop)
        (block (result i32 i32) (unreachable) (i32.load) (if (result i32 i32) (then (unreachable)) (else (return (i32.const 5)))))
        (drop) (drop) (i64.store) (loop (br 0)) (br_if 0) (br_table 0 0)
        (call 0) (memory.fill))
      (block (br 0) (i32.const 1) (drop))
      (if (local.get 0) (then (br 0) (unreachable)) (else (return (i32.const 5)) (unreachable)))
      (i32.const 10) (i32.add))))";
  EXPECT_THAT(Run(kText, "f", {I32(1)}), Returns(I32(11)));
  EXPECT_THAT(Run(kText, "f", {I32(0)}), Returns(I32(5)));
}

TEST_P(Control, CodeAfterABlockThatNeverEndsIsReachedByItsBranch) {
  constexpr char kText[] = R"((module (func (export "f") (param i32) (result i32)
    (local.set 0 (block (result i32)
      (loop (result i32)
        (br_if 1 (i32.const 4) (local.get 0))
        (local.set 0 (i32.const 1)) (br 0))))
    (i32.mul (local.get 0) (local.get 0)))))";
  EXPECT_THAT(Run(kText, "f", {I32(0)}), Returns(I32(16)));
}

TEST_P(Control, ThousandsOfNestedBlocks) {
  std::string text = "(module (func (export \"f\") (param i32) (result i32) " +
                     Repeat(5000, "block ") + "local.get 0 br_if 4999 i32.const 1 return " +
                     Repeat(5000, "end ") + " i32.const 2))";
  EXPECT_THAT(Run(text, "f", {I32(0)}), Returns(I32(1)));
  EXPECT_THAT(Run(text, "f", {I32(1)}), Returns(I32(2)));
}

TEST_P(Control, ReturnFromDeepWithinDropsWhatLiesBelow) {
  constexpr char kText[] = R"((module (func (export "f") (param i32) (result i32 i64)
    (i32.const 1) (i32.const 2) (i32.const 3)
    (loop (block (i32.const 4) (i32.const 5) (i64.const 6) (return)))
    (unreachable))))";
  EXPECT_THAT(Run(kText, "f", {I32(0)}), Returns(I32(5), I64(6)));
}

TEST_P(Control, BranchToTheFunctionsOwnLabelReturns) {
  constexpr char kText[] = R"((module (func (export "f") (param i32) (result i32)
    (i32.const 9) (br_if 0 (local.get 0)) (drop)
    (block (result i32) (i32.const 8) (br_table 1 0 (local.get 0))) (i32.const 100) (i32.add))))";
  EXPECT_THAT(Run(kText, "f", {I32(1)}), Returns(I32(9)));
  EXPECT_THAT(Run(kText, "f", {I32(0)}), Returns(I32(8)));
}

}  // namespace
}  // namespace wasmtier::test
