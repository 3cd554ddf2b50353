// What lives in registers across calls, each of which has to save them.
#include <string>
#include <string_view>

#include "test/unit/optimizing/ir_fixture.h"

namespace wasmtier::test {
namespace {

using optimizing::DumpKind;

int Count(std::string_view text, std::string_view part) {
  int count = 0;
  for (size_t at = text.find(part); at != text.npos; at = text.find(part, at + part.size()))
    ++count;
  return count;
}

class CallRegisters : public IrTest {
 protected:
  int PushesOf(std::string_view function) {
    return Count(Dump(function, DumpKind::kAssembly), "pushq");
  }
};

// As clang -O2 has it: the second call is a loop, and what it is called with stands before the
// first.
constexpr char kFib[] = R"((module (func $fib (export "fib") (param $n i32) (result i32)
  (local $sum i32) (local $less i32)
  (block $out
    (br_if $out (i32.lt_s (local.get $n) (i32.const 2)))
    (loop $again
      (local.set $less (i32.sub (local.get $n) (i32.const 2)))
      (local.set $sum (i32.add (local.get $sum)
                               (call $fib (i32.sub (local.get $n) (i32.const 1)))))
      (br_if $out (i32.eqz (i32.gt_u (local.get $n) (i32.const 3))))
      (local.set $n (local.get $less))
      (br $again)))
  (i32.add (local.get $sum)
    (if (result i32) (i32.lt_s (local.get $n) (i32.const 2))
      (then (local.get $n)) (else (local.get $less))))))";

TEST_F(CallRegisters, RecursionSavesWhatItNeeds) {
  Load(std::string(kFib) + ")");
  EXPECT_LE(PushesOf("fib"), 3) << Dump("fib", DumpKind::kAssembly);
  for (int n : {0, 1, 2, 3, 4, 20}) ExpectSame("fib", {I32(n)});
}

TEST_F(CallRegisters, AContextThatIsNeededIsPassedOn) {
  Load(R"((module (memory 1) (global $g (export "g") (mut i32) (i32.const 0))
    (func $leaf (export "leaf") (param $n i32) (result i32)
      (if (i32.eqz (local.get $n)) (then (return (i32.load8_u (i32.const 5)))))
      (i32.add (i32.const 3) (i32.mul (call $leaf (i32.sub (local.get $n) (i32.const 1)))
                                      (local.get $n))))
    (func $count (export "count") (param $n i32) (result i32)
      (if (i32.eqz (local.get $n)) (then (return (i32.const 1))))
      (global.set $g (i32.add (global.get $g) (i32.const 1)))
      (i32.add (i32.mul (local.get $n) (call $count (i32.sub (local.get $n) (i32.const 1))))
               (call $count (i32.shr_u (local.get $n) (i32.const 1)))))
    (func $even (export "even") (param $n i32) (result i32)
      (if (i32.eqz (local.get $n)) (then (return (i32.const 1))))
      (i32.add (i32.const 1) (i32.mul (local.get $n)
                                      (call $odd (i32.sub (local.get $n) (i32.const 1))))))
    (func $odd (param $n i32) (result i32)
      (if (i32.eqz (local.get $n)) (then (return (global.get $g))))
      (i32.xor (i32.const 5) (call $even (i32.sub (local.get $n) (i32.const 1)))))))");
  for (int n : {0, 1, 5, 9}) {
    ExpectSame("leaf", {I32(n)});
    ExpectSame("count", {I32(n)});
    ExpectSame("even", {I32(n)});
  }
}

// What moves behind a call must be what it was before it.
TEST_F(CallRegisters, ValuesMoveBehindCallsThatChangeOthers) {
  Load(R"((module (global $g (export "g") (mut i32) (i32.const 9))
    (func $change (export "change") (param $n i32) (result i32)
      (global.set $g (i32.mul (global.get $g) (i32.add (local.get $n) (i32.const 77))))
      (if (i32.gt_s (local.get $n) (i32.const 0))
        (then (drop (call $f (i32.sub (local.get $n) (i32.const 3))))))
      (global.get $g))
    (func $f (export "f") (param $n i32) (result i32)
      (local $a i32) (local $b i32) (local $c i32) (local $i i32)
      (local.set $a (i32.add (local.get $n) (i32.const 5)))
      (local.set $b (i32.shl (local.get $a) (i32.const 2)))
      (local.set $c (i32.add (global.get $g) (i32.const 1)))
      (loop $l
        (local.set $i (i32.xor (local.get $i) (call $change (i32.sub (local.get $n) (i32.const 1)))))
        (local.set $a (i32.sub (local.get $a) (local.get $c)))
        (local.set $i (i32.add (local.get $i) (i32.sub (call $change (i32.const 0)) (local.get $b))))
        (local.set $b (i32.add (local.get $b) (i32.const 7)))
        (br_if $l (i32.gt_s (local.tee $n (i32.sub (local.get $n) (i32.const 1))) (i32.const 6))))
      (i32.add (local.get $i) (i32.add (local.get $a) (i32.mul (local.get $b) (local.get $n)))))))");
  for (int n : {-3, 0, 1, 4, 8, 11}) ExpectSame("f", {I32(n)});
}

}  // namespace
}  // namespace wasmtier::test
