// Traps that LLVM was seen to lose (design §9, "Traps and LLVM"), one test for each way, in every
// mode, and with and without precise traps: outcome, globals and, where they are promised, memory
// and backtrace are those of the interpreter. Each call is made often enough for the code to
// become hot, with arguments that trap only in the last rounds: what is compiled knows of no trap.
#include <memory>
#include <string>
#include <vector>

#include "test/support/world.h"

namespace wasmtier::test {
namespace {

constexpr int kRounds = 12;
constexpr int64_t kEnd = 0x10000;  // of a memory of one page

class KeptTraps : public testing::TestWithParam<Mode> {
 protected:
  void Load(const std::string& functions, size_t stack_bytes = 0) {
    const std::string text =
        "(module (memory (export \"memory\") 1)"
        "(global $g (export \"g\") (mut i32) (i32.const 0))"
        "(global $h (export \"h\") (mut i32) (i32.const 0))" +
        functions + ")";
    oracle_ = std::make_unique<World>(Modes()[0], stack_bytes);
    world_ = std::make_unique<World>(GetParam(), stack_bytes);
    ASSERT_THAT(oracle_->Instantiate("m", text), Returns());
    ASSERT_THAT(world_->Instantiate("m", text), Returns());
  }

  // Calls `f` in both; memory is compared after a trap only if no store could be left out or be
  // made too early.
  void ExpectSame(const std::vector<Number>& args, const std::string& name = "f") {
    SCOPED_TRACE(name + testing::PrintToString(args));
    const Outcome expected = oracle_->Call(name, args);
    const Outcome actual = world_->Call(name, args);
    EXPECT_EQ(testing::PrintToString(actual), testing::PrintToString(expected));
    ASSERT_EQ(actual.frames.size(), expected.frames.size());
    for (size_t i = 0; i < expected.frames.size(); ++i) {
      EXPECT_EQ(actual.frames[i].function, expected.frames[i].function) << i;
      EXPECT_EQ(actual.frames[i].offset, expected.frames[i].offset) << i;
    }
    EXPECT_EQ(world_->ReadGlobal("g"), oracle_->ReadGlobal("g"));
    EXPECT_EQ(world_->ReadGlobal("h"), oracle_->ReadGlobal("h"));
    const bool is_optimizing = GetParam().name.find("optimizing") != std::string::npos;
    if (actual.kind == Outcome::Kind::kReturned || !is_optimizing ||
        GetParam().config.precise_traps) {
      EXPECT_TRUE(world_->ReadMemory("memory", 0, kEnd) == oracle_->ReadMemory("memory", 0, kEnd));
    }
  }
  void Warm(const std::vector<Number>& args, const std::string& name = "f") {
    for (int i = 0; i < kRounds; ++i) ExpectSame(args, name);
  }

  std::unique_ptr<World> oracle_;
  std::unique_ptr<World> world_;
};
INSTANTIATE_TEST_SUITE_P(Every, KeptTraps, testing::ValuesIn(ModesOfBothPrecisions()),
                         [](const auto& info) { return info.param.name; });

TEST_P(KeptTraps, OfALoadWhoseValueIsDropped) {
  Load(R"((func (export "f") (param i32)
    (drop (i32.load (local.get 0))) (global.set $g (local.get 0))))");
  Warm({I32(0)});
  for (const int64_t address : {kEnd, kEnd - 3, int64_t{-4}}) ExpectSame({I32(address)});
}

TEST_P(KeptTraps, OfALoadThatIsSunkIntoABranch) {
  Load(R"((func (export "f") (param i32 i32) (result i32) (local $x i32)
    (local.set $x (i32.load (local.get 0)))
    (if (result i32) (local.get 1)
      (then (i32.mul (local.get $x) (i32.const 3)))
      (else (global.set $g (i32.add (global.get $g) (i32.const 1))) (i32.const 1)))))");
  Warm({I32(0), I32(1)});
  Warm({I32(0), I32(0)});
  ExpectSame({I32(kEnd), I32(0)});
  ExpectSame({I32(kEnd), I32(1)});
}

