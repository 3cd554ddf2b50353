// Traps that LLVM was seen to lose or to move (design §9, "Traps and LLVM"): one test for each way.
// Address 0x10000 is just outside of a memory of one page.
#include "test/unit/optimizing/ir_fixture.h"

namespace wasmtier::test {
namespace {

using optimizing::Pipeline;
using testing::HasSubstr;
using testing::Not;

class TrapKept : public IrTest, public testing::WithParamInterface<Pipeline> {
 protected:
  TrapKept() { options_.pipeline = GetParam(); }
  void LoadBody(const std::string& functions) {
    Load(
        "(module (memory (export \"memory\") 1)"
        "(global $g (export \"g\") (mut i32) (i32.const 0))"
        "(global $h (export \"h\") (mut i32) (i32.const 0))" +
        functions + ")");
  }
};

TEST_P(TrapKept, OfALoadWhoseValueIsDropped) {
  LoadBody(R"((func (export "f") (param i32) (drop (i32.load (local.get 0)))))");
  ExpectSame("f", {I32(0)});
  ExpectSame("f", {I32(0x10000)});
  ExpectSame("f", {I32(0xfffd)});
}

TEST_P(TrapKept, OfALoadThatOneBranchNeeds) {
  LoadBody(R"((func (export "f") (param i32 i32) (result i32)
    (local $x i32)
    (local.set $x (i32.load (local.get 0)))
    (if (result i32) (local.get 1)
      (then (i32.mul (local.get $x) (i32.const 3)))
      (else (global.set $g (i32.const 7)) (i32.const 1)))))");
  for (int64_t address : {0, 0x10000}) {
    for (int64_t branch : {0, 1}) ExpectSame("f", {I32(address), I32(branch)});
  }
}

TEST_P(TrapKept, OfAStoreOfWhatWasLoaded) {
  LoadBody(R"((func (export "f") (param i32)
    (i32.store (local.get 0) (i32.load (local.get 0)))))");
  ExpectSame("f", {I32(8)});
  ExpectSame("f", {I32(0x10000)});
}

TEST_P(TrapKept, OfAStoreThatIsOverwritten) {
  LoadBody(R"((func (export "f") (param i32)
    (i64.store (local.get 0) (i64.const 1))
    (global.set $g (i32.const 1))
    (i64.store (local.get 0) (i64.const 2))))");
  ExpectSame("f", {I32(8)});
  ExpectSame("f", {I32(0xfffc)});
}

TEST_P(TrapKept, InACalleeThatOnlyLoads) {
  LoadBody(R"((func $load (param i32) (result i32) (i32.load (local.get 0)))
    (func $loop (param i32 i32) (result i32)
      (loop $l (br_if $l (local.tee 1 (i32.sub (local.get 1) (i32.const 1)))))
      (i32.load (local.get 0)))
    (func (export "f") (param i32) (drop (call $load (local.get 0))))
    (func (export "l") (param i32) (drop (call $loop (local.get 0) (i32.const 3)))))");
  for (const char* name : {"f", "l"}) {
    ExpectSame(name, {I32(8)});
    ExpectSame(name, {I32(0x10000)});
  }
}

TEST_P(TrapKept, BehindWritesOfGlobalsInALoop) {
  LoadBody(R"((func (export "f") (param $p i32) (param $n i32) (param $step i32) (result i32)
    (local $i i32) (local $s i32)
    (loop $l
      (global.set $g (local.get $i))
      (local.set $s (i32.add (local.get $s) (i32.load (local.get $p))))
      (global.set $h (local.get $s))
      (local.set $p (i32.add (local.get $p) (local.get $step)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $l (i32.lt_u (local.get $i) (local.get $n))))
    (local.get $s)))");
  // In the first iteration, later, at the end; and a load that does not change.
  ExpectSame("f", {I32(0x10000), I32(10), I32(4)});
  ExpectSame("f", {I32(0xfff0), I32(10), I32(4)});
  ExpectSame("f", {I32(0xffd8), I32(10), I32(4)});
  ExpectSame("f", {I32(0xffdc), I32(10), I32(4)});
  ExpectSame("f", {I32(0x10000), I32(10), I32(0)});
  ExpectSame("f", {I32(0x10), I32(10), I32(-4)});
  ExpectSame("f", {I32(0x0), I32(10), I32(0)});
}

TEST_P(TrapKept, OfALoadThatDoesNotChangeInALoopWithGlobals) {
  LoadBody(R"((func (export "f") (param $p i32) (param $n i32)
    (loop $l
      (global.set $g (local.get $n))
      (drop (i32.load (local.get $p)))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))");
  ExpectSame("f", {I32(8), I32(5)});
  ExpectSame("f", {I32(0x10000), I32(5)});
}

