// Vectors between tiers: arguments and results in registers and beyond, host functions, globals,
// blocks, tail calls, and loops that go on in machine code.
#include <string>
#include <vector>

#include "test/support/wat.h"
#include "test/unit/tiers/mixed_tiers.h"

namespace wasmtier::test {
namespace {

// Different in every byte and for every number.
Number Vec(int number) {
  return V128(0x0807060504030201 * static_cast<uint64_t>(number),
              0x100f0e0d0c0b0a09 * static_cast<uint64_t>(number) + 1);
}

class MixedVectors : public MixedTiers {
 protected:
  World world_{mode_};
};
IN_EVERY_MIX(MixedVectors);

TEST_P(MixedVectors, PassManyAndOthersBetweenThem) {
  // Each function turns its values by one type's place; ten vectors do not fit into registers.
  constexpr char kText[] = R"((module
    (type $t (func (param i32 v128 f32 v128 v128 i64 v128 v128 f64 v128 v128 i32 v128 v128 v128
                          i64 i32 i32)
                   (result v128 i32 v128 f32 v128 i64 v128 v128 i32)))
    (table 1 funcref) (elem (i32.const 0) $c)
    (func $a (export "a") (type $t)
      (local.get 0) (local.get 14) (local.get 2) (local.get 1) (local.get 3) (local.get 5)
      (local.get 4) (local.get 6) (local.get 8) (local.get 7) (local.get 9) (local.get 11)
      (local.get 10) (local.get 12) (local.get 13) (local.get 15) (local.get 16) (local.get 17)
      (call $b))
    (func $b (type $t)
      (local.get 0) (local.get 14) (local.get 2) (local.get 1) (local.get 3) (local.get 5)
      (local.get 4) (local.get 6) (local.get 8) (local.get 7) (local.get 9) (local.get 11)
      (local.get 10) (local.get 12) (local.get 13) (local.get 15) (local.get 16) (local.get 17)
      (call_indirect (type $t) (i32.const 0)))
    (func $c (type $t)
      (local.get 1) (local.get 0) (local.get 3) (local.get 2) (local.get 14) (local.get 15)
      (local.get 13) (local.get 12) (i32.add (local.get 16) (local.get 17)))))";
  ASSERT_THAT(world_.Instantiate("m", kText), Returns());
  for (int round = 0; round < 2; ++round) {
    EXPECT_THAT(
        world_.Call(
            "a", {I32(-1), Vec(1), F32(2.5), Vec(3), Vec(4), I64(5), Vec(6), Vec(7), F64(8), Vec(9),
                  Vec(10), I32(11), Vec(12), Vec(13), Vec(14), I64(15), I32(16), I32(17)}),
        Returns(Vec(13), I32(-1), Vec(14), F32(2.5), Vec(12), I64(15), Vec(10), Vec(9), I32(33)));
  }
}

TEST_P(MixedVectors, OneResult) {
  ASSERT_THAT(world_.Instantiate("m", R"((module
    (func $a (export "a") (param v128) (result v128)
      (i8x16.add (call $b (local.get 0)) (local.get 0)))
    (func $b (param v128) (result v128) (i8x16.add (call $c (local.get 0)) (local.get 0)))
    (func $c (param v128) (result v128) (v128.const i32x4 1 2 3 4))))"),
              Returns());
  EXPECT_THAT(world_.Call("a", {V128(0x0102030401020304, 0x7f7f7f7fffffffff)}),
              Returns(V128(0x0204060a02040609, 0xfefefe02fefefe01)));
}

TEST_P(MixedVectors, GoToTheHostAndBack) {
  world_.Host("env", "swap", "vivvvvvvvvvf:vvi", [](std::vector<Number>* values) {
    const std::vector<Number> args = *values;
    *values = {args[10], args[0], I32(static_cast<int64_t>(args[1].bits) + args.back().bits)};
    return absl::OkStatus();
  });
  ASSERT_THAT(world_.Instantiate("m", R"((module
    (type $t (func (param v128 i32 v128 v128 v128 v128 v128 v128 v128 v128 v128 f32)
                   (result v128 v128 i32)))
    (import "env" "swap" (func $swap (type $t)))
    (func $a (export "a") (param v128 v128) (result v128 v128 i32)
      (call $b (local.get 0) (i32.const 5) (local.get 0) (local.get 0) (local.get 0) (local.get 0)
               (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 1)
               (f32.const 0)))
    (func $b (type $t)
      (call $swap (local.get 0) (local.get 1) (local.get 2) (local.get 3) (local.get 4)
                  (local.get 5) (local.get 6) (local.get 7) (local.get 8) (local.get 9)
                  (local.get 10) (local.get 11)))
    (func $c (export "c") (param v128 v128) (result v128 v128 i32)
      (return_call $swap (local.get 0) (i32.const 5) (local.get 0) (local.get 0) (local.get 0)
               (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 1)
               (f32.const 0)))))"),
              Returns());
  for (int round = 0; round < 2; ++round) {
    EXPECT_THAT(world_.Call("a", {Vec(1), Vec(2)}), Returns(Vec(2), Vec(1), I32(5)));
    EXPECT_THAT(world_.Call("c", {Vec(3), Vec(4)}), Returns(Vec(4), Vec(3), I32(5)));
  }
}

