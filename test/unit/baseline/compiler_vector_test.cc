// The compiler with vectors: whole functions whose operands, locals and results take two slots.
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "test/unit/baseline/compiler_fixture.h"
#include "tiers/baseline/x64/cpu.h"

namespace wasmtier::test {
namespace {

using baseline::CpuLevel;
using testing::ElementsAre;

class CompilerVectorTest : public CompilerTest, public testing::WithParamInterface<CpuLevel> {
 protected:
  CompilerVectorTest() { baseline::LimitCpu(GetParam()); }
  ~CompilerVectorTest() override { baseline::LimitCpu(CpuLevel::kHost); }
};

TEST_P(CompilerVectorTest, LocalsAndOperandsTakeTwoSlots) {
  EXPECT_THAT(Both(R"((module (func (export "f") (param i64 v128 i32 v128) (result v128 i64)
    (local v128 i64)
    (local.set 4 (i64x2.add (local.get 1) (local.get 3)))
    (local.set 5 (i64.add (local.get 0) (i64.extend_i32_u (local.get 2))))
    (i64x2.sub (local.get 4) (local.get 1)) (local.get 5))))",
                   "f", {1, 2, 3, 4, 5, 6}),
              ElementsAre(5, 6, 5));
}

TEST_P(CompilerVectorTest, ManyOperandsSpill) {
  std::string text = "(module (func (export \"f\") (param v128 i32) (result v128)";
  for (int i = 0; i < 40; ++i) {
    absl::StrAppend(&text, "(i32x4.mul (local.get 0) (v128.const i32x4 ", i, " 1 2 3))",
                    "(i32x4.shl (local.get 0) (local.get 1))");
  }
  for (int i = 0; i < 79; ++i) absl::StrAppend(&text, i % 2 == 0 ? " i32x4.add" : " v128.xor");
  Both(text + "))", "f", {0x0000000700000003, 0x1234567890abcdef, 5});
}

TEST_P(CompilerVectorTest, MoreLocalsThanRegisters) {
  std::string text = "(module (func $g) (func (export \"f\") (param v128) (result v128) (local";
  for (int i = 0; i < 30; ++i) absl::StrAppend(&text, " v128 i32");
  absl::StrAppend(&text, ")");
  for (int i = 1; i < 60; i += 2) {
    absl::StrAppend(&text, "(local.set ", i, " (i16x8.add (local.get ", i == 1 ? 0 : i - 2,
                    ") (i16x8.splat (i32.const ", i, "))))(local.set ", i + 1, " (i32.const ", i,
                    "))");
  }
  absl::StrAppend(&text, "(call $g) (local.get 0)");
  for (int i = 1; i < 60; i += 2) {
    absl::StrAppend(&text, "(i16x8.mul (local.get ", i, ") (i16x8.splat (local.get ", i + 1,
                    "))) i16x8.sub");
  }
  Both(text + "))", "f", {0x0001000200030004, 0xfff0001000000007});
}

TEST_P(CompilerVectorTest, ArgumentsChangePlaces) {
  EXPECT_THAT(Both(R"((module
    (func $g (param v128 f64 v128 v128) (result v128 f64)
      (i64x2.add (i64x2.mul (local.get 0) (v128.const i64x2 100 100))
                 (i64x2.add (i64x2.mul (local.get 2) (v128.const i64x2 10 10)) (local.get 3)))
      (local.get 1))
    (func (export "f") (param v128 f64 v128 v128) (result v128 f64)
      (call $g (local.get 2) (local.get 1) (local.get 3) (local.get 0)))))",
                   "f", {1, 2, 0x3ff0000000000000, 3, 4, 5, 6}),
              ElementsAre(351, 462, 0x3ff0000000000000));
}

// A function that calls another, which returns its parameters in reverse order: all of v128, or
// each with an i32 before it. In the call area vectors leave slots free before them.
std::string ManyValues(int count, bool has_integers) {
  std::string params;
  std::string results;
  for (int i = 0; i < count; ++i) {
    params += has_integers ? " i32 v128" : " v128";
    results += has_integers ? " v128 i32" : " v128";
  }
  const std::string type = absl::StrCat("(param", params, ") (result", results, ")");
  std::string gets;
  std::string reversed_gets;
  const int values = has_integers ? 2 * count : count;
  for (int i = 0; i < values; ++i) {
    absl::StrAppend(&gets, "(local.get ", i, ")");
    absl::StrAppend(&reversed_gets, "(local.get ", values - 1 - i, ")");
  }
  return absl::StrCat("(module (func $g ", type, reversed_gets, ") (func (export \"f\") ", type,
                      "(call $g ", gets, ")))");
}

TEST_P(CompilerVectorTest, ManyArgumentsAndResults) {
  for (int count : {1, 3, 6, 12, 40}) {
    for (const bool has_integers : {false, true}) {
      const int slots = count * (has_integers ? 3 : 2);
      Slots arguments;
      for (int i = 0; i < slots; ++i) arguments.push_back(static_cast<uint64_t>(i) + 1);
      Both(ManyValues(count, has_integers), "f", arguments);
    }
  }
}

