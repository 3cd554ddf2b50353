// Vectors where they meet the rest: lanes, memory, locals, globals, calls and loops, beside the
// interpreter.
#include <string>

#include "test/unit/optimizing/ir_fixture.h"

namespace wasmtier::test {
namespace {

using runtime::MemoryStrategy;

const Number kA = V128(0x8877665544332211, 0xffeeddccbbaa9900);
const Number kB = V128(0x0102030405060708, 0x7ff0000000000001);

class IrVectorRun : public IrTest {};

TEST_F(IrVectorRun, TakesAndReplacesLanes) {
  std::string text = "(module (memory 1)";
  const auto add = [&](const char* lanes, const char* suffix, const char* type, int count) {
    const std::string name = lanes;
    for (int lane : {0, count - 1}) {
      const std::string at = std::to_string(lane);
      text += "(func (export \"get " + name + suffix + at + "\") (param v128) (result " + type +
              ") (" + name + ".extract_lane" + suffix + " " + at + " (local.get 0)))";
      if (std::string(suffix) == "_u") continue;
      text += "(func (export \"set " + name + at + "\") (param v128 " + type + ") (result v128) (" +
              name + ".replace_lane " + at + " (local.get 0) (local.get 1)))";
    }
  };
  add("i8x16", "_s", "i32", 16);
  add("i8x16", "_u", "i32", 16);
  add("i16x8", "_s", "i32", 8);
  add("i16x8", "_u", "i32", 8);
  add("i32x4", "", "i32", 4);
  add("i64x2", "", "i64", 2);
  add("f32x4", "", "f32", 4);
  add("f64x2", "", "f64", 2);
  Load(text + ")");
  for (const runtime::Export& item : instance().module().exports) {
    const Number vector = item.name.find('f') == std::string::npos ? kA : kB;
    if (item.name.starts_with("get")) {
      ExpectSame(item.name, {vector});
    } else if (item.name.find("i64") != std::string::npos) {
      ExpectSame(item.name, {vector, I64(0x123456789abcdef0)});
    } else if (item.name.find("f32") != std::string::npos) {
      ExpectSame(item.name, {vector, F32(-0.0f)});
    } else if (item.name.find("f64") != std::string::npos) {
      ExpectSame(item.name, {vector, F64(1.5)});
    } else {
      ExpectSame(item.name, {vector, I32(0x89abcdef)});
    }
  }
}

TEST_F(IrVectorRun, ShufflesAndHasConstants) {
  Load(R"((module
    (func (export "shuffle") (param v128 v128) (result v128)
      (i8x16.shuffle 31 0 16 15 1 2 3 4 20 21 22 23 7 7 7 30 (local.get 0) (local.get 1)))
    (func (export "swizzle") (param v128) (result v128)
      (i8x16.swizzle (local.get 0)
        (v128.const i8x16 15 14 13 12 16 17 127 -128 -1 0 0 0 1 2 3 4)))
    (func (export "const") (result v128) (v128.const i32x4 1 -2 0x80000000 4))
    (func (export "floats") (param v128) (result v128)
      (f32x4.add (local.get 0) (v128.const f32x4 1 -0.0 inf 0x1p-149)))))");
  ExpectSame("shuffle", {kA, kB});
  ExpectSame("swizzle", {kA});
  ExpectSame("const");
  ExpectSame("floats", {V128(0x3f80000080000000, 0x40000000c0000000)});
}

// What does nothing but to a signalling NaN.
TEST_F(IrVectorRun, QuietsNansOfOperationsWithConstants) {
  Load(R"((module
    (func (export "mul") (param v128) (result v128)
      (f32x4.mul (local.get 0) (v128.const f32x4 1 1 1 1)))
    (func (export "neg") (param v128) (result v128)
      (f64x2.mul (f64x2.splat (f64.const -1)) (local.get 0)))
    (func (export "div") (param v128) (result v128)
      (f64x2.div (local.get 0) (v128.const f64x2 1 1)))
    (func (export "add") (param v128) (result v128)
      (f32x4.add (f32x4.splat (f32.const -0.0)) (local.get 0)))
    (func (export "sub") (param v128) (result v128)
      (f32x4.sub (local.get 0) (v128.const i32x4 0 0 0 0)))
    (func (export "demote") (param v128) (result v128)
      (f32x4.demote_f64x2_zero (f64x2.promote_low_f32x4 (local.get 0))))))");
  const Number floats = V128(0x7f8000017f800001, 0x7f8000017f800001);
  for (const char* name : {"mul", "add", "sub"}) {
    EXPECT_THAT(Compiled(name, {floats}), Returns(V128(0x7fc000017fc00001, 0x7fc000017fc00001)))
        << name;
  }
  EXPECT_THAT(Compiled("demote", {floats}), Returns(V128(0x7fc000017fc00001, 0)));
  const Number doubles = V128(0x7ff0000000000001, 0x7ff0000000000001);
  EXPECT_THAT(Compiled("div", {doubles}), Returns(V128(0x7ff8000000000001, 0x7ff8000000000001)));
  const Outcome negated = Compiled("neg", {doubles});
  ASSERT_EQ(negated.results.size(), 1u);
  EXPECT_EQ(negated.results[0].bits & INT64_MAX, 0x7ff8000000000001u);
}