TEST_P(MixedVectors, TailCalls) {
  ASSERT_THAT(world_.Instantiate("m", R"((module
    (type $t (func (param i32 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128) (result v128)))
    (func $a (export "a") (type $t)
      (if (i32.eqz (local.get 0)) (then (return (local.get 10))))
      (return_call $b (i32.sub (local.get 0) (i32.const 1)) (local.get 10) (local.get 1)
        (local.get 2) (local.get 3) (local.get 4) (local.get 5) (local.get 6) (local.get 7)
        (local.get 8) (local.get 9)))
    (func $b (type $t)
      (if (i32.eqz (local.get 0)) (then (return (local.get 10))))
      (return_call $c (i32.sub (local.get 0) (i32.const 1)) (local.get 10) (local.get 1)
        (local.get 2) (local.get 3) (local.get 4) (local.get 5) (local.get 6) (local.get 7)
        (local.get 8) (local.get 9)))
    (func $c (type $t)
      (if (i32.eqz (local.get 0)) (then (return (local.get 10))))
      (return_call $a (i32.sub (local.get 0) (i32.const 1)) (local.get 10) (local.get 1)
        (local.get 2) (local.get 3) (local.get 4) (local.get 5) (local.get 6) (local.get 7)
        (local.get 8) (local.get 9)))))"),
              Returns());
  for (int turns : {0, 1, 7, 100000}) {
    EXPECT_THAT(world_.Call("a", {I32(turns), Vec(1), Vec(2), Vec(3), Vec(4), Vec(5), Vec(6),
                                  Vec(7), Vec(8), Vec(9), Vec(10)}),
                Returns(Vec(10 - turns % 10)));
  }
}

class VectorValues : public EveryTier {};
IN_EVERY_TIER(VectorValues);

TEST_P(VectorValues, LocalsGlobalsAndSelect) {
  constexpr char kText[] = R"((module
    (global $g (export "g") (mut v128) (v128.const i64x2 7 8))
    (global $constant (export "constant") v128 (v128.const i64x2 -1 5))
    (func (export "f") (param v128 v128 i32) (result v128 v128 v128 v128 i32)
      (local $zero v128) (local $x v128) (local $n i32)
      (local.set $n (i32.const 9))
      (local.set $x (global.get $g))
      (global.set $g (local.tee $zero (local.get 1)))
      (local.set $zero (v128.xor (local.get $zero) (local.get 1)))
      (select (local.get 0) (local.get 1) (local.get 2))
      (select (result v128) (local.get $x) (global.get $constant) (i32.eqz (local.get 2)))
      (local.get $zero)
      (local.get $x)
      (local.set $x (local.get 0))
      (local.get $n))))";
  World world(GetParam());
  ASSERT_THAT(world.Instantiate("m", kText), Returns());
  EXPECT_THAT(world.Call("f", {Vec(1), Vec(2), I32(1)}),
              Returns(Vec(1), V128(~uint64_t{0}, 5), V128(0, 0), V128(7, 8), I32(9)));
  EXPECT_THAT(world.Call("f", {Vec(3), Vec(4), I32(0)}),
              Returns(Vec(4), Vec(2), V128(0, 0), Vec(2), I32(9)));
  EXPECT_EQ(world.ReadGlobal("g"), Vec(4));
  EXPECT_EQ(world.ReadGlobal("constant"), V128(~uint64_t{0}, 5));
}