TEST_P(CompilerVectorTest, BranchesCarryVectors) {
  const char* const text = R"((module (func (export "f") (param i32 v128 v128) (result v128 i32)
    (block $a (result v128 i32)
      (v128.const i64x2 9 9)
      (block $b (result v128)
        (block $c (result i32 v128 v128)
          (i32.const 5) (local.get 1) (local.get 2)
          (br_table $c $c 0 (local.get 0)))
        (i64x2.add) (br_if $b (i32.eq (local.get 0) (i32.const 1)))
        (br_if $a (i32.const 77) (i32.eq (local.get 0) (i32.const 2)))
        (drop) (drop) (drop) (local.get 2))
      (v128.xor) (i32.const 3))))";
  for (uint64_t i = 0; i < 4; ++i) Both(std::string(text) + ")", "f", {i, 1, 2, 3, 4});
}

TEST_P(CompilerVectorTest, TestsAreConditions) {
  const char* const text = R"((module (func (export "f") (param v128 v128) (result v128 i32 i32)
    (select (local.get 0) (local.get 1) (v128.any_true (local.get 0)))
    (if (result i32) (i32.eqz (i8x16.all_true (local.get 0)))
      (then (i32.const 1)) (else (i32.const 2)))
    (i32.add (i32x4.all_true (local.get 0)) (i64x2.bitmask (local.get 1))))))";
  for (uint64_t bits : {uint64_t{0}, uint64_t{1} << 40, UINT64_MAX}) {
    Both(text, "f", {bits, bits, UINT64_MAX, 7});
  }
}

TEST_P(CompilerVectorTest, ComparisonsOfFloatsWithConstants) {
  EXPECT_THAT(Both(R"((module (func (export "f") (param v128) (result v128)
    (f32x4.lt (local.get 0) (v128.const f32x4 1 1 1 1)))))",
                   "f", {0x3f00000040000000, 0x7fc00000bf800000}),
              ElementsAre(0xffffffff00000000, 0x00000000ffffffff));
}

TEST_P(CompilerVectorTest, LanesOfConstants) {
  EXPECT_THAT(Both(R"((module (func (export "f") (param v128) (result v128 i32 v128)
    (f32x4.replace_lane 2 (local.get 0) (f32.const 1.5))
    (i16x8.extract_lane_s 1 (v128.const i16x8 0 -3 0 0 0 0 0 0))
    (f64x2.replace_lane 1 (f64x2.splat (f64.const 2)) (f64.const 1)))))",
                   "f", {1, 2}),
              ElementsAre(1, 0x3fc00000, 0xfffffffd, 0x4000000000000000, 0x3ff0000000000000));
}

TEST_P(CompilerVectorTest, EntersALoopWithVectors) {
  countdown_ = runtime::kCallHotness + 50;
  compiles_ = false;
  EXPECT_THAT(Call(Instantiate(R"((module (func (export "f") (param i32 v128) (result v128 i64)
    (local i64 v128)
    (local.set 3 (v128.const i64x2 3 4))
    (local.get 1) (i64.const 7)
    (loop $next (param v128 i64) (result v128 i64)
      (local.set 2) (local.set 1)
      (i64x2.add (local.get 1) (local.get 3)) (i64.add (local.get 2) (i64.const 2))
      (br_if $next (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))))"),
                   "f", {200, 10, 20}),
              ElementsAre(610, 820, 407));
  EXPECT_GT(osr_entries_, 0);
}

// 1,000 values with free slots between them, 5,000 times: what two bytes ask for must not become
// gigabytes of code.
TEST_F(CompilerTest, ManyCallsOfManyVectorsStayInTheInterpreter) {
  std::string types;
  for (int i = 0; i < 500; ++i) absl::StrAppend(&types, " i32 v128");
  std::string text = absl::StrCat("(module (func $g (param", types, ") (result", types, ")");
  for (int i = 0; i < 1000; ++i) absl::StrAppend(&text, "(local.get ", i, ")");
  absl::StrAppend(&text, ") (func $f (param", types, ") (result", types, ")");
  for (int i = 0; i < 1000; ++i) absl::StrAppend(&text, "(local.get ", i, ")");
  for (int i = 0; i < 5000; ++i) absl::StrAppend(&text, " call $g");
  compiles_ = false;
  runtime::Instance& instance = Instantiate(text + "))");
  const auto compiled = baseline::Compile(instance.code(), 1, *space_, *stubs_, {});
  EXPECT_EQ(compiled.status().code(), absl::StatusCode::kResourceExhausted);
}

INSTANTIATE_TEST_SUITE_P(Cpu, CompilerVectorTest,
                         testing::Values(CpuLevel::kSse4, CpuLevel::kAvx, CpuLevel::kAvx2,
                                         CpuLevel::kHost));

}  // namespace
}  // namespace wasmtier::test
