// Calls: direct, indirect, imported, between instances, and recursion until the stack is exhausted.
#include <string>

#include "test/support/wat.h"
#include "test/support/world.h"

namespace wasmtier::test {
namespace {

class Call : public EveryTier {};
IN_EVERY_TIER(Call);

constexpr size_t kSmallStack = 64 << 10;

TEST_P(Call, Fibonacci) {
  constexpr char kText[] = R"((module (func $fib (export "fib") (param i32) (result i32)
    (if (result i32) (i32.lt_u (local.get 0) (i32.const 2))
      (then (local.get 0))
      (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1)))
                     (call $fib (i32.sub (local.get 0) (i32.const 2)))))))))";
  EXPECT_THAT(Run(kText, "fib", {I32(20)}), Returns(I32(6765)));
}

TEST_P(Call, ArgumentsAndResultsOfEveryType) {
  constexpr char kText[] = R"((module
    (func $rotate (param i32 i64 f32 f64 externref) (result i64 f32 f64 externref i32)
      (local.get 1) (local.get 2) (local.get 3) (local.get 4) (local.get 0))
    (func (export "f") (param i32 i64 f32 f64 externref) (result i64 f32 f64 externref i32)
      (local i64)
      (local.get 0) (i64.add (local.get 1) (i64.const 1)) (f32.mul (local.get 2) (f32.const 2))
      (f64.sub (local.get 3) (f64.const 1)) (local.get 4) (call $rotate))))";
  EXPECT_THAT(Run(kText, "f", {I32(-1), I64(-1), F32(1.5), F64(0.25), Extern(77)}),
              Returns(I64(0), F32(3), F64(-0.75), Extern(77), I32(-1)));
}

TEST_P(Call, OperandsBelowTheArgumentsSurvive) {
  constexpr char kText[] = R"((module
    (func $clobber (param i32) (result i32) (local i32 i32 i32 i32)
      (local.set 1 (i32.const 91)) (local.set 2 (i32.const 92)) (local.set 3 (i32.const 93))
      (i32.mul (local.get 0) (i32.const 2)))
    (func (export "f") (param i32) (result i32)
      (i32.const 1000) (local.get 0) (i32.add (i32.const 1))
      (call $clobber (call $clobber (local.get 0)))
      (i32.add) (i32.add))))";
  EXPECT_THAT(Run(kText, "f", {I32(5)}), Returns(I32(1026)));
}

// Results but the first are stored through the context, which is in a register that calls destroy.
TEST_P(Call, SeveralResultsAreReturnedAfterABlockWithACall) {
  constexpr char kText[] = R"((module
    (global $g (mut i32) (i32.const 3))
    (func $clobber (param i32 i32 i32) (result i32)
      (loop $next
        (local.set 0 (i32.add (local.get 0) (local.get 1)))
        (local.set 1 (i32.add (local.get 1) (local.get 2)))
        (br_if $next (i32.lt_s (local.get 0) (i32.const 10))))
      (i32.add (local.get 0) (local.get 1)))
    (func (export "f") (param i32) (result i32 i32 i32)
      (global.set $g (i32.add (global.get $g) (global.get $g)))
      (global.set $g (i32.add (global.get $g) (global.get $g)))
      (block (result i32 i32 i32)
        (br_if 0 (i32.const 5) (i32.const 7) (i32.const 8) (local.get 0))
        (drop) (drop) (drop)
        (call $clobber (i32.const 1) (i32.const 2) (i32.const 1)) (i32.const 1)
        (i32.const 2)))))";
  EXPECT_THAT(Run(kText, "f", {I32(0)}), Returns(I32(15), I32(1), I32(2)));
  EXPECT_THAT(Run(kText, "f", {I32(1)}), Returns(I32(5), I32(7), I32(8)));
}