TEST_P(KeptTraps, OfALoadedValueThatIsStoredBack) {
  Load(R"((func (export "f") (param i32)
    (i32.store (local.get 0) (i32.load (local.get 0)))
    (global.set $g (i32.const 1))))");
  Warm({I32(8)});
  ExpectSame({I32(kEnd - 2)});
  ExpectSame({I32(kEnd)});
}

TEST_P(KeptTraps, OfAStoreThatIsOverwritten) {
  Load(R"((func (export "f") (param i32 i32)
    (i32.store8 (local.get 1) (i32.const 1))
    (i64.store (local.get 0) (i64.const 1))
    (global.set $g (i32.add (global.get $g) (i32.const 1)))
    (i64.store8 (local.get 1) (i64.const 2))
    (i64.store (local.get 0) (i64.const 2))))");
  Warm({I32(8), I32(64)});
  ExpectSame({I32(kEnd - 4), I32(64)});
  ExpectSame({I32(8), I32(kEnd)});
}

TEST_P(KeptTraps, OfACallWhoseCalleeOnlyLoads) {
  Load(R"((func $load (param i32) (result i32) (i32.load (local.get 0)))
    (func $sum (param $p i32) (param $n i32) (result i32) (local $s i32)
      (loop $l
        (local.set $s (i32.add (local.get $s) (i32.load (local.get $p))))
        (local.set $p (i32.add (local.get $p) (i32.const 4)))
        (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (local.get $s))
    (func (export "f") (param i32)
      (drop (call $load (local.get 0)))
      (global.set $g (i32.add (global.get $g) (i32.const 1))))
    (func (export "s") (param i32) (param i32)
      (drop (call $sum (local.get 0) (local.get 1)))
      (global.set $g (i32.add (global.get $g) (i32.const 1)))))");
  Warm({I32(8)});
  Warm({I32(8), I32(20)}, "s");
  ExpectSame({I32(kEnd)});
  ExpectSame({I32(kEnd - 40), I32(10)}, "s");
  ExpectSame({I32(kEnd - 40), I32(11)}, "s");
  ExpectSame({I32(kEnd), I32(1)}, "s");
}

TEST_P(KeptTraps, OfLoadsInALoopThatSetsGlobals) {
  Load(R"((func (export "f") (param $p i32) (param $n i32) (param $step i32) (result i32)
    (local $i i32) (local $s i32)
    (loop $l
      (global.set $g (local.get $i))
      (local.set $s (i32.add (local.get $s) (i32.load (local.get $p))))
      (global.set $h (local.get $s))
      (local.set $p (i32.add (local.get $p) (local.get $step)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $l (i32.lt_u (local.get $i) (local.get $n))))
    (local.get $s)))");
  Warm({I32(0), I32(10), I32(4)});
  // At the last iteration, in the middle, at the first; by steps and not.
  for (const int64_t address : {kEnd - 36, kEnd - 20, kEnd}) {
    ExpectSame({I32(address), I32(10), I32(4)});
  }
  ExpectSame({I32(kEnd), I32(10), I32(0)});
  ExpectSame({I32(16), I32(10), I32(-4)});
  ExpectSame({I32(kEnd - 40), I32(10), I32(4)});
}

TEST_P(KeptTraps, OfALoadThatALoopRepeats) {
  Load(R"((func (export "f") (param $p i32) (param $n i32)
    (loop $l
      (global.set $g (local.get $n))
      (drop (i32.load (local.get $p)))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))");
  Warm({I32(8), I32(20)});
  ExpectSame({I32(kEnd), I32(20)});
}

TEST_P(KeptTraps, OfALoopThatBecomesMemset) {
  Load(R"((func (export "f") (param $p i32) (param $n i32)
    (loop $l
      (i32.store8 (local.get $p) (i32.const 0x55))
      (local.set $p (i32.add (local.get $p) (i32.const 1)))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))");
  Warm({I32(100), I32(1000)});
  ExpectSame({I32(kEnd - 0x100), I32(0x100)});
  ExpectSame({I32(kEnd - 0x100), I32(0x101)});
  ExpectSame({I32(kEnd - 0x80), I32(0x7fffffff)});
}

TEST_P(KeptTraps, OfALoopThatBecomesMemcpy) {
  Load(R"((func (export "f") (param $to i32) (param $from i32) (param $n i32)
    (loop $l
      (i64.store (local.get $to) (i64.load (local.get $from)))
      (local.set $to (i32.add (local.get $to) (i32.const 8)))
      (local.set $from (i32.add (local.get $from) (i32.const 8)))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))");
  Warm({I32(100), I32(1000), I32(50)});
  ExpectSame({I32(kEnd - 400), I32(0), I32(50)});
  ExpectSame({I32(kEnd - 400), I32(0), I32(51)});
  ExpectSame({I32(0), I32(kEnd - 400), I32(51)});
  ExpectSame({I32(8), I32(0), I32(0x7fff)});  // overlaps: what is read was written before
}

TEST_P(KeptTraps, OfALoopWithoutAnyEffect) {
  Load(R"((func (export "f") (param $p i32) (param $n i32)
    (loop $l
      (drop (i32.load (local.get $p)))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (global.set $g (i32.const 1)))
    (func (export "d") (param $p i32) (param $n i32)
      (loop $l
        (drop (i32.div_u (i32.const 1) (local.get $n)))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br_if $l (i32.ge_s (local.get $n) (local.get $p))))
      (global.set $h (i32.const 1))))");
  Warm({I32(100), I32(1000)});
  Warm({I32(1), I32(100)}, "d");
  ExpectSame({I32(kEnd - 400), I32(100)});
  ExpectSame({I32(kEnd - 400), I32(101)});
  ExpectSame({I32(0), I32(100)}, "d");
}

TEST_P(KeptTraps, OfDivisionsAndTruncationsWhoseResultIsDropped) {
  Load(R"((func (export "f") (param i32 i32)
      (drop (i32.div_s (local.get 0) (local.get 1))) (global.set $g (local.get 0)))
    (func (export "r") (param i32 i32)
      (drop (i32.rem_s (local.get 0) (local.get 1))) (global.set $g (local.get 0)))
    (func (export "t") (param f64)
      (drop (i32.trunc_f64_u (local.get 0))) (global.set $g (i32.const 77))))");
  Warm({I32(8), I32(2)});
  Warm({I32(8), I32(2)}, "r");
  Warm({F64(2.5)}, "t");
  for (const char* name : {"f", "r"}) {
    ExpectSame({I32(9), I32(0)}, name);
    ExpectSame({I32(-0x80000000LL), I32(-1)}, name);
  }
  for (const double value : {-0.5, -1.0, 4294967295.5, 4294967296.0, 1e300}) {
    ExpectSame({F64(value)}, "t");
  }
}

