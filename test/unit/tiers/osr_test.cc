// On-stack replacement: a function that was called once and loops goes on as machine code.
#include <string>
#include <vector>

#include "runtime/activation.h"
#include "test/support/wat.h"
#include "test/support/world.h"

namespace wasmtier::test {
namespace {

using Kind = runtime::CodePosition::Kind;

class Osr : public testing::TestWithParam<MemoryChecks> {
 protected:
  static Mode AutoMode() {
    Mode mode{.name = "auto", .description = "", .config = {}};
    mode.config.tier = TierMode::kAuto;
    mode.config.hotness_threshold = 2;
    mode.config.memory_checks = GetParam();
    return mode;
  }
  static Mode InterpreterMode() {
    Mode mode = AutoMode();
    mode.config.tier = TierMode::kInterpreter;
    return mode;
  }
  // Defines env.tier: which tier calls the host, noted in `tiers_`.
  void NoteTiers(World& world) {
    world.Host("env", "tier", ":", [this](auto*) {
      tiers_.push_back(runtime::CurrentActivation()->exit.kind);
      return absl::OkStatus();
    });
  }
  // Runs in both and expects the same.
  void ExpectSame(const std::string& text, const std::vector<Number>& args) {
    World interpreter(InterpreterMode());
    World world(AutoMode());
    for (World* one : {&interpreter, &world}) {
      NoteTiers(*one);
      ASSERT_THAT(one->Instantiate("m", text), Returns());
    }
    const Outcome expected = interpreter.Call("f", args);
    tiers_.clear();
    const Outcome actual = world.Call("f", args);
    EXPECT_EQ(testing::PrintToString(actual), testing::PrintToString(expected));
    ASSERT_EQ(actual.frames.size(), expected.frames.size());
    for (size_t i = 0; i < expected.frames.size(); ++i) {
      EXPECT_EQ(actual.frames[i].function, expected.frames[i].function);
      EXPECT_EQ(actual.frames[i].offset, expected.frames[i].offset);
    }
    if (!tiers_.empty()) {
      EXPECT_EQ(tiers_.back(), Kind::kMachine) << "it stayed in the interpreter";
    }
  }

  std::vector<Kind> tiers_;
};
INSTANTIATE_TEST_SUITE_P(Memories, Osr,
                         testing::Values(MemoryChecks::kAuto, MemoryChecks::kExplicit),
                         [](const auto& info) {
                           return info.param == MemoryChecks::kAuto ? "reserved" : "checked";
                         });

constexpr int kTurns = 100'000;

TEST_P(Osr, FunctionThatIsCalledOnceLeavesTheInterpreter) {
  World world(AutoMode());
  NoteTiers(world);
  ASSERT_THAT(world.Instantiate("m", R"((module (import "env" "tier" (func $tier))
    (func (export "f") (param i32)
      (loop (call $tier) (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))))"),
              Returns());
  ASSERT_THAT(world.Call("f", {I32(kTurns)}), Returns());
  ASSERT_EQ(tiers_.size(), size_t{kTurns});
  EXPECT_EQ(tiers_.front(), Kind::kInterpreter);
  EXPECT_EQ(tiers_.back(), Kind::kMachine);
  const auto first = std::find(tiers_.begin(), tiers_.end(), Kind::kMachine) - tiers_.begin();
  EXPECT_LT(first, 5000) << "iterations until it left";
}

TEST_P(Osr, LocalsAndOperandsGoAlong) {
  // Locals of every type, more than there are registers, and operands below the loop.
  ExpectSame(R"((module (import "env" "tier" (func $tier))
    (func (export "f") (param $n i32) (param $p i64) (param $q f64) (param $r f32) (param $e externref)
        (result i64 f64 f32 i32 externref i64 i32)
      (local $a i32) (local $b i64) (local $c f64) (local $d f32) (local $g i32) (local $h i32)
      (local $i i64) (local $j i64) (local $k f64) (local $l f64) (local $m i32) (local $o i32)
      (local.set $k (f64.const 1.5)) (local.set $o (i32.const 77)) (local.set $j (i64.const -9))
      (i64.const 1234567890123) (f64.const 2.5) (f32.const -1)
      (loop
        (local.set $a (i32.add (local.get $a) (local.get $n)))
        (local.set $b (i64.xor (i64.mul (local.get $b) (i64.const 31)) (local.get $p)))
        (local.set $c (f64.add (local.get $c) (local.get $q)))
        (local.set $d (f32.sub (local.get $r) (local.get $d)))
        (local.set $g (i32.xor (local.get $g) (local.get $a)))
        (local.set $h (i32.rotl (local.get $g) (i32.const 3)))
        (local.set $i (i64.add (local.get $i) (local.get $b)))
        (local.set $l (f64.mul (local.get $k) (f64.const 0.5)))
        (local.set $m (i32.add (local.get $m) (local.get $o)))
        (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (call $tier)
      (i32.add (local.get $a) (i32.add (local.get $g) (i32.add (local.get $h) (local.get $m))))
      (local.get $e)
      (i64.add (local.get $i) (i64.add (local.get $j)
        (i64.trunc_f64_s (f64.add (local.get $c) (f64.add (local.get $l) (f64.promote_f32 (local.get $d)))))))
      (local.get $o))))",
             {I32(kTurns), I64(-3), F64(0.25), F32(3), Extern(42)});
}

TEST_P(Osr, ParametersOfTheLoopGoAlong) {
  ExpectSame(R"((module (import "env" "tier" (func $tier))
    (func (export "f") (param $n i32) (result i32 i64) (local $x i64)
      (i32.const 5) (i32.const 1) (i64.const 2)
      (loop (param i32 i64) (result i32 i64)
        (local.set $x (i64.add (i64.const 3)))
        (i32.mul (i32.const 7))
        (local.get $x)
        (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (local.set $x) (i32.add) (local.get $x) (call $tier))))",
             {I32(kTurns)});
}

TEST_P(Osr, AtAnInnerLoopAndOutOfIt) {
  ExpectSame(R"((module (import "env" "tier" (func $tier))
    (func (export "f") (param $n i32) (result i64) (local $i i32) (local $j i32) (local $s i64)
      (block $done
        (loop $outer
          (local.set $j (i32.const 0))
          (block $next
            (loop $inner
              (local.set $s (i64.add (local.get $s)
                (i64.extend_i32_u (i32.xor (local.get $i) (local.get $j)))))
              (br_if $done (i64.gt_u (local.get $s) (i64.const 40000000)))
              (br_if $next (i32.gt_u (local.tee $j (i32.add (local.get $j) (i32.const 1)))
                                     (local.get $n)))
              (br $inner)))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br $outer)))
      (call $tier)
      (local.get $s))))",
             {I32(3000)});
}

