// Globals and constant expressions (spec: "Global Instances", "Constant Expressions").
#include "test/support/world.h"

namespace wasmtier::test {
namespace {

class Globals : public EveryTier {};
IN_EVERY_TIER(Globals);

TEST_P(Globals, OfEveryType) {
  constexpr char kText[] = R"((module
    (global $i (mut i32) (i32.const -1)) (global $l (mut i64) (i64.const -2))
    (global $f (mut f32) (f32.const 0.5)) (global $d (mut f64) (f64.const -0.25))
    (global $e (mut externref) (ref.null extern))
    (func (export "get") (result i32 i64 f32 f64 externref)
      (global.get $i) (global.get $l) (global.get $f) (global.get $d) (global.get $e))
    (func (export "set") (param i32 i64 f32 f64 externref) (result i32 i64 f32 f64 externref)
      (global.set $i (local.get 0)) (global.set $l (local.get 1)) (global.set $f (local.get 2))
      (global.set $d (local.get 3)) (global.set $e (local.get 4))
      (global.get $i) (global.get $l) (global.get $f) (global.get $d) (global.get $e))))";
  EXPECT_THAT(Run(kText, "get"), Returns(I32(-1), I64(-2), F32(0.5), F64(-0.25), Extern(0)));
  EXPECT_THAT(Run(kText, "set", {I32(1), I64(2), F32(3), F64(4), Extern(5)}),
              Returns(I32(1), I64(2), F32(3), F64(4), Extern(5)));
}

TEST_P(Globals, OperandKeepsTheValueThatWasRead) {
  constexpr char kText[] = R"((module (global $g (mut i32) (i32.const 5))
    (func $change (global.set $g (i32.const 100)))
    (func (export "f") (result i32)
      (global.get $g) (global.set $g (i32.const 7)) (global.get $g) (call $change)
      (global.get $g) (i32.add) (i32.add))))";
  EXPECT_THAT(Run(kText, "f"), Returns(I32(112)));
}

TEST_P(Globals, MutableOnesAreSharedBetweenInstances) {
  World world(GetParam());
  ASSERT_THAT(world.Instantiate("owner", R"((module
    (global (export "g") (mut i64) (i64.const 1)) (func (export "get") (result i64) (global.get 0))))"),
              Returns());
  constexpr char kUser[] = R"((module (import "owner" "g" (global $g (mut i64)))
    (func (export "add") (param i64) (global.set $g (i64.add (global.get $g) (local.get 0))))))";
  ASSERT_THAT(world.Instantiate("one", kUser), Returns());
  ASSERT_THAT(world.Instantiate("two", kUser), Returns());
  EXPECT_THAT(world.CallIn("one", "add", {I64(10)}), Returns());
  EXPECT_THAT(world.CallIn("two", "add", {I64(1LL << 40)}), Returns());
  EXPECT_THAT(world.CallIn("owner", "get"), Returns(I64(11 + (1LL << 40))));
}

TEST_P(Globals, ExtendedConstantExpressions) {
  World world(GetParam());
  ASSERT_THAT(world.Instantiate("owner", "(module (global (export \"g\") i32 (i32.const 20)))"),
              Returns());
  ASSERT_THAT(world.Instantiate("m", R"((module
    (import "owner" "g" (global $g i32)) (memory 1)
    (global $sum (export "sum") i32
      (i32.sub (i32.mul (global.get $g) (i32.const 3)) (i32.add (i32.const 1) (i32.const 2))))
    (global (export "wide") i64 (i64.mul (i64.const 1000000007) (i64.sub (i64.const 3) (i64.const 8))))
    (data (offset (i32.add (global.get $g) (i32.const 1))) "x")
    (func (export "get") (result i32) (i32.load8_u (i32.const 21)))))"),
              Returns());
  EXPECT_EQ(world.ReadGlobal("sum"), I32(57));
  EXPECT_EQ(world.ReadGlobal("wide"), I64(-5000000035));
  EXPECT_THAT(world.Call("get"), Returns(I32('x')));
}

TEST_P(Globals, HundredsOfThem) {
  std::string text = "(module ";
  for (int i = 0; i < 600; ++i) {
    text += "(global (mut i32) (i32.const " + std::to_string(i) + ")) ";
  }
  text += R"((func (export "f") (result i32)
    (global.set 599 (i32.add (global.get 300) (global.get 255))) (global.get 599))))";
  EXPECT_THAT(Run(text, "f"), Returns(I32(555)));
}

}  // namespace
}  // namespace wasmtier::test
