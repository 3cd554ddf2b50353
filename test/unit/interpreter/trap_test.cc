// Traps: which one, where, and with what backtrace.
#include <algorithm>
#include <string>
#include <vector>

#include "test/support/wat.h"
#include "test/support/world.h"

namespace wasmtier::test {
namespace {

class TrapPlace : public EveryTier {};
IN_EVERY_TIER(TrapPlace);

// Tests put `i32.const kMarker; drop` before an instruction to find its place in the binary.
constexpr char kMarker[] = "(drop (i32.const 0x1234567)) ";

uint32_t OffsetAfterMarker(const std::vector<uint8_t>& bytes, int which = 0) {
  const uint8_t pattern[] = {0x41, 0xe7, 0x8a, 0x8d, 0x09, 0x1a};
  auto at = bytes.begin();
  for (int i = 0; i <= which; ++i) {
    at = std::search(i == 0 ? at : at + 1, bytes.end(), std::begin(pattern), std::end(pattern));
  }
  EXPECT_NE(at, bytes.end());
  return static_cast<uint32_t>(at - bytes.begin() + std::size(pattern));
}

struct Case {
  const char* body;   // after the marker; (i32.const 0) operands come first if `operands` says so
  uint32_t operands;  // bytes of operands before the trapping instruction
  const char* message;
};

constexpr Case kCases[] = {
    {"(unreachable)", 0, "unreachable"},
    {"(drop (i32.div_s (i32.const 1) (i32.const 0)))", 4, "integer divide by zero"},
    {"(drop (i64.rem_u (i64.const 1) (i64.const 0)))", 4, "integer divide by zero"},
    {"(drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))", 8, "integer overflow"},
    {"(drop (i32.trunc_f32_s (f32.const nan)))", 5, "invalid conversion to integer"},
    {"(drop (i64.trunc_f64_u (f64.const -1)))", 9, "integer overflow"},
    {"(drop (i32.load (i32.const 65536)))", 4, "out of bounds memory access"},
    {"(drop (i64.load8_u (i32.const -1)))", 2, "out of bounds memory access"},
    {"(f64.store offset=65530 (i32.const 0) (f64.const 1))", 11, "out of bounds memory access"},
    {"(i64.store32 (i32.const -1) (i64.const 1))", 4, "out of bounds memory access"},
    {"(memory.fill (i32.const 1) (i32.const 0) (i32.const 65536))", 8,
     "out of bounds memory access"},
    {"(memory.copy (i32.const 0) (i32.const 1) (i32.const 65536))", 8,
     "out of bounds memory access"},
    {"(memory.init 0 (i32.const 0) (i32.const 0) (i32.const 9))", 6, "out of bounds memory access"},
    {"(drop (table.get 0 (i32.const 9)))", 2, "out of bounds table access"},
    {"(table.set 0 (i32.const 9) (ref.null func))", 4, "out of bounds table access"},
    {"(table.fill 0 (i32.const 1) (ref.null func) (i32.const 9))", 6, "out of bounds table access"},
    {"(table.copy 0 0 (i32.const 1) (i32.const 0) (i32.const 9))", 6, "out of bounds table access"},
    {"(table.init 0 0 (i32.const 0) (i32.const 0) (i32.const 9))", 6, "out of bounds table access"},
    {"(call_indirect (i32.const 9))", 2, "undefined element"},
    {"(call_indirect (i32.const 0))", 2, "uninitialized element"},
    {"(call_indirect (param i32) (i32.const 0) (i32.const 1))", 4, "indirect call type mismatch"},
};

TEST_P(TrapPlace, EveryTrapNamesItsInstruction) {
  for (const Case& test : kCases) {
    std::string text = std::string("(module (memory 1) (table 2 funcref) (data \"12345678\") ") +
                       "(elem func $empty) (elem (i32.const 1) $empty) (func $empty) " +
                       "(func $before (nop)) (func $traps (export \"f\") (nop) " + kMarker +
                       test.body + "))";
    std::vector<uint8_t> bytes = CompileWat(text);
    Outcome outcome = RunBytes(bytes, "f");
    EXPECT_THAT(outcome, Traps(test.message)) << test.body;
    ASSERT_EQ(outcome.frames.size(), 1u) << test.body;
    EXPECT_EQ(outcome.frames[0].function, 2u) << test.body;
    EXPECT_EQ(outcome.frames[0].name, "traps") << test.body;
    EXPECT_EQ(outcome.frames[0].offset, OffsetAfterMarker(bytes) + test.operands) << test.body;
  }
}

TEST_P(TrapPlace, BacktraceNamesEveryCaller) {
  std::string text = std::string(R"((module (type $t (func (param i32)))
    (table 1 funcref) (elem (i32.const 0) $third)
    (func $first (export "f") (nop) )") +
                     kMarker + R"((call $second (i32.const 7)))
    (func $second (param i32) (local i64 i64) )" +
                     kMarker + R"((call_indirect (type $t) (local.get 0) (i32.const 0)))
    (func $third (param i32) (if (local.get 0) (then )" +
                     kMarker + "(unreachable)))))";
  std::vector<uint8_t> bytes = CompileWat(text);
  Outcome outcome = RunBytes(bytes, "f");
  EXPECT_THAT(outcome, Traps("unreachable"));
  ASSERT_EQ(outcome.frames.size(), 3u);
  EXPECT_EQ(outcome.frames[0].name, "third");
  EXPECT_EQ(outcome.frames[0].offset, OffsetAfterMarker(bytes, 2));
  EXPECT_EQ(outcome.frames[1].name, "second");
  EXPECT_EQ(outcome.frames[1].offset, OffsetAfterMarker(bytes, 1) + 4);
  EXPECT_EQ(outcome.frames[2].name, "first");
  EXPECT_EQ(outcome.frames[2].offset, OffsetAfterMarker(bytes, 0) + 2);
}

TEST_P(TrapPlace, TailCallersAreNotOnTheStack) {
  Outcome outcome = Run(R"((module
    (func $first (export "f") (call $second)) (func $second (return_call $third))
    (func $third (unreachable))))",
                        "f");
  EXPECT_THAT(outcome, Traps("unreachable"));
  ASSERT_EQ(outcome.frames.size(), 2u);
  EXPECT_EQ(outcome.frames[0].name, "third");
  EXPECT_EQ(outcome.frames[1].name, "first");
}

TEST_P(TrapPlace, TailCallersAreNotOnTheStackOfWhatTheyCalled) {
  // $last is not inlined: it calls itself. The traps are those of a frame deeper, of a host
  // function, and of tail calls themselves, whose function is still there.
  World world(GetParam());
  world.Host("env", "fails", ":", [](auto*) { return absl::AbortedError("no"); });
  ASSERT_THAT(world.Instantiate("m", R"((module
    (import "env" "fails" (func $fails))
    (type $t (func)) (table 2 funcref) (elem (i32.const 0) $takes)
    (func $takes (param i32))
    (func $last (param i32) (result i32)
      (if (i32.eqz (local.get 0)) (then (unreachable)))
      (i32.add (call $last (i32.sub (local.get 0) (i32.const 1))) (i32.const 1)))
    (func $to_last (param i32) (result i32) (return_call $last (local.get 0)))
    (func (export "wasm") (result i32) (i32.xor (call $to_last (i32.const 1)) (i32.const 1)))
    (func $to_host (return_call $fails))
    (func (export "host") (call $to_host) (nop))
    (func $to_table (param i32) (return_call_indirect (type $t) (local.get 0)))
    (func (export "table") (param i32) (call $to_table (local.get 0)) (nop))))"),
              Returns());
  const auto names = [](const Outcome& outcome) {
    std::vector<std::string> list;
    for (const auto& frame : outcome.frames) list.push_back(frame.name);
    return list;
  };
  Outcome outcome = world.Call("wasm");
  EXPECT_THAT(outcome, Traps("unreachable"));
  EXPECT_THAT(names(outcome), testing::ElementsAre("last", "last", "wasm"));
  outcome = world.Call("host");
  EXPECT_THAT(outcome, Traps("host function failed"));
  EXPECT_THAT(names(outcome), testing::ElementsAre("host"));
  outcome = world.Call("table", {I32(0)});
  EXPECT_THAT(outcome, Traps("indirect call type mismatch"));
  EXPECT_THAT(names(outcome), testing::ElementsAre("to_table", "table"));
  outcome = world.Call("table", {I32(1)});
  EXPECT_THAT(outcome, Traps("uninitialized element"));
  EXPECT_THAT(names(outcome), testing::ElementsAre("to_table", "table"));
  outcome = world.Call("table", {I32(2)});
  EXPECT_THAT(outcome, Traps("undefined element"));
  EXPECT_THAT(names(outcome), testing::ElementsAre("to_table", "table"));
}

TEST_P(TrapPlace, RunawayRecursionOfAnotherFunction) {
  Outcome outcome = Run(R"((module
    (func (export "f") (call $g) (nop))
    (func $g (call $g) (nop))))",
                        "f");
  EXPECT_THAT(outcome, Traps("call stack exhausted"));
  ASSERT_EQ(outcome.frames.size(), 64u);
  for (const auto& frame : outcome.frames) EXPECT_EQ(frame.name, "g");
}

