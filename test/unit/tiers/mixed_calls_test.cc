// Calls between tiers: arguments and results, deep and endless recursion, traps and backtraces.
#include <string>
#include <vector>

#include "test/support/small_stack.h"
#include "test/support/wat.h"
#include "test/unit/tiers/mixed_tiers.h"

namespace wasmtier::test {
namespace {

class MixedCalls : public MixedTiers {
 protected:
  World world_{mode_};
};
IN_EVERY_MIX(MixedCalls);

TEST_P(MixedCalls, PassArgumentsAndResultsOfEveryType) {
  // Each function turns its values by one place; fourteen values do not fit into registers.
  constexpr char kText[] = R"((module
    (type $t (func (param i32 i64 f32 f64 externref i32 i64 f32 f64 i32 i64 f32 f64 i32)
                   (result i32 i64 f32 f64 externref i32 i64 f32 f64 i32 i64 f32 f64 i32)))
    (table 1 funcref) (elem (i32.const 0) $c)
    (func $a (export "a") (type $t)
      (local.get 9) (local.get 10) (local.get 11) (local.get 12) (local.get 4) (local.get 0)
      (local.get 1) (local.get 2) (local.get 3) (local.get 5) (local.get 6) (local.get 7)
      (local.get 8) (local.get 13) (call $b))
    (func $b (type $t)
      (local.get 9) (local.get 10) (local.get 11) (local.get 12) (local.get 4) (local.get 0)
      (local.get 1) (local.get 2) (local.get 3) (local.get 5) (local.get 6) (local.get 7)
      (local.get 8) (i32.add (local.get 13) (i32.const 1)) (call_indirect (type $t) (i32.const 0)))
    (func $c (type $t)
      (local.get 9) (local.get 10) (local.get 11) (local.get 12) (local.get 4) (local.get 0)
      (local.get 1) (local.get 2) (local.get 3) (local.get 5) (local.get 6) (local.get 7)
      (local.get 8) (i32.mul (local.get 13) (i32.const -2)))))";
  ASSERT_THAT(world_.Instantiate("m", kText), Returns());
  for (int round = 0; round < 2; ++round) {
    EXPECT_THAT(world_.Call("a", {I32(-1), I64(-2), F32(3.5), F64(4.25), Extern(5), I32(6), I64(7),
                                  F32(-0.0), F64(9), I32(10), I64(11), F32(12), F64(-13), I32(14)}),
                Returns(I32(-1), I64(-2), F32(3.5), F64(4.25), Extern(5), I32(6), I64(7), F32(-0.0),
                        F64(9), I32(10), I64(11), F32(12), F64(-13), I32(-30)));
  }
}

TEST_P(MixedCalls, SmallIntegersHaveNoUpperHalf) {
  // What is left in the upper half of a register must not be seen through an i32.
  ASSERT_THAT(world_.Instantiate("m", R"((module
    (func $a (export "a") (param i64) (result i64)
      (i64.extend_i32_u (call $b (i32.wrap_i64 (local.get 0)))))
    (func $b (param i32) (result i32) (i32.sub (call $c (local.get 0)) (i32.const 1)))
    (func $c (param i32) (result i32) (i32.wrap_i64 (i64.sub (i64.const 0)
      (i64.extend_i32_u (local.get 0)))))))"),
              Returns());
  EXPECT_THAT(world_.Call("a", {I64(0x7fffffff00000001)}), Returns(I64(0xfffffffe)));
}

TEST_P(MixedCalls, RecurseDeeply) {
  ASSERT_THAT(world_.Instantiate("m", R"((module
    (func $a (export "a") (param i32 i64) (result i64)
      (if (result i64) (local.get 0)
        (then (i64.add (local.get 1) (call $b (i32.sub (local.get 0) (i32.const 1)))))
        (else (i64.const 0))))
    (func $b (param i32) (result i64)
      (i64.add (i64.const 1) (call $c (f64.convert_i32_s (local.get 0)) (local.get 0))))
    (func $c (param f64 i32) (result i64)
      (i64.add (i64.trunc_f64_s (f64.sub (local.get 0) (f64.convert_i32_s (local.get 1))))
               (call $a (local.get 1) (i64.const 10))))))"),
              Returns());
  EXPECT_THAT(world_.Call("a", {I32(5000), I64(10)}), Returns(I64(55000)));
}

TEST_P(MixedCalls, RunawayRecursionTraps) {
  world_.Host("env", "nothing", ":", [](auto*) { return absl::OkStatus(); });
  ASSERT_THAT(world_.Instantiate("m", R"((module
    (import "env" "nothing" (func $nothing))
    (func $a (export "a") (param i32) (result i32) (i32.add (i32.const 1) (call $b (local.get 0))))
    (func $b (param i32) (result i32) (call $nothing)
      (i32.add (i32.const 1) (call $c (local.get 0) (i64.const 0))))
    (func $c (param i32 i64) (result i32) (i32.add (i32.const 1) (call $a (local.get 0))))
    (func (export "works") (result i32) (i32.const 5))))"),
              Returns());
  for (int round = 0; round < 3; ++round) {
    const Outcome outcome = world_.Call("a", {I32(1)});
    EXPECT_THAT(outcome, Traps("call stack exhausted"));
    EXPECT_EQ(outcome.frames.size(), 64u);
    EXPECT_THAT(world_.Call("works"), Returns(I32(5)));
  }
}

