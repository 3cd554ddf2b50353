// Loops over arrays: vector code comes out, results are the interpreter's, and what does not lie in
// memory traps in the iteration in which the program does.
#include <regex>

#include "test/unit/optimizing/ir_fixture.h"

namespace wasmtier::test {
namespace {

using optimizing::DumpKind;

constexpr char kLoops[] = R"((module (memory (export "memory") 1)
  (global $g (export "g") (mut i32) (i32.const 0))
  (func (export "fill") (param $n i32)
    (local $i i32)
    (loop $l
      (i32.store8 (local.get $i) (i32.mul (local.get $i) (local.get $i)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $l (i32.lt_u (local.get $i) (local.get $n)))))
  (func (export "saxpy") (param $n i32) (param $x i32) (param $y i32) (param $a f32)
    (local $i i32)
    (if (i32.eqz (local.get $n)) (then (return)))
    (loop $l
      (f32.store (i32.add (local.get $y) (i32.shl (local.get $i) (i32.const 2)))
        (f32.add
          (f32.mul (local.get $a)
            (f32.load (i32.add (local.get $x) (i32.shl (local.get $i) (i32.const 2)))))
          (f32.load (i32.add (local.get $y) (i32.shl (local.get $i) (i32.const 2))))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $l (i32.ne (local.get $i) (local.get $n)))))
  (func (export "bytes") (param $p i32) (param $n i32) (result i32)
    (local $s i32) (local $e i32)
    (local.set $e (i32.add (local.get $p) (local.get $n)))
    (block $out
      (br_if $out (i32.eqz (local.get $n)))
      (loop $l
        (local.set $s (i32.add (local.get $s) (i32.load8_u (local.get $p))))
        (local.set $p (i32.add (local.get $p) (i32.const 1)))
        (br_if $l (i32.ne (local.get $p) (local.get $e)))))
    (local.get $s))
  (func (export "indexed") (param $x i32) (param $n i32) (result i32)
    (local $s i32) (local $i i32)
    (loop $l
      (local.set $s (i32.add (local.get $s)
        (i32.load (i32.add (local.get $x) (i32.shl (local.get $i) (i32.const 2))))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $l (i32.lt_s (local.get $i) (local.get $n))))
    (local.get $s))
  (func (export "unrolled") (param $x i32) (param $y i32) (param $n i32)
    (local $i i32)
    (local.set $n (i32.and (local.get $n) (i32.const -4)))
    (if (i32.eqz (local.get $n)) (then (return)))
    (loop $l
      (i32.store (local.get $y) (i32.add (i32.load (local.get $x)) (i32.const 5)))
      (i32.store (i32.add (local.get $y) (i32.const 4))
        (i32.add (i32.load (i32.add (local.get $x) (i32.const 4))) (i32.const 5)))
      (i32.store offset=8 (local.get $y)
        (i32.add (i32.load offset=8 (local.get $x)) (i32.const 5)))
      (i32.store offset=12 (local.get $y)
        (i32.add (i32.load offset=12 (local.get $x)) (i32.const 5)))
      (local.set $x (i32.add (local.get $x) (i32.const 16)))
      (local.set $y (i32.add (local.get $y) (i32.const 16)))
      (br_if $l
        (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 4))) (local.get $n)))))
  (func (export "stencil") (param $x i32) (param $y i32) (param $n i32)
    (local $i i32)
    (if (i32.lt_s (local.get $n) (i32.const 3)) (then (return)))
    (local.set $i (i32.const 1))
    (loop $l
      (i32.store (i32.add (local.get $y) (i32.shl (local.get $i) (i32.const 2)))
        (i32.add (i32.add
          (i32.load (i32.sub (i32.add (local.get $x) (i32.shl (local.get $i) (i32.const 2)))
                             (i32.const 4)))
          (i32.load (i32.add (local.get $x) (i32.shl (local.get $i) (i32.const 2)))))
          (i32.load offset=4 (i32.add (local.get $x) (i32.shl (local.get $i) (i32.const 2))))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $l (i32.lt_s (local.get $i) (i32.sub (local.get $n) (i32.const 1))))))
  (func (export "matmul") (param $a i32) (param $b i32) (param $c i32) (param $n i32)
    (local $i i32) (local $j i32) (local $k i32)
    (if (i32.lt_s (local.get $n) (i32.const 1)) (then (return)))
    (loop $li
      (local.set $k (i32.const 0))
      (loop $lk
        (local.set $j (i32.const 0))
        (loop $lj
          (i32.store
            (i32.add (local.get $c) (i32.shl
              (i32.add (i32.mul (local.get $i) (local.get $n)) (local.get $j)) (i32.const 2)))
            (i32.add
              (i32.load (i32.add (local.get $c) (i32.shl
                (i32.add (i32.mul (local.get $i) (local.get $n)) (local.get $j)) (i32.const 2))))
              (i32.mul
                (i32.load (i32.add (local.get $a) (i32.shl
                  (i32.add (i32.mul (local.get $i) (local.get $n)) (local.get $k))
                  (i32.const 2))))
                (i32.load (i32.add (local.get $b) (i32.shl
                  (i32.add (i32.mul (local.get $k) (local.get $n)) (local.get $j))
                  (i32.const 2)))))))
          (local.set $j (i32.add (local.get $j) (i32.const 1)))
          (br_if $lj (i32.lt_s (local.get $j) (local.get $n))))
        (local.set $k (i32.add (local.get $k) (i32.const 1)))
        (br_if $lk (i32.lt_s (local.get $k) (local.get $n))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $li (i32.lt_s (local.get $i) (local.get $n)))))
  (func (export "down") (param $p i32) (param $n i32) (result i32)
    (local $s i32)
    (loop $l
      (local.set $s (i32.add (local.get $s) (i32.load (local.get $p))))
      (global.set $g (i32.add (global.get $g) (i32.const 1)))
      (local.set $p (i32.sub (local.get $p) (i32.const 4)))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $s))
  (func (export "pairs") (param $p i32) (param $e i32) (result i32)
    (local $s i32)
    (loop $l
      (local.set $s (i32.add (i32.add (local.get $s) (i32.load (local.get $p)))
                             (i32.load offset=4 (local.get $p))))
      (global.set $g (i32.add (global.get $g) (i32.const 1)))
      (br_if $l (i32.ne (local.tee $p (i32.add (local.get $p) (i32.const 8))) (local.get $e))))
    (local.get $s))
  (func (export "triples_down") (param $p i32) (param $e i32) (result i32)
    (local $s i32)
    (loop $l
      (local.set $s (i32.add (local.get $s) (i32.load (local.get $p))))
      (global.set $g (i32.add (global.get $g) (i32.const 1)))
      (br_if $l (i32.ne (local.get $e) (local.tee $p (i32.sub (local.get $p) (i32.const 12))))))
    (local.get $s))
  (func (export "strided") (param $p i32) (param $step i32) (param $n i32) (result i32)
    (local $s i32) (local $i i32)
    (loop $l
      (global.set $g (local.get $i))
      (local.set $s (i32.add (local.get $s)
        (i32.load (i32.add (local.get $p) (i32.mul (local.get $i) (local.get $step))))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $l (i32.lt_u (local.get $i) (local.get $n))))
    (local.get $s))
  (func (export "find") (param $p i32) (param $n i32) (param $byte i32) (result i32)
    (local $i i32)
    (block $out
      (loop $l
        (global.set $g (local.get $i))
        (br_if $out (i32.eq (i32.load8_u (i32.add (local.get $p) (local.get $i)))
                            (local.get $byte)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $l (i32.lt_u (local.get $i) (local.get $n)))))
    (local.get $i)))";

class RangeGuard : public IrTest {
 protected:
  RangeGuard() {
    options_.cpu = "x86-64-v3";
    Load(std::string(kLoops) + kChecksum + ")");
    ExpectSame("fill", {I32(65536)});
  }
};

TEST_F(RangeGuard, VectorCodeComesOut) {
  const std::vector<std::pair<const char*, const char*>> expected = {
      {"saxpy", "v(mul|fmadd[0-9]+)ps.*%ymm"},
      {"bytes", "vpadd[dq].*%ymm"},
      {"indexed", "vpaddd.*%ymm"},
      {"unrolled", "vpaddd.*%[xy]mm"},
      {"pairs", "vpaddd.*%[xy]mm"},
      {"stencil", "vpaddd.*%ymm"},
      {"matmul", "vpmulld.*%ymm"}};
  for (const auto& [name, instruction] : expected) {
    EXPECT_TRUE(std::regex_search(Dump(name, DumpKind::kAssembly), std::regex(instruction)))
        << name;
  }
}

TEST_F(RangeGuard, ResultsAreTheSame) {
  for (int n : {1, 2, 3, 7, 8, 31, 32, 33, 1000}) {
    // Apart, overlapping, and the same array.
    for (int y : {0x8000, 0x104, 0x100}) {
      ExpectSame("saxpy", {I32(n), I32(0x100), I32(y), F32(1.5f)});
      ExpectSame("unrolled", {I32(0x100), I32(y), I32(n)});
      ExpectSame("stencil", {I32(0x100), I32(y), I32(n)});
    }
    ExpectSame("bytes", {I32(0x101), I32(n)});
    ExpectSame("indexed", {I32(0x101), I32(n)});
    ExpectSame("down", {I32(0x4000), I32(n)});
    ExpectSame("strided", {I32(0x4000), I32(12), I32(n)});
    ExpectSame("strided", {I32(0x4000), I32(-12), I32(n)});
    ExpectSame("strided", {I32(0x4000), I32(0), I32(n)});
    ExpectSame("find", {I32(0x100), I32(n), I32(0x31)});
    if (n < 40) ExpectSame("matmul", {I32(0x100), I32(0x2000), I32(0x8000), I32(n)});
  }
}

TEST_F(RangeGuard, TrapsAtTheEndOfMemory) {
  for (int n : {1, 5, 64}) {
    for (int over : {-4, -1, 0, 1, 3, 4, 100}) {
      const int64_t end = 0x10000 + over;
      ExpectSame("bytes", {I32(end - n), I32(n)});
      ExpectSame("indexed", {I32(end - 4 * n), I32(n)});
      ExpectSame("strided", {I32(end - 4 * n), I32(4), I32(n)});
      ExpectSame("strided", {I32(4 * n - 4 - over), I32(-4), I32(n)});
      ExpectSame("down", {I32(4 * n - 4 - over), I32(n)});
      ExpectSame("find", {I32(end - n), I32(n), I32(0x100)});
    }
  }
  // Found before the end of memory, in a loop that would go beyond.
  ExpectSame("find", {I32(0xff00), I32(0x1000), I32(0x31)});
}

// Steps that do not lead to the limit lead to the end of memory.
TEST_F(RangeGuard, LimitsThatAreNotReached) {
  for (int n : {1, 2, 3, 31, 32, 33, 1000}) {
    for (int odd : {0, 1, 4, 7, -8 * n, -8 * n - 8}) {
      ExpectSame("pairs", {I32(0x103), I32(0x103 + 8 * n + odd)});
      ExpectSame("triples_down", {I32(0x8000), I32(0x8000 - 12 * n - odd)});
    }
    for (int over : {-1, 0, 1, 4}) {
      ExpectSame("pairs", {I32(0x10000 - 8 * n + over), I32(0x10000 + over)});
      ExpectSame("triples_down", {I32(12 * n - 12 - over), I32(-12 - over)});
    }
  }
  // Around 2^32, where every step leads to every limit of its residue in the end.
  ExpectSame("pairs", {I32(0xfff0), I32(0)});
  ExpectSame("pairs", {I32(-8), I32(0)});
  ExpectSame("triples_down", {I32(8), I32(-4)});
}

// 32-bit addresses go around: from the last bytes before 4 GiB to the first of memory.
TEST_F(RangeGuard, AddressesWrap) {
  ExpectSame("indexed", {I32(-16), I32(3)});
  ExpectSame("indexed", {I32(-16), I32(10)});
  ExpectSame("bytes", {I32(-1), I32(2)});
  ExpectSame("stencil", {I32(-4), I32(0x1000), I32(20)});
  ExpectSame("strided", {I32(0), I32(int64_t{1} << 30), I32(5)});
  ExpectSame("strided", {I32(16), I32(int64_t{1} << 31), I32(3)});
  ExpectSame("strided", {I32(0x100), I32(-1), I32(0x102)});
  // An iteration goes around and lands inside again.
  ExpectSame("strided", {I32(0), I32(0xffffff00ll), I32(2)});
  ExpectSame("indexed", {I32(0), I32(-5)});
}

}  // namespace
}  // namespace wasmtier::test
