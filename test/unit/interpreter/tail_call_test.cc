// Tail calls: a million deep on the smallest stack, in every combination.
#include <string>

#include "test/support/wat.h"
#include "test/support/world.h"

namespace wasmtier::test {
namespace {

class TailCall : public EveryTier {
 protected:
  static constexpr size_t kSmallStack = 64 << 10;
  World world_{GetParam(), kSmallStack};
};
IN_EVERY_TIER(TailCall);

constexpr int kDeep = 1'000'000;

TEST_P(TailCall, DirectToItself) {
  ASSERT_THAT(world_.Instantiate("m", R"((module
    (func $sum (export "sum") (param i64 i64) (result i64)
      (if (result i64) (i64.eqz (local.get 0))
        (then (local.get 1))
        (else (return_call $sum (i64.sub (local.get 0) (i64.const 1))
                                (i64.add (local.get 1) (local.get 0))))))))"),
              Returns());
  EXPECT_THAT(world_.Call("sum", {I64(kDeep), I64(0)}), Returns(I64(500000500000)));
}

TEST_P(TailCall, SwapsItsOwnParameters) {
  ASSERT_THAT(world_.Instantiate("m", R"((module
    (func $f (export "f") (param $n i32) (param $a i32) (param $b i64) (param $c i32) (result i32 i64 i32)
      (if (i32.eqz (local.get $n)) (then (return (local.get $a) (local.get $b) (local.get $c))))
      (return_call $f (i32.sub (local.get $n) (i32.const 1)) (local.get $c)
        (i64.add (local.get $b) (i64.const 1)) (local.get $a)))))"),
              Returns());
  EXPECT_THAT(world_.Call("f", {I32(kDeep), I32(1), I64(0), I32(2)}),
              Returns(I32(1), I64(kDeep), I32(2)));
  EXPECT_THAT(world_.Call("f", {I32(7), I32(1), I64(0), I32(2)}), Returns(I32(2), I64(7), I32(1)));
}

// $few has one parameter, $many has twelve, and each calls the other: frames grow and shrink.
constexpr char kFewAndMany[] = R"((module
  (type $few_type (func (param i32) (result i32)))
  (type $many_type (func (param i32 i64 f64 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (table 2 funcref) (elem (i32.const 0) $few $many)
  (func $few (export "few") (param $n i32) (result i32)
    (if (i32.eqz (local.get $n)) (then (return (i32.const 1))))
    (return_call $many (i32.sub (local.get $n) (i32.const 1)) (i64.const 2) (f64.const 3)
      (i32.const 4) (i32.const 5) (i32.const 6) (i32.const 7) (i32.const 8) (i32.const 9)
      (i32.const 10) (i32.const 11) (i32.const 12)))
  (func $many (param $n i32) (param i64 f64 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    (local $extra i64)
    (if (i64.ne (local.get $extra) (i64.const 0)) (then (unreachable)))
    (local.set $extra (i64.const -1))
    (if (i32.eqz (local.get $n))
      (then (return (i32.add (i32.wrap_i64 (local.get 1)) (i32.add (i32.trunc_f64_s (local.get 2))
        (i32.add (local.get 3) (local.get 11)))))))
    (return_call $few (i32.sub (local.get $n) (i32.const 1))))
  (func $few_indirect (export "few_indirect") (param $n i32) (result i32)
    (if (i32.eqz (local.get $n)) (then (return (i32.const 1))))
    (return_call_indirect (type $many_type)
      (i32.sub (local.get $n) (i32.const 1)) (i64.const 2) (f64.const 3)
      (i32.const 4) (i32.const 5) (i32.const 6) (i32.const 7) (i32.const 8) (i32.const 9)
      (i32.const 10) (i32.const 11) (i32.const 12) (i32.const 1))))
)";

TEST_P(TailCall, BetweenFunctionsWithFewAndManyParameters) {
  ASSERT_THAT(world_.Instantiate("m", kFewAndMany), Returns());
  EXPECT_THAT(world_.Call("few", {I32(kDeep)}), Returns(I32(1)));
  EXPECT_THAT(world_.Call("few", {I32(kDeep + 1)}), Returns(I32(21)));
  EXPECT_THAT(world_.Call("few_indirect", {I32(kDeep)}), Returns(I32(1)));
  EXPECT_THAT(world_.Call("few_indirect", {I32(1)}), Returns(I32(21)));
}

TEST_P(TailCall, FromADeepFrameBackToItsCaller) {
  // The caller's operands lie right below the frame that is replaced.
  ASSERT_THAT(world_.Instantiate("m", R"((module
    (func $last (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
      (i32.add (local.get 0) (local.get 7)))
    (func $first (param i32) (result i32)
      (return_call $last (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4) (i32.const 5)
        (i32.const 6) (i32.const 7) (local.get 0)))
    (func (export "f") (param i32) (result i32)
      (i32.const 100) (i32.const 1000) (call $first (local.get 0)) (i32.const 10000)
      (i32.add) (i32.add) (i32.add))))"),
              Returns());
  EXPECT_THAT(world_.Call("f", {I32(8)}), Returns(I32(11109)));
}

TEST_P(TailCall, IndirectChecksIndexNullAndType) {
  ASSERT_THAT(world_.Instantiate("m", R"((module
    (type $t (func (param i32) (result i32)))
    (table 3 funcref) (elem (i32.const 0) $f $nothing)
    (func $f (param i32) (result i32)
      (if (i32.eqz (local.get 0)) (then (return (i32.const 6))))
      (return_call_indirect (type $t) (i32.sub (local.get 0) (i32.const 1)) (i32.const 0)))
    (func $nothing)
    (func (export "f") (param i32) (result i32)
      (return_call_indirect (type $t) (i32.const 1000000) (local.get 0)))))"),
              Returns());
  EXPECT_THAT(world_.Call("f", {I32(0)}), Returns(I32(6)));
  EXPECT_THAT(world_.Call("f", {I32(1)}), Traps("indirect call type mismatch"));
  EXPECT_THAT(world_.Call("f", {I32(2)}), Traps("uninitialized element"));
  EXPECT_THAT(world_.Call("f", {I32(3)}), Traps("undefined element"));
}

TEST_P(TailCall, BetweenInstances) {
  // "ping" and "pong" are instances that call each other through a shared table, each with a global
  // of its own.
  constexpr char kPing[] = R"((module
    (type $t (func (param i32 i32) (result i32)))
    (table (export "table") 1 funcref)
    (global $mine i32 (i32.const 1))
    (func (export "ping") (type $t)
      (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
      (return_call_indirect (type $t) (i32.sub (local.get 0) (i32.const 1))
        (i32.add (local.get 1) (global.get $mine)) (i32.const 0)))))";
  constexpr char kPong[] = R"((module
    (type $t (func (param i32 i32) (result i32)))
    (import "ping" "ping" (func $ping (type $t))) (import "ping" "table" (table 1 funcref))
    (global $mine i32 (i32.const 1000)) (elem (i32.const 0) $pong)
    (func $pong (export "pong") (type $t)
      (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
      (return_call $ping (i32.sub (local.get 0) (i32.const 1))
        (i32.add (local.get 1) (global.get $mine))))
    (func (export "twice") (param i32) (result i32)
      (i32.add (call $pong (local.get 0) (i32.const 0)) (global.get $mine)))))";
  ASSERT_THAT(world_.Instantiate("ping", kPing), Returns());
  ASSERT_THAT(world_.Instantiate("pong", kPong), Returns());
  EXPECT_THAT(world_.Call("pong", {I32(kDeep), I32(0)}), Returns(I32(500500000)));
  EXPECT_THAT(world_.Call("twice", {I32(3)}), Returns(I32(3001)));
  EXPECT_THAT(world_.CallIn("ping", "ping", {I32(2), I32(0)}), Returns(I32(1001)));
}