TEST_P(MixedCalls, RunawayRecursionWithLargeFramesTraps) {
  // Frames of many pages must not jump over what guards the stack.
  const std::string locals = Repeat(6000, "i64 ");
  ASSERT_THAT(
      world_.Instantiate("m", "(module (func $a (export \"a\") (param i32) (local " + locals +
                                  ") (call $b (local.get 0)))" + "(func $b (param i32) (local " +
                                  locals + ") (call $c (local.get 0)) (call $c (local.get 0)))" +
                                  "(func $c (param i32) (call $a (local.get 0))))"),
      Returns());
  for (int round = 0; round < 3; ++round) {
    EXPECT_THAT(world_.Call("a", {I32(1)}), Traps("call stack exhausted"));
  }
}

TEST_P(MixedCalls, RunawayRecursionThroughTheHostTraps) {
  world_.Host("env", "again", "i:i", [this](std::vector<Number>* values) -> absl::Status {
    const Outcome outcome = world_.Call("a", *values);
    if (outcome.kind != Outcome::Kind::kReturned) return absl::InternalError(outcome.message);
    *values = outcome.results;
    return absl::OkStatus();
  });
  ASSERT_THAT(world_.Instantiate("m", R"((module
    (import "env" "again" (func $again (param i32) (result i32)))
    (func $a (export "a") (param i32) (result i32)
      (if (result i32) (local.get 0)
        (then (i32.add (i32.const 1) (call $b (i32.sub (local.get 0) (i32.const 1)))))
        (else (i32.const 0))))
    (func $b (param i32) (result i32) (call $again (local.get 0)))))"),
              Returns());
  EXPECT_THAT(world_.Call("a", {I32(50)}), Returns(I32(50)));
  Outcome endless;
  OnSmallStack([&] { endless = world_.Call("a", {I32(-1)}); });
  EXPECT_EQ(endless.kind, Outcome::Kind::kTrapped);
  EXPECT_THAT(endless.message, testing::HasSubstr("call stack exhausted"));
  EXPECT_THAT(world_.Call("a", {I32(50)}), Returns(I32(50)));
}

constexpr char kTraps[] = R"((module
  (import "env" "callback" (func $callback (param i32)))
  (memory 1) (table 1 funcref) (elem (i32.const 0) $c)
  (func $a (export "a") (param i32) (nop) (call $b (local.get 0)) (nop))
  (func $b (param i32)
    (i64.const 7) (i32.const 8) (call_indirect (param i32) (local.get 0) (i32.const 0))
    (drop) (drop))
  (func $c (param i32)
    (block (block (block (block (block (br_table 0 1 2 3 4 (local.get 0)))
      (unreachable))
      (drop (i32.div_s (i32.const 1) (i32.const 0))))
      (drop (i32.load offset=65535 (local.get 0))))
      (drop (i64.trunc_f32_s (f32.const nan))))
    (call $callback (local.get 0)))
  (func (export "leaf") (i32.store (i32.const -1) (i32.const 0)))))";

// Function and offset of each frame.
std::vector<std::pair<uint32_t, uint32_t>> Places(const Outcome& outcome) {
  std::vector<std::pair<uint32_t, uint32_t>> places;
  for (const TrapFrame& frame : outcome.frames) places.emplace_back(frame.function, frame.offset);
  return places;
}

TEST_P(MixedCalls, BacktracesAreThoseOfTheInterpreter) {
  World interpreter(MixedMode(8));
  for (World* world : {&interpreter, &world_}) {
    // The host calls a function that traps; its own trap is lost, since it gives one of its own.
    world->Host("env", "callback", "i:", [world](auto*) -> absl::Status {
      const Outcome inner = world->Call("leaf");
      return absl::InternalError(inner.message + std::to_string(inner.frames.size()));
    });
    ASSERT_THAT(world->Instantiate("m", kTraps), Returns());
  }
  for (int round = 0; round < 2; ++round) {
    for (int kind = 0; kind < 6; ++kind) {
      const Outcome expected = interpreter.Call("a", {I32(kind)});
      const Outcome actual = world_.Call("a", {I32(kind)});
      ASSERT_EQ(expected.frames.size(), 3u);
      EXPECT_EQ(actual.message, expected.message) << kind;
      EXPECT_EQ(Places(actual), Places(expected)) << kind;
    }
  }
}

}  // namespace
}  // namespace wasmtier::test