TEST_P(VectorValues, BlocksBranchesAndTables) {
  constexpr char kText[] = R"((module
    (type $two (func (param v128 i32) (result i32 v128)))
    (func (export "f") (param v128 v128 i32) (result v128 i32 v128)
      (local.get 1)
      (block $out (result i32 v128)
        (local.get 0)
        (local.get 2)
        (block $in (param v128 i32) (result i32 v128)
          (loop $again (type $two)
            (local.set 2)
            (local.set 0)
            (i32.const 3)
            (i8x16.add (local.get 0) (local.get 1))
            (br_table $in $out $in (local.get 2))))
        (local.set 0)
        (drop)
        (i32.const 4)
        (i8x16.sub (local.get 0) (local.get 1))))
    (func (export "left") (param v128 i64 i32) (result v128)
      (block $out (result v128)
        (i64.const 5) (v128.const i64x2 1 2) (i32.const 6)
        (local.get 0)
        (br_if $out (local.get 2))
        (drop) (drop) (drop) (drop)
        (i64x2.splat (local.get 1))))
    (func (export "if") (param i32 v128 v128) (result v128 v128)
      (local.get 1) (local.get 2)
      (if (param v128 v128) (result v128 v128) (local.get 0)
        (then (local.set 1) (local.set 2) (local.get 1) (local.get 2))))))";
  World world(GetParam());
  ASSERT_THAT(world.Instantiate("m", kText), Returns());
  const Number a = V128(0x0101010101010101, 0x0202020202020202);
  const Number b = V128(0x1010101010101010, 0x2020202020202020);
  const Number sum = V128(0x1111111111111111, 0x2222222222222222);
  EXPECT_THAT(world.Call("f", {a, b, I32(0)}), Returns(b, I32(4), a));
  EXPECT_THAT(world.Call("f", {a, b, I32(1)}), Returns(b, I32(3), sum));
  EXPECT_THAT(world.Call("f", {a, b, I32(2)}), Returns(b, I32(4), a));
  EXPECT_THAT(world.Call("left", {a, I64(9), I32(1)}), Returns(a));
  EXPECT_THAT(world.Call("left", {a, I64(9), I32(0)}), Returns(V128(9, 9)));
  EXPECT_THAT(world.Call("if", {I32(1), a, b}), Returns(b, a));
  EXPECT_THAT(world.Call("if", {I32(0), a, b}), Returns(a, b));
}

TEST_P(VectorValues, LiveThroughHotLoops) {
  // Vectors in locals and below the loop on the operand stack, among others.
  constexpr char kText[] = R"((module
    (func $identity (param v128 i32) (result i32 v128) (local.get 1) (local.get 0))
    (func (export "f") (param $n i32) (param $step v128) (result v128 i64 v128 v128)
      (local $sum v128) (local $count i64) (local $other v128)
      (local.set $other (i32x4.splat (local.get $n)))
      (v128.not (local.get $step))
      (i64.const 11)
      (local.get $step)
      (loop $again (param v128) (result v128)
        (local.set $sum (i32x4.add (local.get $sum) (local.get $step)))
        (i32x4.add (local.get $other))
        (call $identity (local.get $n))
        (local.set $other)
        (local.set $n)
        (local.get $other)
        (local.set $other (i32x4.sub (local.get $other) (local.get $step)))
        (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (local.get $sum))))";
  World world(GetParam());
  Mode interpreter = GetParam();
  interpreter.config = {};
  interpreter.config.tier = TierMode::kInterpreter;
  World reference(interpreter);
  ASSERT_THAT(world.Instantiate("m", kText), Returns());
  ASSERT_THAT(reference.Instantiate("m", kText), Returns());
  for (int turns : {1, 2, 10, 5000}) {
    const Outcome expected = reference.Call("f", {I32(turns), Vec(3)});
    ASSERT_EQ(expected.kind, Outcome::Kind::kReturned);
    EXPECT_THAT(world.Call("f", {I32(turns), Vec(3)}), ReturnsAll(expected.results));
  }
}

TEST_P(VectorValues, ManyResultsOfABlock) {
  // More than are moved one by one; an odd number of slots below them.
  constexpr char kText[] = R"((module
    (func (export "f") (param i32 v128) (result v128 i32 v128 v128 f64 v128 v128)
      (i32.const 1)
      (block $out (result v128 i32 v128 v128 f64 v128 v128)
        (i32.const 2)
        (local.get 1) (i32.const 3) (local.get 1) (v128.not (local.get 1)) (f64.const 4)
        (local.get 1) (v128.const i64x2 5 6)
        (br_if $out (local.get 0))
        (br $out))
      (local.set 1) (drop) (drop) (drop) (drop) (drop) (drop) (drop)
      (local.get 1) (i32.const 7) (local.get 1) (local.get 1) (f64.const 8) (local.get 1)
      (local.get 1))
    (func (export "g") (param i32 v128) (result v128 i32 v128 v128 f64 v128 v128)
      (block $out (result v128 i32 v128 v128 f64 v128 v128)
        (i32.const 2)
        (local.get 1) (i32.const 3) (local.get 1) (v128.not (local.get 1)) (f64.const 4)
        (local.get 1) (v128.const i64x2 5 6)
        (br_if $out (local.get 0))
        (br $out)))))";
  World world(GetParam());
  ASSERT_THAT(world.Instantiate("m", kText), Returns());
  const Number a = V128(0, ~uint64_t{0});
  const Number last = V128(5, 6);
  EXPECT_THAT(world.Call("f", {I32(1), a}), Returns(last, I32(7), last, last, F64(8), last, last));
  for (int condition : {0, 1}) {
    EXPECT_THAT(world.Call("g", {I32(condition), a}),
                Returns(a, I32(3), a, V128(~uint64_t{0}, 0), F64(4), a, last));
  }
}

}  // namespace
}  // namespace wasmtier::test