TEST_P(KeptTraps, InTheOrderOfTheProgram) {
  Load(R"((func (export "f") (param $p i32) (param $d i32) (result i32)
      (i32.add (i32.load (local.get $p)) (i32.div_u (i32.const 8) (local.get $d))))
    (func (export "r") (param $p i32) (param $d i32) (result i32)
      (i32.add (i32.div_u (i32.const 8) (local.get $d)) (i32.load (local.get $p))))
    (func (export "u") (param $p i32) (param $d i32)
      (if (local.get $d) (then (drop (i32.load (local.get $p))) (unreachable)))))");
  for (const char* name : {"f", "r"}) {
    Warm({I32(8), I32(2)}, name);
    for (const int64_t address : {int64_t{0}, kEnd}) {
      for (const int64_t divisor : {0, 2}) ExpectSame({I32(address), I32(divisor)}, name);
    }
  }
  Warm({I32(0), I32(0)}, "u");
  ExpectSame({I32(0), I32(1)}, "u");
  ExpectSame({I32(kEnd), I32(1)}, "u");
}

// Two accesses that could be one are still at two places of the program.
TEST_P(KeptTraps, OfTheSameAccessInBothArms) {
  Load(R"((func (export "s") (param i32 i32 i32)
      (if (local.get 1)
        (then (i32.store (local.get 0) (local.get 2)))
        (else (i32.store (local.get 0) (local.get 2)))))
    (func (export "f") (param i32 i32) (result i32)
      (if (result i32) (local.get 1)
        (then (i32.load (local.get 0)))
        (else (i32.load (local.get 0)))))
    (func (export "d") (param i32 i32) (result i32)
      (if (result i32) (local.get 1)
        (then (i32.div_u (i32.const 7) (local.get 0)))
        (else (i32.div_u (i32.const 7) (local.get 0)))))
    (func (export "u") (param i32)
      (if (local.get 0) (then (unreachable)) (else (unreachable)))))");
  for (const int64_t arm : {1, 0}) {
    Warm({I32(8), I32(arm), I32(5)}, "s");
    Warm({I32(8), I32(arm)});
    Warm({I32(8), I32(arm)}, "d");
  }
  for (const int64_t arm : {1, 0}) {
    ExpectSame({I32(kEnd), I32(arm), I32(5)}, "s");
    ExpectSame({I32(kEnd), I32(arm)});
    ExpectSame({I32(0), I32(arm)}, "d");
    Warm({I32(arm)}, "u");
  }
}