constexpr char kMemoryModule[] = R"((module (memory (export "memory") 1 5)
  (data (i32.const 65504) "\80\01\82\03\84\05\86\07\88\09\8a\0b\8c\0d\8e\0f")
  (data (i32.const 65520) "\f0\f1\72\f3\f4\75\f6\f7\f8\79\fa\fb\fc\7d\7e\7f")
  (func (export "load") (param i32) (result v128) (v128.load (local.get 0)))
  (func (export "load offset") (param i32) (result v128) (v128.load offset=3 (local.get 0)))
  (func (export "8x8_s") (param i32) (result v128) (v128.load8x8_s (local.get 0)))
  (func (export "8x8_u") (param i32) (result v128) (v128.load8x8_u (local.get 0)))
  (func (export "16x4_s") (param i32) (result v128) (v128.load16x4_s (local.get 0)))
  (func (export "16x4_u") (param i32) (result v128) (v128.load16x4_u (local.get 0)))
  (func (export "32x2_s") (param i32) (result v128) (v128.load32x2_s (local.get 0)))
  (func (export "32x2_u") (param i32) (result v128) (v128.load32x2_u (local.get 0)))
  (func (export "8_splat") (param i32) (result v128) (v128.load8_splat (local.get 0)))
  (func (export "16_splat") (param i32) (result v128) (v128.load16_splat (local.get 0)))
  (func (export "32_splat") (param i32) (result v128) (v128.load32_splat (local.get 0)))
  (func (export "64_splat") (param i32) (result v128) (v128.load64_splat (local.get 0)))
  (func (export "32_zero") (param i32) (result v128) (v128.load32_zero (local.get 0)))
  (func (export "64_zero") (param i32) (result v128) (v128.load64_zero (local.get 0)))
  (func (export "dropped") (param i32) (drop (v128.load (local.get 0))))
  (func (export "lane of 8") (param i32 v128) (result v128)
    (v128.load8_lane 13 (local.get 0) (local.get 1)))
  (func (export "lane of 16") (param i32 v128) (result v128)
    (v128.load16_lane 7 (local.get 0) (local.get 1)))
  (func (export "lane of 32") (param i32 v128) (result v128)
    (v128.load32_lane 2 (local.get 0) (local.get 1)))
  (func (export "lane of 64") (param i32 v128) (result v128)
    (v128.load64_lane 1 (local.get 0) (local.get 1)))
  (func (export "store") (param i32 v128) (v128.store (local.get 0) (local.get 1)))
  (func (export "store 8") (param i32 v128) (v128.store8_lane 13 (local.get 0) (local.get 1)))
  (func (export "store 16") (param i32 v128) (v128.store16_lane 7 (local.get 0) (local.get 1)))
  (func (export "store 32") (param i32 v128) (v128.store32_lane 2 (local.get 0) (local.get 1)))
  (func (export "store 64") (param i32 v128) (v128.store64_lane 1 (local.get 0) (local.get 1))))";

TEST_F(IrVectorRun, AccessesMemory) {
  for (auto strategy : {MemoryStrategy::kReserved, MemoryStrategy::kChecked}) {
    Load(std::string(kMemoryModule) + kChecksum + ")", strategy);
    for (const runtime::Export& item : instance().module().exports) {
      if (item.kind != runtime::ExternKind::kFunc || item.name == "checksum") continue;
      const bool has_vector = instance().module().function_type(item.index).params.size() == 2;
      for (int64_t address : {0, 65504, 65517, 65520, 65521, 65528, 65529, 65532, 65533, 65534,
                              65535, 65536, -1, -16}) {
        std::vector<Number> args = {I32(address)};
        if (has_vector) args.push_back(kA);
        ExpectSame(item.name, args);
      }
    }
  }
}

TEST_F(IrVectorRun, AccessesOtherMemories) {
  Load(R"((module (memory 1) (memory $b 1) (memory $c i64 1)
    (func (export "b") (param i32 v128) (result v128)
      (v128.store $b offset=8 (local.get 0) (local.get 1))
      (v128.load16x4_u $b (local.get 0)))
    (func (export "c") (param i64 v128) (result v128)
      (v128.store32_lane $c offset=8 1 (local.get 0) (local.get 1))
      (v128.load64_lane $c 0 (local.get 0) (local.get 1)))))");
  for (int64_t address : {0ll, 65512ll, 65513ll, 65520ll, 65521ll, 65525ll, -1ll}) {
    ExpectSame("b", {I32(address), kA});
    ExpectSame("c", {I64(address), kB});
  }
}

