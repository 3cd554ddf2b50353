// Loops that the producer has unrolled, nests of loops, and accesses of different steps: vector
// code comes out, and results and traps are the interpreter's, whatever overlaps.
#include <regex>

#include "test/unit/optimizing/ir_fixture.h"

namespace wasmtier::test {
namespace {

using optimizing::DumpKind;

// As clang leaves them: copies of the body in any order, "or" for additions, terms in any order.
constexpr char kUnrolled[] = R"((module (memory (export "memory") 1)
  (global $g (export "g") (mut i32) (i32.const 0))
  (func (export "fill") (param $n i32)
    (local $i i32)
    (loop $l
      (i32.store8 (local.get $i) (i32.mul (local.get $i) (local.get $i)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $l (i32.lt_u (local.get $i) (local.get $n)))))
  (func (export "add_two") (param $x i32) (param $y i32) (param $n i32)
    (local $i i32) (local $p i32) (local $q i32)
    (local.set $n (i32.shl (local.get $n) (i32.const 2)))
    (local.set $n (i32.and (local.get $n) (i32.const -8)))
    (if (i32.eqz (local.get $n)) (then (return)))
    (loop $l
      (i32.store (local.tee $q (i32.add (local.get $y) (local.get $i)))
        (i32.add (i32.load (local.tee $p (i32.add (local.get $x) (local.get $i))))
                 (i32.load (local.get $q))))
      (i32.store (local.tee $q (i32.add (local.get $q) (i32.const 4)))
        (i32.add (i32.load (i32.add (local.get $p) (i32.const 4))) (i32.load (local.get $q))))
      (br_if $l (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 8))) (local.get $n)))))
  (func (export "loads_first") (param $x i32) (param $y i32) (param $n i32)
    (local $a i32) (local $b i32) (local $c i32) (local $d i32)
    (local.set $n (i32.and (local.get $n) (i32.const -4)))
    (if (i32.eqz (local.get $n)) (then (return)))
    (loop $l
      (local.set $a (i32.load (local.get $x)))
      (local.set $b (i32.load offset=4 (local.get $x)))
      (local.set $c (i32.load offset=8 (local.get $x)))
      (local.set $d (i32.load offset=12 (local.get $x)))
      (i32.store offset=12 (local.get $y) (i32.add (local.get $d) (i32.const 7)))
      (i32.store (local.get $y) (i32.add (local.get $a) (i32.const 7)))
      (i32.store offset=8 (local.get $y) (i32.add (local.get $c) (i32.const 7)))
      (i32.store offset=4 (local.get $y) (i32.add (local.get $b) (i32.const 7)))
      (local.set $x (i32.add (local.get $x) (i32.const 16)))
      (local.set $y (i32.add (local.get $y) (i32.const 16)))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 4))))))
  (func (export "rows") (param $y i32) (param $x i32) (param $n i32)
    (local $i i32) (local $j i32) (local $p i32)
    (loop $rows
      (local.set $j (i32.const 0))
      (local.set $p (i32.add (local.get $y) (i32.mul (local.get $i) (i32.const 128))))
      (loop $l
        (i32.store (i32.add (local.get $p) (i32.shl (local.get $j) (i32.const 2)))
          (i32.add (i32.load (i32.sub (local.get $p) (i32.const 4)))
                   (i32.load (i32.add (local.get $x) (i32.shl (local.get $j) (i32.const 3))))))
        (br_if $l (i32.ne (local.tee $j (i32.add (local.get $j) (i32.const 1))) (i32.const 32))))
      (br_if $rows (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1)))
                             (local.get $n)))))
  (func (export "count_up") (param $x i32) (param $n i32) (result i32)
    (local $i i32)
    (local.set $n (i32.and (local.get $n) (i32.const -4)))
    (if (i32.eqz (local.get $n)) (then (return (i32.const 0))))
    (loop $l
      (i32.store (local.get $x) (local.get $i))
      (i32.store offset=4 (local.get $x) (i32.or (local.get $i) (i32.const 1)))
      (i32.store offset=12 (local.get $x) (i32.or (local.get $i) (i32.const 3)))
      (i32.store offset=8 (local.get $x) (i32.or (local.get $i) (i32.const 2)))
      (local.set $x (i32.add (local.get $x) (i32.const 16)))
      (br_if $l (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 4))) (local.get $n))))
    (i32.xor (local.get $x) (local.get $i)))
  (func (export "sum") (param $x i32) (param $n i32) (result i32)
    (local $s i32)
    (local.set $n (i32.and (local.get $n) (i32.const -4)))
    (if (i32.eqz (local.get $n)) (then (return (i32.const 0))))
    (loop $l
      (local.set $s
        (i32.add (i32.load offset=12 (local.get $x))
          (i32.add (i32.load offset=4 (local.get $x))
            (i32.add (i32.load offset=8 (local.get $x))
              (i32.add (i32.load (local.get $x)) (local.get $s))))))
      (local.set $x (i32.add (local.get $x) (i32.const 16)))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 4)))))
    (local.get $s))
  (func (export "difference") (param $x i32) (param $n i32) (result i32)
    (local $s i32)
    (local.set $n (i32.and (local.get $n) (i32.const -2)))
    (if (i32.eqz (local.get $n)) (then (return (i32.const 0))))
    (loop $l
      (local.set $s
        (i32.sub (i32.sub (local.get $s) (i32.load (local.get $x)))
                 (i32.load offset=4 (local.get $x))))
      (local.set $x (i32.add (local.get $x) (i32.const 8)))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 2)))))
    (local.get $s))
  (func (export "carried") (param $x i32) (param $y i32) (param $n i32)
    (local $last i32) (local $t i32)
    (local.set $last (i32.load (local.get $x)))
    (local.set $n (i32.and (local.get $n) (i32.const -2)))
    (if (i32.eqz (local.get $n)) (then (return)))
    (loop $l
      (i32.store (local.get $y)
        (i32.add (local.get $last) (local.tee $t (i32.load offset=4 (local.get $x)))))
      (i32.store offset=4 (local.get $y)
        (i32.add (local.get $t) (local.tee $last (i32.load offset=8 (local.get $x)))))
      (local.set $x (i32.add (local.get $x) (i32.const 8)))
      (local.set $y (i32.add (local.get $y) (i32.const 8)))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 2))))))
  (func (export "reverse") (param $x i32) (param $y i32) (param $n i32)
    (local.set $n (i32.and (local.get $n) (i32.const -4)))
    (if (i32.eqz (local.get $n)) (then (return)))
    (loop $l
      (i32.store (local.get $y) (i32.load offset=12 (local.get $x)))
      (i32.store offset=4 (local.get $y) (i32.load offset=8 (local.get $x)))
      (i32.store offset=8 (local.get $y) (i32.load offset=4 (local.get $x)))
      (i32.store offset=12 (local.get $y) (i32.load (local.get $x)))
      (local.set $x (i32.sub (local.get $x) (i32.const 16)))
      (local.set $y (i32.add (local.get $y) (i32.const 16)))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 4))))))
  (func (export "grey") (param $x i32) (param $y i32) (param $n i32)
    (local $i i32)
    (loop $l
      (i32.store8 (i32.add (local.get $y) (local.get $i))
        (i32.shr_u (i32.add (i32.mul (i32.const 77) (i32.load8_u (local.get $x)))
            (i32.add (i32.mul (i32.const 150) (i32.load8_u offset=1 (local.get $x)))
                     (i32.mul (i32.const 29) (i32.load8_u offset=2 (local.get $x)))))
          (i32.const 8)))
      (local.set $x (i32.add (local.get $x) (i32.const 3)))
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1)))
                          (local.get $n)))))
  (func (export "square") (param $x i32) (param $y i32) (param $n i32) (param $m i32)
    (local $i i32) (local $j i32)
    (loop $li
      (local.set $j (i32.const 0))
      (loop $lj
        (i32.store
          (i32.add (local.get $y)
            (i32.shl (i32.add (i32.mul (local.get $i) (local.get $m)) (local.get $j)) (i32.const 2)))
          (i32.add (local.get $i) (i32.load
            (i32.add (local.get $x)
              (i32.shl (i32.add (i32.mul (local.get $i) (local.get $m)) (local.get $j))
                       (i32.const 2))))))
        (br_if $lj (i32.ne (local.tee $j (i32.add (local.get $j) (i32.const 1))) (local.get $m))))
      (br_if $li (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n)))))
  (func (export "triangle") (param $x i32) (param $n i32)
    (local $i i32) (local $j i32)
    (loop $li
      (local.set $j (i32.add (local.get $i) (i32.const 1)))
      (block $none
        (br_if $none (i32.ge_s (local.get $j) (local.get $n)))
        (loop $lj
          (i32.store
            (i32.add (local.get $x)
              (i32.shl (i32.add (i32.mul (local.get $i) (local.get $n)) (local.get $j))
                       (i32.const 2)))
            (i32.add (local.get $i) (local.get $j)))
          (br_if $lj
            (i32.lt_s (local.tee $j (i32.add (local.get $j) (i32.const 1))) (local.get $n)))))
      (br_if $li
        (i32.lt_s (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n)))))
  (func (export "hoisted") (param $p i32) (param $n i32)
    (loop $l
      (i32.store (local.get $p) (local.get $n))
      (i32.store offset=4 (local.get $p) (i32.load offset=4096 (local.get $p)))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func (export "in_memory") (param $x i32) (param $s i32) (param $n i32)
    (loop $l
      (i32.store (local.get $s) (i32.add (i32.load (local.get $s)) (i32.load (local.get $x))))
      (local.set $x (i32.add (local.get $x) (i32.const 4)))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))";

class LoopReroll : public IrTest {
 protected:
  LoopReroll() {
    options_.cpu = "x86-64-v3";
    Load(std::string(kUnrolled) + kChecksum + ")");
    ExpectSame("fill", {I32(65536)});
  }
};

TEST_F(LoopReroll, VectorCodeComesOut) {
  const std::vector<std::pair<const char*, const char*>> expected = {
      {"add_two", "vpaddd.*%ymm"},          {"loads_first", "vpaddd.*%ymm"},
      {"count_up", "vpaddd.*%ymm"},         {"sum", "vpaddd.*%ymm"},
      {"carried", "vpaddd.*%ymm"},          {"reverse", "vperm.*%ymm"},
      {"difference", "vp(add|sub)d.*%ymm"}, {"square", "vpaddd.*%ymm"},
      {"triangle", "vpaddd.*%ymm"},         {"in_memory", "vpaddd.*%ymm"},
      {"grey", "vp[a-z0-9]+.*%[xy]mm"}};
  for (const auto& [name, instruction] : expected) {
    EXPECT_TRUE(std::regex_search(Dump(name, DumpKind::kAssembly), std::regex(instruction)))
        << name;
  }
}

// The copies of a body may not be run one after the other where that shows.
TEST_F(LoopReroll, OverlapsKeepTheOrder) {
  for (int n : {4, 8, 12, 64, 256}) {
    for (int distance = -36; distance <= 36; ++distance) {
      const int x = 0x4000;
      ExpectSame("add_two", {I32(x), I32(x + distance), I32(n)});
      ExpectSame("loads_first", {I32(x), I32(x + distance), I32(n)});
      ExpectSame("carried", {I32(x), I32(x + distance), I32(n)});
    }
    for (int distance : {-0x800, -40, -4, 0, 4, 8, 20, 40, 0x800}) {
      ExpectSame("reverse", {I32(0x5000), I32(0x5000 + distance), I32(n)});
      ExpectSame("reverse", {I32(0x5000), I32(0x5000 - 4 * n + distance), I32(n)});
    }
  }
}

TEST_F(LoopReroll, ResultsAreTheSame) {
  for (int n : {4, 8, 16, 20, 32, 36, 100, 1000}) {
    ExpectSame("count_up", {I32(0x101), I32(n)});
    ExpectSame("sum", {I32(0x102), I32(n)});
    ExpectSame("difference", {I32(0x103), I32(n)});
    ExpectSame("add_two", {I32(0x100), I32(0x8000), I32(n)});
    ExpectSame("loads_first", {I32(0x100), I32(0x8000), I32(n)});
    ExpectSame("carried", {I32(0x100), I32(0x8000), I32(n)});
    ExpectSame("reverse", {I32(0x100 + 4 * n), I32(0x8000), I32(n)});
  }
}

TEST_F(LoopReroll, AccessesOfDifferentSteps) {
  for (int n : {1, 5, 33, 500}) {
    // Apart, behind each other, and in each other.
    for (int y :
         {0x8000, 0x100 - n, 0x100 - n + 1, 0x100, 0x101, 0x100 + 3 * n - 1, 0x100 + 3 * n}) {
      ExpectSame("grey", {I32(0x100), I32(y), I32(n)});
    }
    for (int s : {0x8000, 0x1000 - 4, 0x1000 - 3, 0x1000, 0x1004, 0x1000 + 4 * n - 4,
                  0x1000 + 4 * n - 3, 0x1000 + 4 * n}) {
      ExpectSame("in_memory", {I32(0x1000), I32(s), I32(n)});
    }
  }
}

TEST_F(LoopReroll, Nests) {
  for (const auto& [n, m] : {std::pair{1, 1}, {1, 40}, {40, 1}, {7, 33}, {30, 31}}) {
    for (int y : {0x8000, 0x100, 0x104, 0xfc, 0x100 + 4 * m}) {
      ExpectSame("square", {I32(0x100), I32(y), I32(n), I32(m)});
    }
    // At the end of memory, the last row or a single element beyond.
    for (int over : {-4, -1, 0, 1, 4, 4 * m}) {
      ExpectSame("square", {I32(0x100), I32(0x10000 - 4 * n * m + over), I32(n), I32(m)});
      ExpectSame("square", {I32(0x10000 - 4 * n * m + over), I32(0x100), I32(n), I32(m)});
      // And from the last bytes before 4 GiB to the first of memory.
      ExpectSame("square", {I32(-4 * n * m + over), I32(0x100), I32(n), I32(m)});
      ExpectSame("square", {I32(0x100), I32(-over), I32(n), I32(m)});
    }
  }
  for (int n : {1, 2, 3, 20, 60}) {
    ExpectSame("triangle", {I32(0x100), I32(n)});
    for (int over : {-4, 0, 1, 4, 8, 4 * n}) {
      ExpectSame("triangle", {I32(0x10000 - 4 * n * n + over), I32(n)});
      ExpectSame("triangle", {I32(-4 * n * n + over), I32(n)});
    }
  }
}

TEST_F(LoopReroll, TrapsAtTheEndOfMemory) {
  for (int n : {4, 8, 64}) {
    for (int over : {-4, -1, 0, 1, 4, 8, 100}) {
      const int end = 0x10000 + over;
      ExpectSame("sum", {I32(end - 4 * n), I32(n)});
      ExpectSame("difference", {I32(end - 4 * n), I32(n)});
      ExpectSame("sum", {I32(-over), I32(n)});
    }
  }
}

// The load does not change from iteration to iteration, and traps; the store in front of it is
// seen.
TEST_F(LoopReroll, PreciseTrapsKeepLoadsBehindStores) {
  options_.precise_traps = true;
  for (int n : {1, 2, 50}) ExpectSame("hoisted", {I32(0x10000 - 0x800), I32(n)});
}

// Accesses that are apart in each row, and meet in the next one: what is known of them must not
// outlive the row when the rows are unrolled.
TEST_F(LoopReroll, ARowReadsTheEndOfTheLastOne) {
  for (int n : {1, 2, 3, 8, 40}) {
    for (int x : {20'000, 4096 + 128, 4000}) ExpectSame("rows", {I32(4096), I32(x), I32(n)});
  }
}

}  // namespace
}  // namespace wasmtier::test