// Recursion that does nothing is no loop that never ends, and no nothing.
class KeptExhaustion : public KeptTraps {
 protected:
  static constexpr size_t kSmallStack = 128 << 10;
  // Backtraces depend on how large frames are.
  void ExpectExhaustion(const std::string& name, const std::vector<Number>& args = {}) {
    for (int i = 0; i < 4; ++i) {
      EXPECT_THAT(world_->Call(name, args), Traps("call stack exhausted")) << name;
    }
  }
};
INSTANTIATE_TEST_SUITE_P(Every, KeptExhaustion, testing::ValuesIn(ModesOfBothPrecisions()),
                         [](const auto& info) { return info.param.name; });

TEST_P(KeptExhaustion, OfRunawayRecursion) {
  Load(R"((func $f (export "f") (call $f))
    (func $r (export "r") (param i32) (result i32)
      (i32.add (i32.const 1) (call $r (i32.add (local.get 0) (i32.const 1)))))
    (func $d (export "d") (param i32) (result i32)
      (drop (call $d (i32.add (local.get 0) (i32.const 1)))) (i32.const 1)))",
       kSmallStack);
  ExpectExhaustion("f");
  ExpectExhaustion("r", {I32(0)});
  ExpectExhaustion("d", {I32(0)});
}

TEST_P(KeptExhaustion, OfMutualRecursion) {
  Load(R"((func $a (export "a") (param i32) (result i32) (call $b (local.get 0)))
    (func $b (param i32) (result i32) (call $c (i32.add (local.get 0) (i32.const 1))))
    (func $c (param i32) (result i32) (call $a (i32.mul (local.get 0) (i32.const 3))))
    (func $v (export "v") (call $w)) (func $w (call $v)))",
       kSmallStack);
  ExpectExhaustion("a", {I32(0)});
  ExpectExhaustion("v");
}

TEST_P(KeptExhaustion, AfterCallsThatEnd) {
  Load(R"((func $f (export "f") (param i32) (result i32)
      (if (i32.eqz (local.get 0)) (then (return (i32.const 0))))
      (i32.add (i32.const 1) (call $f (i32.sub (local.get 0) (i32.const 1))))))",
       kSmallStack);
  Warm({I32(5)});
  ExpectExhaustion("f", {I32(-1)});
  Warm({I32(50)});
}

}  // namespace
}  // namespace wasmtier::test