// Nine vectors: the last one, and all results but the first, go through the call area.
TEST_F(IrVectorRun, PassesVectors) {
  Load(R"((module
    (global $g (export "g") (mut v128) (v128.const i64x2 1 2))
    (type $many (func (param i32 v128 v128 f32 v128 v128 v128 v128 f64 i64 v128 v128)
                      (result i32 v128 f32 v128)))
    (table 1 funcref)
    (elem (i32.const 0) $many)
    (func $many (export "many") (type $many)
      (local.get 0)
      (i32x4.add (local.get 1) (local.get 11))
      (local.get 3)
      (i8x16.sub (local.get 10) (local.get 2)))
    (func (export "call") (param i32 v128 v128) (result i32 v128 f32 v128)
      (call $many (local.get 0) (local.get 1) (local.get 2) (f32.const 1) (local.get 1)
        (local.get 2) (local.get 1) (local.get 2) (f64.const 2) (i64.const 3) (local.get 2)
        (local.get 1)))
    (func (export "tail") (param i32 v128 v128) (result i32 v128 f32 v128)
      (return_call_indirect (type $many) (local.get 0) (local.get 1) (local.get 2) (f32.const 1)
        (local.get 1) (local.get 2) (local.get 1) (local.get 2) (f64.const 2) (i64.const 3)
        (local.get 2) (local.get 1) (i32.const 0)))
    (func (export "first") (param v128) (result v128 v128)
      (global.get $g) (global.set $g (local.get 0)) (global.get $g))
    (func (export "select") (param v128 v128 i32) (result v128)
      (select (local.get 0) (local.get 1) (local.get 2)))
    (func (export "block") (param v128 i32) (result v128)
      (local $zero v128)
      (local.get 0)
      (block $out (param v128) (result v128)
        (br_if $out (local.get 1))
        (i64x2.add (local.get 0)))
      (v128.or (local.get $zero)))))");
  ExpectSame("many", {I32(1), kA, kB, F32(2), kA, kB, kA, kB, F64(3), I64(4), kA, kB});
  ExpectSame("call", {I32(7), kA, kB});
  ExpectSame("first", {kA});
  ExpectSame("first", {kB});
  for (int i : {0, 1}) {
    ExpectSame("select", {kA, kB, I32(i)});
    ExpectSame("block", {kA, I32(i)});
  }
}

// Slots as the interpreter's: a v128 has two.
TEST_F(IrVectorRun, EntersLoopsWithVectors) {
  Load(R"((module (func (export "f") (param $n i32) (param $v v128) (result v128)
    (local $i i32) (local $s v128)
    (v128.const i32x4 5 6 7 8)
    (loop $l (param v128) (result v128)
      (i32x4.add (local.get $v))
      (local.set $s (i32x4.mul (i32x4.add (local.get $s) (local.get $v)) (local.get $v)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $l (i32.lt_u (local.get $i) (local.get $n))))
    (v128.xor (local.get $s)))))");
  const Outcome whole = Interpreted("f", {I32(4), kA});
  ExpectSame("f", {I32(4), kA});
  // Locals n, v, i and s, the header, the operand.
  EXPECT_EQ(FromLoop("f", 0, {4, kA.bits, kA.high, 0, 0, 0, 0, 0x600000005, 0x800000007}).results,
            whole.results);
}

// The fast loop has no anchors, and traps come where they should.
TEST_F(IrVectorRun, GuardsRangesOfVectors) {
  options_.precise_traps = true;
  compare_memory_after_traps_ = true;
  Load(std::string(R"((module (memory (export "memory") 1)
    (func (export "f") (param $from i32) (param $to i32) (param $n i32)
      (local $i i32)
      (loop $l
        (v128.store (i32.add (local.get $to) (local.get $i))
          (i8x16.add (v128.load (i32.add (local.get $from) (local.get $i)))
                     (v128.load8_splat (local.get $from))))
        (local.set $i (i32.add (local.get $i) (i32.const 16)))
        (br_if $l (i32.lt_u (local.get $i) (i32.and (local.get $n) (i32.const -16)))))))") +
       kChecksum + ")");
  EXPECT_THAT(Dump("f", optimizing::DumpKind::kOptimizedIr), testing::HasSubstr("loop.slow"));
  for (int64_t from : {0, 7, 65536 - 1600, 65536 - 1599}) {
    for (int64_t n : {0, 16, 100, 1600}) ExpectSame("f", {I32(from), I32(2000), I32(n)});
  }
  ExpectSame("f", {I32(100), I32(65536 - 800), I32(1600)});
}

}  // namespace
}  // namespace wasmtier::test