TEST_P(Osr, TrapInTheLoopHasItsPlaceAndCallers) {
  constexpr char kText[] = R"((module (memory 1)
    (func $g (param $n i32) (result i32) (local $i i32)
      (loop
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        BODY
        (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (local.get $i))
    (func $h (param i32) (result i32) (i32.add (call $g (local.get 0)) (i32.const 1)))
    (func (export "f") (param i32) (result i32) (nop) (call $h (local.get 0)))))";
  for (const char* body : {
           "(drop (i32.load (i32.shl (local.get $i) (i32.const 2))))",
           "(i64.store offset=40000 (local.get $i) (i64.const 1))",
           "(drop (i32.div_u (i32.const 1) (i32.sub (i32.const 50000) (local.get $i))))",
           "(if (i32.eq (local.get $i) (i32.const 60000)) (then (unreachable)))",
           "(if (i32.eq (local.get $i) (i32.const 60000)) (then (drop (call $g (i32.const 5)))))",
           "(if (i32.eq (local.get $i) (i32.const 50)) (then (drop (call $h (local.get $n)))))",
       }) {
    std::string text = kText;
    text.replace(text.find("BODY"), 4, body);
    ExpectSame(text, {I32(kTurns)});
  }
}

TEST_P(Osr, TailCallOutOfTheLoop) {
  // A hundred times a fresh frame becomes hot and ends in a tail call: at constant stack.
  World world(AutoMode(), 64 << 10);
  NoteTiers(world);
  ASSERT_THAT(world.Instantiate("m", R"((module (import "env" "tier" (func $tier))
    (func $f (export "f") (param $n i32) (param $s i64) (result i64) (local $i i32)
      (if (i32.eqz (local.get $n)) (then (call $tier) (return (local.get $s))))
      (local.set $i (i32.const 3000))
      (loop (local.set $s (i64.add (local.get $s) (i64.const 1)))
        (br_if 0 (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
      (return_call $g (i32.sub (local.get $n) (i32.const 1)) (local.get $s) (f64.const 0)))
    (func $g (param i32 i64 f64) (result i64) (return_call $f (local.get 0) (local.get 1)))))"),
              Returns());
  EXPECT_THAT(world.Call("f", {I32(10000), I64(0)}), Returns(I64(30000000)));
  EXPECT_EQ(tiers_.back(), Kind::kMachine);
}

TEST_P(Osr, RecursionAndExhaustionInTheLoop) {
  World world(AutoMode());
  ASSERT_THAT(world.Instantiate("m", R"((module
    (func $f (export "f") (param $depth i32) (result i32) (local $i i32)
      (local.set $i (i32.const 2000))
      (loop (br_if 0 (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
      (local.set $i (i32.const 200))
      (loop (br_if 0 (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
      (if (result i32) (local.get $depth)
        (then (i32.add (i32.const 1) (call $f (i32.sub (local.get $depth) (i32.const 1)))))
        (else (i32.const 0))))))"),
              Returns());
  EXPECT_THAT(world.Call("f", {I32(1000)}), Returns(I32(1000)));
  EXPECT_THAT(world.Call("f", {I32(-1)}), Traps("call stack exhausted"));
  EXPECT_THAT(world.Call("f", {I32(1000)}), Returns(I32(1000)));
}

TEST_P(Osr, LoopThatNeverEndsByItselfIsLeftByATrap) {
  World world(AutoMode());
  int turns = 0;
  world.Host("env", "tick", ":", [&turns](auto*) {
    return ++turns < kTurns ? absl::OkStatus() : absl::InternalError("enough");
  });
  ASSERT_THAT(world.Instantiate("m", R"((module (import "env" "tick" (func $tick))
    (func (export "f") (loop (call $tick) (br 0)))))"),
              Returns());
  EXPECT_THAT(world.Call("f"), Traps("host function failed"));
  EXPECT_EQ(turns, kTurns);
}

}  // namespace
}  // namespace wasmtier::test