TEST_P(TrapPlace, BacktraceOfExhaustionIsCut) {
  Outcome outcome = Run(R"((module (func $f (export "f") (call $f) (nop))))", "f");
  EXPECT_THAT(outcome, Traps("call stack exhausted"));
  EXPECT_EQ(outcome.frames.size(), 64u);
  EXPECT_EQ(outcome.frames[63].name, "f");
}

TEST_P(TrapPlace, BacktraceCrossesInstancesAndHostFunctions) {
  World world(GetParam());
  world.Host("env", "through", ":", [&world](auto*) {
    Outcome outcome = world.CallIn("inner", "trap");
    EXPECT_THAT(outcome, Traps("integer divide by zero"));
    EXPECT_GE(outcome.frames.size(), 1u);
    return absl::AbortedError(outcome.message);
  });
  ASSERT_THAT(world.Instantiate("inner", R"((module
    (func $divide (export "trap") (drop (i32.div_u (i32.const 1) (i32.const 0))))))"),
              Returns());
  ASSERT_THAT(world.Instantiate("outer", R"((module
    (import "env" "through" (func $through)) (import "inner" "trap" (func $trap))
    (func $direct (export "direct") (call $trap) (nop))
    (func $by_host (export "by_host") (call $through) (nop))))"),
              Returns());
  Outcome direct = world.Call("direct");
  EXPECT_THAT(direct, Traps("integer divide by zero"));
  ASSERT_EQ(direct.frames.size(), 2u);
  EXPECT_EQ(direct.frames[0].name, "divide");
  EXPECT_EQ(direct.frames[1].name, "direct");
  Outcome by_host = world.Call("by_host");
  EXPECT_THAT(by_host, Traps("host function failed"));
  ASSERT_GE(by_host.frames.size(), 1u);
  EXPECT_EQ(by_host.frames.back().name, "by_host");
}