TEST_P(Call, LocalsAreZeroWhateverLayThereBefore) {
  constexpr char kText[] = R"((module
    (func $dirty (local i64 i64 i64 i64 i64 i64 i64 i64)
      (local.set 0 (i64.const -1)) (local.set 1 (i64.const -1)) (local.set 2 (i64.const -1))
      (local.set 3 (i64.const -1)) (local.set 4 (i64.const -1)) (local.set 5 (i64.const -1))
      (local.set 6 (i64.const -1)) (local.set 7 (i64.const -1)))
    (func $clean (result i64) (local i64 f64 i32 f32 externref i64)
      (i64.or (i64.or (local.get 0) (i64.reinterpret_f64 (local.get 1)))
              (i64.or (i64.extend_i32_u (i32.or (i32.or (local.get 2)
                         (i32.reinterpret_f32 (local.get 3)))
                         (i32.eqz (ref.is_null (local.get 4))))) (local.get 5))))
    (func (export "f") (result i64) (call $dirty) (call $clean))))";
  EXPECT_THAT(Run(kText, "f"), Returns(I64(0)));
}

TEST_P(Call, IndirectChecksIndexNullAndType) {
  constexpr char kText[] = R"((module
    (type $unary (func (param i32) (result i32)))
    (table 5 funcref)
    (elem (i32.const 0) $double $negate $nothing)
    (func $double (param i32) (result i32) (i32.shl (local.get 0) (i32.const 1)))
    (func $negate (param i32) (result i32) (i32.sub (i32.const 0) (local.get 0)))
    (func $nothing)
    (func (export "f") (param i32 i32) (result i32)
      (call_indirect (type $unary) (local.get 1) (local.get 0)))))";
  World world(GetParam());
  ASSERT_THAT(world.Instantiate("m", kText), Returns());
  EXPECT_THAT(world.Call("f", {I32(0), I32(21)}), Returns(I32(42)));
  EXPECT_THAT(world.Call("f", {I32(1), I32(21)}), Returns(I32(-21)));
  EXPECT_THAT(world.Call("f", {I32(2), I32(21)}), Traps("indirect call type mismatch"));
  EXPECT_THAT(world.Call("f", {I32(3), I32(21)}), Traps("uninitialized element"));
  EXPECT_THAT(world.Call("f", {I32(5), I32(21)}), Traps("undefined element"));
  EXPECT_THAT(world.Call("f", {I32(-1), I32(21)}), Traps("undefined element"));
  EXPECT_THAT(world.Call("f", {I32(1), I32(1)}), Returns(I32(-1)));
}

TEST_P(Call, IndirectComparesTypesByStructure) {
  World world(GetParam());
  ASSERT_THAT(world.Instantiate("a", R"((module
    (type (func)) (type (func (param f64))) (type $t (func (param i64) (result i64)))
    (table (export "table") 1 funcref) (elem (i32.const 0) $f)
    (func $f (type $t) (i64.add (local.get 0) (i64.const 1)))))"),
              Returns());
  ASSERT_THAT(world.Instantiate("b", R"((module
    (type $same (func (param i64) (result i64))) (type $other (func (param i64) (result i32)))
    (import "a" "table" (table 1 funcref))
    (func (export "same") (result i64)
      (call_indirect (type $same) (i64.const 4) (i32.const 0)))
    (func (export "other") (result i32)
      (call_indirect (type $other) (i64.const 4) (i32.const 0)))))"),
              Returns());
  EXPECT_THAT(world.Call("same"), Returns(I64(5)));
  EXPECT_THAT(world.Call("other"), Traps("indirect call type mismatch"));
}

// The callee must see its own memory and globals, and the caller its own again afterwards.
constexpr char kCallee[] = R"((module
  (memory (export "memory") 1) (global $g (mut i32) (i32.const 5))
  (table (export "table") 1 funcref) (elem (i32.const 0) $bump)
  (func $bump (export "bump") (param i32) (result i32)
    (global.set $g (i32.add (global.get $g) (local.get 0)))
    (i32.store (i32.const 100) (global.get $g)) (global.get $g))))";

