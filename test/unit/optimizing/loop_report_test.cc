// What is told of loops: which were guarded and vectorized, and why others were not. Where LLVM
// gives the reason, its words differ from version to version.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "test/unit/optimizing/ir_fixture.h"

namespace wasmtier::test {
namespace {

using optimizing::LoopReport;
using testing::HasSubstr;

// i32: x[i] and the like; the loop's `$i` goes up to `$n`.
constexpr char kElement[] = "(i32.add (local.get $x) (i32.shl (local.get $i) (i32.const 2)))";
constexpr char kNext[] =
    "(br_if $l (i32.lt_s (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n)))";

class LoopReports : public IrTest {
 protected:
  LoopReports() { options_.cpu = "x86-64-v3"; }

  // The loops of a function with this body, in which X is an element's address and NEXT ends a loop
  // `$l` of innermost iterations.
  std::vector<LoopReport> Of(
      std::string body, runtime::MemoryStrategy strategy = runtime::MemoryStrategy::kReserved) {
    Replace(body, "ELEMENT", kElement);
    Replace(body, "NEXT", kNext);
    Load(absl::StrCat(R"((module (memory (export "memory") 1) (table 1 funcref)
      (global $g (mut f32) (f32.const 0))
      (func $leaf (param $x i32) (param $n i32) (local $i i32)
        (loop $l (i32.store )",
                      kElement, " (local.get $i)) ", kNext, R"())
      (func (export "f") (param $x i32) (param $y i32) (param $n i32) (result i32)
        (local $i i32) (local $j i32) (local $s i32) (local $t f32) )",
                      body, " (local.get $s)))"),
         strategy);
    return Loops("f");
  }
  // Of a body with one loop.
  LoopReport TheOne(const std::string& body,
                    runtime::MemoryStrategy strategy = runtime::MemoryStrategy::kReserved) {
    const std::vector<LoopReport> loops = Of(body, strategy);
    EXPECT_EQ(loops.size(), 1u);
    return loops.empty() ? LoopReport() : loops[0];
  }

 private:
  static void Replace(std::string& text, std::string_view what, std::string_view with) {
    for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size()) {
      text.replace(at, what.size(), with);
    }
  }
};

void ExpectVectorized(const LoopReport& loop) {
  EXPECT_TRUE(loop.is_versioned);
  EXPECT_GT(loop.vector_width, 1u);
  EXPECT_GE(loop.interleaved, 1u);
  EXPECT_TRUE(loop.not_versioned.empty());
  EXPECT_TRUE(loop.not_vectorized.empty());
  EXPECT_TRUE(loop.is_innermost);
  EXPECT_TRUE(loop.remains);
  EXPECT_LT(loop.begin, loop.end);
}

// The reason; its offset, if there is one, is in the loop.
std::string WhyNotVersioned(const LoopReport& loop) {
  EXPECT_FALSE(loop.is_versioned);
  if (loop.not_versioned.size() != 1) return absl::StrCat(loop.not_versioned.size(), " reasons");
  const LoopReport::Reason& reason = loop.not_versioned[0];
  if (reason.offset != 0) {
    EXPECT_GT(reason.offset, loop.begin);
    EXPECT_LT(reason.offset, loop.end);
  }
  return reason.text;
}

TEST_F(LoopReports, Saxpy) {
  ExpectVectorized(TheOne(R"((loop $l
    (f32.store ELEMENT (f32.add (f32.mul (local.get $t) (f32.load ELEMENT)) (f32.const 1))) NEXT))"));
}

TEST_F(LoopReports, SumOfIntegers) {
  ExpectVectorized(TheOne(R"((loop $l
    (local.set $s (i32.add (local.get $s) (i32.load ELEMENT))) NEXT))"));
}

TEST_F(LoopReports, SumOfFloats) {
  const LoopReport loop = TheOne(R"((loop $l
    (local.set $t (f32.add (local.get $t) (f32.load ELEMENT))) NEXT)
    (global.set $g (local.get $t)))");
  EXPECT_TRUE(loop.is_versioned);
  EXPECT_EQ(loop.vector_width, 0u);
  ASSERT_FALSE(loop.not_vectorized.empty());
  EXPECT_THAT(loop.not_vectorized[0].text, HasSubstr("floating-point operations"));
}

TEST_F(LoopReports, EachElementFromTheOneBefore) {
  const LoopReport loop = TheOne(R"((loop $l
    (i32.store offset=4 ELEMENT (i32.mul (i32.load ELEMENT) (i32.const 3))) NEXT))");
  EXPECT_TRUE(loop.is_versioned);
  EXPECT_EQ(loop.vector_width, 0u);
  EXPECT_FALSE(loop.not_vectorized.empty());
}

TEST_F(LoopReports, UnknownNumberOfIterations) {
  const LoopReport loop = TheOne(R"((loop $l
    (br_if $l (i32.load8_u (local.tee $x (i32.add (local.get $x) (i32.const 1))))))
    (local.set $s (local.get $x)))");
  EXPECT_EQ(WhyNotVersioned(loop), "the number of iterations is not known");
  EXPECT_EQ(loop.vector_width, 0u);
}