TEST_P(TrapPlace, TrapsDoNotDisturbWhatFollows) {
  World world(GetParam());
  ASSERT_THAT(world.Instantiate("m", R"((module (memory 1) (global $count (mut i32) (i32.const 0))
    (func (export "f") (param i32) (result i32)
      (global.set $count (i32.add (global.get $count) (i32.const 1)))
      (drop (i32.load (local.get 0)))
      (global.get $count))))"),
              Returns());
  for (int i = 0; i < 1000; ++i) {
    EXPECT_THAT(world.Call("f", {I32(1 << 30)}), Traps("out of bounds memory access"));
  }
  EXPECT_THAT(world.Call("f", {I32(0)}), Returns(I32(1001)));
}

TEST_P(TrapPlace, OfTheStartFunction) {
  World world(GetParam());
  EXPECT_THAT(world.Instantiate("m", "(module (func $s (unreachable)) (start $s))"),
              Traps("unreachable"));
  ASSERT_THAT(world.Instantiate("n", R"((module (global (export "g") (mut i32) (i32.const 1))
    (func $s (global.set 0 (i32.const 2))) (start $s)))"),
              Returns());
  EXPECT_EQ(world.ReadGlobal("g"), I32(2));
}

}  // namespace
}  // namespace wasmtier::test