TEST_P(TrapKept, BehindACallOfTheHostSide) {
  LoadBody(R"((table 3 externref)
    (func (export "f") (param $p i32) (result i32)
      (drop (table.grow 0 (ref.null extern) (i32.const 1)))
      (global.set $g (table.size 0))
      (if (i32.eq (local.get $p) (i32.const 8)) (then (return (table.size 0))))
      (i32.load (local.get $p))))");
  ExpectSame("f", {I32(8)});
  ExpectSame("f", {I32(0x10000)});
}

// A loop that C programs have: LLVM would like to call memset, which must not fault for us.
TEST_P(TrapKept, OfALoopThatFillsMemoryBeyondItsEnd) {
  LoadBody(R"((func (export "f") (param $p i32) (param $n i32)
    (loop $l
      (i32.store8 (local.get $p) (i32.const 0x55))
      (local.set $p (i32.add (local.get $p) (i32.const 1)))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))" +
           std::string(kChecksum));
  compare_memory_after_traps_ = true;
  ExpectSame("f", {I32(100), I32(1000)});
  ExpectSame("f", {I32(0xff00), I32(0x100)});
  ExpectSame("f", {I32(0xff80), I32(0x100)});
  EXPECT_THAT(Dump("f", optimizing::DumpKind::kAssembly), Not(HasSubstr("memset")));
}

TEST_P(TrapKept, OfRunawayRecursion) {
  LoadBody(R"((func $f (export "f") (call $f))
    (func $r (export "r") (param i32) (result i32)
      (i32.add (i32.const 1) (call $r (i32.add (local.get 0) (i32.const 1)))))
    (func $a (export "a") (param i32) (result i32) (call $b (local.get 0)))
    (func $b (param i32) (result i32) (call $a (i32.add (local.get 0) (i32.const 1)))))");
  EXPECT_THAT(Compiled("f"), Traps("call stack exhausted"));
  EXPECT_THAT(Compiled("r", {I32(0)}), Traps("call stack exhausted"));
  EXPECT_THAT(Compiled("a", {I32(0)}), Traps("call stack exhausted"));
}

TEST_P(TrapKept, InTheOrderOfTheProgram) {
  LoadBody(R"((func (export "f") (param $p i32) (param $d i32) (result i32)
      (i32.add (i32.load (local.get $p)) (i32.div_u (i32.const 8) (local.get $d))))
    (func (export "r") (param $p i32) (param $d i32) (result i32)
      (i32.add (i32.div_u (i32.const 8) (local.get $d)) (i32.load (local.get $p))))
    (func (export "u") (param $p i32)
      (drop (i32.load (local.get $p))) (unreachable)))");
  for (const char* name : {"f", "r"}) {
    for (int64_t address : {0, 0x10000}) {
      for (int64_t divisor : {0, 2}) ExpectSame(name, {I32(address), I32(divisor)});
    }
  }
  ExpectSame("u", {I32(0)});
  ExpectSame("u", {I32(0x10000)});
}

// Narrowed, a load would miss that its last byte is outside.
TEST_P(TrapKept, OfTheLastByteOfAWideAccess) {
  LoadBody(R"((func (export "f") (param i32) (result i32)
      (i32.and (i32.load (local.get 0)) (i32.const 255)))
    (func (export "s") (param i32) (result i32)
      (i32.store8 (local.get 0) (i32.const 1))
      (i32.and (i32.wrap_i64 (i64.load (local.get 0))) (i32.const 1))))");
  for (int64_t address : {0xfff8, 0xfff9, 0xfffc, 0xfffd, 0xffff, 0x10000}) {
    ExpectSame("f", {I32(address)});
    ExpectSame("s", {I32(address)});
  }
}

// With precise traps memory is that of the program, too.
TEST_P(TrapKept, WithPreciseStores) {
  options_.precise_traps = true;
  compare_memory_after_traps_ = true;
  LoadBody(R"((func (export "f") (param $p i32) (param $q i32)
      (i32.store (local.get $p) (i32.const 1))
      (drop (i32.load (local.get $q)))
      (i32.store (local.get $p) (i32.const 2)))
    (func (export "copy") (param $p i32) (param $q i32) (param $n i32)
      (loop $l
        (i32.store (local.get $p) (i32.load (local.get $q)))
        (local.set $p (i32.add (local.get $p) (i32.const 4)))
        (local.set $q (i32.add (local.get $q) (i32.const 4)))
        (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))" +
           std::string(kChecksum));
  ExpectSame("f", {I32(8), I32(16)});
  ExpectSame("f", {I32(12), I32(0x10000)});
  ExpectSame("copy", {I32(0), I32(0x100), I32(0x10)});
  ExpectSame("copy", {I32(0), I32(0xffe0), I32(0x10)});
  ExpectSame("copy", {I32(0xffe0), I32(0), I32(0x10)});
}

INSTANTIATE_TEST_SUITE_P(Both, TrapKept, testing::Values(Pipeline::kQuick, Pipeline::kFull),
                         [](const auto& info) {
                           return info.param == Pipeline::kQuick ? "quick" : "full";
                         });

}  // namespace
}  // namespace wasmtier::test