constexpr char kCaller[] = R"((module
  (type $t (func (param i32) (result i32)))
  (import "callee" "bump" (func $bump (type $t))) (import "callee" "table" (table 1 funcref))
  (memory 1) (global $g (mut i32) (i32.const 7000))
  (func (export "direct") (param i32) (result i32)
    (i32.store (i32.const 100) (i32.const 10000))
    (i32.add (i32.add (global.get $g) (call $bump (local.get 0)))
             (i32.add (i32.load (i32.const 100)) (global.get $g))))
  (func (export "indirect") (param i32) (result i32)
    (i32.store (i32.const 100) (i32.const 10000))
    (i32.add (i32.add (global.get $g) (call_indirect (type $t) (local.get 0) (i32.const 0)))
             (i32.add (i32.load (i32.const 100)) (global.get $g))))))";

TEST_P(Call, BetweenInstancesSwitchesMemoryAndGlobals) {
  World world(GetParam());
  ASSERT_THAT(world.Instantiate("callee", kCallee), Returns());
  ASSERT_THAT(world.Instantiate("caller", kCaller), Returns());
  EXPECT_THAT(world.Call("direct", {I32(1)}), Returns(I32(24006)));
  EXPECT_THAT(world.Call("indirect", {I32(10)}), Returns(I32(24016)));
  EXPECT_THAT(world.CallIn("callee", "bump", {I32(0)}), Returns(I32(16)));
}

TEST_P(Call, TwoInstancesOfAModuleHaveTheirOwnState) {
  World world(GetParam());
  ASSERT_THAT(world.Instantiate("one", kCallee), Returns());
  ASSERT_THAT(world.InstantiateAgain("two"), Returns());
  EXPECT_THAT(world.CallIn("one", "bump", {I32(1)}), Returns(I32(6)));
  EXPECT_THAT(world.CallIn("one", "bump", {I32(1)}), Returns(I32(7)));
  EXPECT_THAT(world.CallIn("two", "bump", {I32(1)}), Returns(I32(6)));
}

TEST_P(Call, HostFunctionsTakeAndReturnEveryType) {
  World world(GetParam());
  world.Host("env", "f", "ilfde:edfli", [](std::vector<Number>* values) {
    std::reverse(values->begin(), values->end());
    return absl::OkStatus();
  });
  ASSERT_THAT(world.Instantiate("m", R"((module
    (import "env" "f" (func $f (param i32 i64 f32 f64 externref)
                               (result externref f64 f32 i64 i32)))
    (table 1 funcref) (elem (i32.const 0) $f)
    (func (export "direct") (result externref f64 f32 i64 i32)
      (call $f (i32.const -5) (i64.const -6) (f32.const 7.5) (f64.const 8.5) (ref.null extern)))
    (func (export "indirect") (param externref) (result externref f64 f32 i64 i32)
      (call_indirect (param i32 i64 f32 f64 externref) (result externref f64 f32 i64 i32)
        (i32.const -5) (i64.const -6) (f32.const 7.5) (f64.const 8.5) (local.get 0) (i32.const 0)))
    (export "host" (func $f))))"),
              Returns());
  EXPECT_THAT(world.Call("direct"), Returns(Extern(0), F64(8.5), F32(7.5), I64(-6), I32(-5)));
  EXPECT_THAT(world.Call("indirect", {Extern(3)}),
              Returns(Extern(3), F64(8.5), F32(7.5), I64(-6), I32(-5)));
  EXPECT_THAT(world.Call("host", {I32(1), I64(2), F32(3), F64(4), Extern(5)}),
              Returns(Extern(5), F64(4), F32(3), I64(2), I32(1)));
}

constexpr char kRecursions[] = R"((module
  (type $t (func (param i32) (result i32)))
  (import "env" "nothing" (func $nothing (result i32)))
  (table 1 funcref) (elem (i32.const 0) $indirect)
  (func $direct (export "direct") (param i32) (result i32)
    (i32.add (i32.const 1) (call $direct (local.get 0))))
  (func $indirect (export "indirect") (param i32) (result i32)
    (i32.add (i32.const 1) (call_indirect (type $t) (local.get 0) (i32.const 0))))
  (func $even (export "mutual") (param i32) (result i32)
    (i32.add (i32.const 1) (call $odd (local.get 0) (i64.const 1))))
  (func $odd (param i32 i64) (result i32) (i32.add (i32.const 1) (call $even (local.get 0))))
  (func $calls_host (export "calls_host") (param i32) (result i32)
    (i32.add (call $nothing) (call $calls_host (local.get 0))))
  (func $large (export "large") (param i32) (result i32)
    (local i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64)
    (i32.add (i32.const 1) (call $large (local.get 0))))
  (func $depth (export "depth") (param i32) (result i32)
    (if (result i32) (local.get 0)
      (then (i32.add (i32.const 1) (call $depth (i32.sub (local.get 0) (i32.const 1)))))
      (else (i32.const 0))))))";