TEST_F(LoopReports, LoadedAddress) {
  const LoopReport loop = TheOne(R"((loop $l
    (local.set $s (i32.add (local.get $s) (i32.load (i32.load ELEMENT)))) NEXT))");
  EXPECT_EQ(WhyNotVersioned(loop), "an address does not change by the same step in each iteration");
  EXPECT_NE(loop.not_versioned[0].offset, 0u);
}

TEST_F(LoopReports, Call) {
  const LoopReport loop = TheOne(R"((loop $l (i32.store ELEMENT (local.get $i))
    (call_indirect (param i32) (local.get $i) (i32.const 0)) NEXT))");
  EXPECT_EQ(WhyNotVersioned(loop), "a call");
  EXPECT_NE(loop.not_versioned[0].offset, 0u);
}

TEST_F(LoopReports, TooLarge) {
  std::string body = "(loop $l ";
  for (int i = 0; i < 100; ++i) {
    absl::StrAppend(&body, "(i32.store offset=", i * 1000,
                    " ELEMENT (i32.mul (local.get $i) (i32.add (i32.load offset=", i * 1000 + 400,
                    " ELEMENT) (i32.const ", i, "))))");
  }
  EXPECT_EQ(WhyNotVersioned(TheOne(body + " NEXT)")), "the loop is too large");
}

TEST_F(LoopReports, OtherMemory) {
  const LoopReport loop = TheOne("(loop $l (i32.store ELEMENT (local.get $i)) NEXT)",
                                 runtime::MemoryStrategy::kChecked);
  EXPECT_EQ(WhyNotVersioned(loop), "nothing in it accesses a memory with guard pages");
}

TEST_F(LoopReports, WithoutEffect) {
  const LoopReport loop = TheOne("(loop $l NEXT)");
  EXPECT_FALSE(loop.remains);
  EXPECT_FALSE(loop.is_unrolled);
}

TEST_F(LoopReports, UnrolledCompletely) {
  const LoopReport loop = TheOne(R"((loop $l
    (i32.store ELEMENT (i32.mul (local.get $i) (i32.load ELEMENT)))
    (br_if $l (i32.lt_s (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 3)))))");
  EXPECT_FALSE(loop.remains);
  EXPECT_TRUE(loop.is_unrolled);
}

TEST_F(LoopReports, Nest) {
  const std::vector<LoopReport> loops = Of(R"((loop $rows
    (local.set $i (i32.const 0))
    (loop $l (i32.store ELEMENT (i32.add (local.get $j) (i32.load ELEMENT))) NEXT)
    (local.set $x (i32.add (local.get $x) (local.get $y)))
    (br_if $rows (i32.lt_s (local.tee $j (i32.add (local.get $j) (i32.const 1))) (local.get $n)))))");
  ASSERT_EQ(loops.size(), 2u);
  EXPECT_EQ(loops[0].depth, 0u);
  EXPECT_FALSE(loops[0].is_innermost);
  EXPECT_TRUE(loops[0].remains);
  EXPECT_EQ(loops[0].vector_width, 0u);
  EXPECT_EQ(loops[1].depth, 1u);
  EXPECT_LT(loops[0].begin, loops[1].begin);
  EXPECT_GT(loops[0].end, loops[1].end);
  ExpectVectorized(loops[1]);
}

TEST_F(LoopReports, OfAnInlinedFunction) {
  const std::vector<LoopReport> loops =
      Of("(call $leaf (local.get $x) (local.get $n)) (nop)"
         "(loop $l (i32.store8 (local.get $i) (local.get $i)) NEXT)");
  ASSERT_EQ(loops.size(), 2u);
  EXPECT_EQ(loops[0].function, 0u);
  EXPECT_GT(loops[0].call, loops[0].end) << "the function that calls comes later in the module";
  ExpectVectorized(loops[0]);
  EXPECT_EQ(loops[1].function, 1u);
  EXPECT_EQ(loops[1].call, 0u);
  EXPECT_GT(loops[1].begin, loops[0].call);
  ExpectVectorized(loops[1]);
}

}  // namespace
}  // namespace wasmtier::test