TEST_P(TailCall, OfHostFunctions) {
  world_.Host("env", "add", "ii:i", [](std::vector<Number>* values) {
    *values = {I32(static_cast<int64_t>((*values)[0].bits + (*values)[1].bits))};
    return absl::OkStatus();
  });
  world_.Host("env", "fail", ":", [](auto*) { return absl::InternalError("no"); });
  ASSERT_THAT(world_.Instantiate("m", R"((module
    (import "env" "add" (func $add (param i32 i32) (result i32)))
    (import "env" "fail" (func $fail))
    (table 1 funcref) (elem (i32.const 0) $add)
    (func $direct (export "direct") (param i32) (result i32)
      (return_call $add (local.get 0) (i32.const 5)))
    (func (export "indirect") (result i32)
      (return_call_indirect (param i32 i32) (result i32) (i32.const 1) (i32.const 2) (i32.const 0)))
    (func (export "fail") (return_call $fail))
    (func (export "loop") (param $n i32) (result i32) (local $sum i32)
      (loop (local.set $sum (call $direct (local.get $sum)))
        (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (local.get $sum))))"),
              Returns());
  EXPECT_THAT(world_.Call("direct", {I32(10)}), Returns(I32(15)));
  EXPECT_THAT(world_.Call("indirect"), Returns(I32(3)));
  EXPECT_THAT(world_.Call("loop", {I32(100000)}), Returns(I32(500000)));
  EXPECT_THAT(world_.Call("fail"), Traps("host function failed"));
}

TEST_P(TailCall, ToAFrameThatDoesNotFitIsExhaustion) {
  // Neither on the slot stack nor on the native one, which has a minimum of its own.
  const std::string locals = Repeat(49'000, "i64 ");
  ASSERT_THAT(world_.Instantiate("m", "(module (func $large (local " + locals +
                                          ")) (func (export \"f\") (return_call $large)))"),
              Returns());
  EXPECT_THAT(world_.Call("f"), Traps("call stack exhausted"));
}

TEST_P(TailCall, MixedWithOrdinaryRecursionStillExhausts) {
  ASSERT_THAT(world_.Instantiate("m", R"((module
    (func $a (export "f") (param i32) (result i32) (return_call $b (local.get 0)))
    (func $b (param i32) (result i32) (i32.add (call $a (local.get 0)) (i32.const 1)))))"),
              Returns());
  EXPECT_THAT(world_.Call("f", {I32(0)}), Traps("call stack exhausted"));
}

}  // namespace
}  // namespace wasmtier::test