class Exhaustion : public EveryTier {
 protected:
  void ExpectTraps(size_t stack_bytes) {
    World world(GetParam(), stack_bytes);
    world.Host("env", "nothing", ":i", [](std::vector<Number>* values) {
      *values = {I32(0)};
      return absl::OkStatus();
    });
    ASSERT_THAT(world.Instantiate("m", kRecursions), Returns());
    for (int round = 0; round < 2; ++round) {
      for (const char* name : {"direct", "indirect", "mutual", "large", "calls_host"}) {
        EXPECT_THAT(world.Call(name, {I32(1)}), Traps("call stack exhausted")) << name;
      }
      EXPECT_THAT(world.Call("depth", {I32(100)}), Returns(I32(100)));
    }
  }
};
IN_EVERY_TIER(Exhaustion);

TEST_P(Exhaustion, OfTheSmallestStack) { ExpectTraps(kSmallStack); }
TEST_P(Exhaustion, OfAnOddStack) { ExpectTraps(100001); }
TEST_P(Exhaustion, OfALargeStack) { ExpectTraps(64 << 20); }
TEST_P(Exhaustion, OfTheDefaultStack) { ExpectTraps(0); }

TEST_P(Exhaustion, DefaultStackHolds65536SmallFrames) {
  if (GetParam().config.low_memory) GTEST_SKIP() << "which has small stacks on purpose";
  World world(GetParam());
  world.Host("env", "nothing", ":i", [](auto*) { return absl::OkStatus(); });
  ASSERT_THAT(world.Instantiate("m", kRecursions), Returns());
  EXPECT_THAT(world.Call("depth", {I32(65536)}), Returns(I32(65536)));
}

TEST_P(Exhaustion, AtEveryDistanceFromTheEnd) {
  // Frames of different sizes meet the end of the stack at every distance.
  for (int locals = 0; locals < 24; ++locals) {
    std::string text = "(module (func $f (export \"f\") (param i32) (result i32) (local " +
                       Repeat(locals, "i64 ") +
                       ") (i32.add (i32.const 1) (call $f (local.get 0)))))";
    World world(GetParam(), kSmallStack);
    ASSERT_THAT(world.Instantiate("m", text), Returns());
    EXPECT_THAT(world.Call("f", {I32(1)}), Traps("call stack exhausted")) << locals;
  }
}

TEST_P(Exhaustion, OfTheHostsStackByRecursionThroughHostFunctions) {
  World world(GetParam());
  world.Host("env", "again", "i:i", [&world](std::vector<Number>* values) -> absl::Status {
    Outcome outcome = world.Call("f", *values);
    if (outcome.kind != Outcome::Kind::kReturned) return absl::InternalError(outcome.message);
    *values = outcome.results;
    return absl::OkStatus();
  });
  ASSERT_THAT(world.Instantiate("m", R"((module
    (import "env" "again" (func $again (param i32) (result i32)))
    (func (export "f") (param i32) (result i32)
      (if (result i32) (local.get 0)
        (then (i32.add (i32.const 1) (call $again (i32.sub (local.get 0) (i32.const 1)))))
        (else (i32.const 0))))))"),
              Returns());
  EXPECT_THAT(world.Call("f", {I32(50)}), Returns(I32(50)));
  Outcome endless = world.Call("f", {I32(-1)});
  EXPECT_EQ(endless.kind, Outcome::Kind::kTrapped);
  EXPECT_THAT(endless.message, testing::HasSubstr("call stack exhausted"));
  EXPECT_THAT(world.Call("f", {I32(50)}), Returns(I32(50)));
}

}  // namespace
}  // namespace wasmtier::test
