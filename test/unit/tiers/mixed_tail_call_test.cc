// Tail calls between tiers, a million deep on the smallest stack, in every combination.
#include <string>
#include <vector>

#include "test/support/module_builder.h"
#include "test/unit/tiers/mixed_tiers.h"

namespace wasmtier::test {
namespace {

class MixedTailCall : public MixedTiers {
 protected:
  static constexpr size_t kSmallStack = 64 << 10;
  World world_{mode_, kSmallStack};
};
IN_EVERY_MIX(MixedTailCall);

constexpr int kDeep = 1'000'000;

// $a has one parameter, $b more than fit into registers, $c is between: each calls the next.
constexpr char kChain[] = R"((module
  (type $ta (func (param i32) (result i32 i64 f64)))
  (type $tb (func (param i32 i64 f64 i32 i64 i32 i64 i32 i64 f32 f64 f64 f64 f64 f64 f64 f64 f64 i32)
                  (result i32 i64 f64)))
  (type $tc (func (param i64 f32 i32) (result i32 i64 f64)))
  (table 3 funcref) (elem (i32.const 0) $a $b $c)
  (func $a (export "a") (type $ta)
    (if (i32.eqz (local.get 0)) (then (return (i32.const 1) (i64.const 2) (f64.const 3))))
    (BCALL (i32.sub (local.get 0) (i32.const 1)) (i64.const 1) (f64.const 2)
      (i32.const 3) (i64.const 4) (i32.const 5) (i64.const 6) (i32.const 7) (i64.const 8)
      (f32.const 9) (f64.const 10) (f64.const 11) (f64.const 12) (f64.const 13) (f64.const 14)
      (f64.const 15) (f64.const 16) (f64.const 17) (i32.const 18) BINDEX))
  (func $b (export "b") (type $tb)
    (if (i32.ne (local.get 18) (i32.const 18)) (then (unreachable)))
    (if (i64.ne (local.get 8) (i64.const 8)) (then (unreachable)))
    (if (f64.ne (local.get 17) (f64.const 17)) (then (unreachable)))
    (if (i32.eqz (local.get 0)) (then (return (i32.const 11) (local.get 8) (local.get 17))))
    (CCALL (i64.extend_i32_s (local.get 0)) (local.get 9) (local.get 5) CINDEX))
  (func $c (export "c") (type $tc)
    (if (f32.ne (local.get 1) (f32.const 9)) (then (unreachable)))
    (if (i64.eqz (local.get 0)) (then (return (local.get 2) (i64.const 22) (f64.const 23))))
    (ACALL (i32.sub (i32.wrap_i64 (local.get 0)) (i32.const 1)) AINDEX))
  (func (export "keeps") (param i32) (result f64)
    (f64.convert_i32_s (local.get 0)) (call $a (local.get 0)) (drop) (drop) (drop))))";

std::string Replace(std::string text, const std::string& from, const std::string& to) {
  for (size_t at; (at = text.find(from)) != std::string::npos;) text.replace(at, from.size(), to);
  return text;
}

std::string Chain(bool indirect) {
  std::string text = kChain;
  const std::string names = "ABC";
  for (int i = 0; i < 3; ++i) {
    const std::string upper(1, names[i]), lower(1, static_cast<char>('a' + i));
    const std::string index = "(i32.const " + std::to_string(i) + ")";
    text =
        Replace(text, upper + "CALL",
                indirect ? "return_call_indirect (type $t" + lower + ")" : "return_call $" + lower);
    text = Replace(text, upper + "INDEX", indirect ? index : "");
  }
  return text;
}

TEST_P(MixedTailCall, DirectAMillionDeep) {
  ASSERT_THAT(world_.Instantiate("m", Chain(false)), Returns());
  // $a and $c take one each.
  EXPECT_THAT(world_.Call("a", {I32(kDeep)}), Returns(I32(1), I64(2), F64(3)));
  EXPECT_THAT(world_.Call("a", {I32(kDeep + 1)}), Returns(I32(11), I64(8), F64(17)));
  EXPECT_THAT(world_.Call("c", {I64(kDeep), F32(9), I32(5)}), Returns(I32(11), I64(8), F64(17)));
  EXPECT_THAT(world_.Call("c", {I64(0), F32(9), I32(5)}), Returns(I32(5), I64(22), F64(23)));
  EXPECT_THAT(world_.Call("keeps", {I32(kDeep)}), Returns(F64(kDeep)));
}

TEST_P(MixedTailCall, IndirectAMillionDeep) {
  ASSERT_THAT(world_.Instantiate("m", Chain(true)), Returns());
  EXPECT_THAT(world_.Call("a", {I32(kDeep)}), Returns(I32(1), I64(2), F64(3)));
  EXPECT_THAT(world_.Call("a", {I32(kDeep + 1)}), Returns(I32(11), I64(8), F64(17)));
  EXPECT_THAT(world_.Call("c", {I64(kDeep), F32(9), I32(5)}), Returns(I32(11), I64(8), F64(17)));
  EXPECT_THAT(world_.Call("c", {I64(0), F32(9), I32(5)}), Returns(I32(5), I64(22), F64(23)));
  EXPECT_THAT(world_.Call("keeps", {I32(kDeep)}), Returns(F64(kDeep)));
}

// (module (type $t (func (param i32 i64) (result i64)))
//   (func $a (type $t) (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
//     (return_call_ref $t (i32.sub (local.get 0) (i32.const 1))
//       (i64.add (local.get 1) (i64.const 1)) (ref.func $b)))
//   (func $b ... (i64.const 1000) (ref.func $c)) (func $c ... (i64.const 1000000) (ref.func $a)))
// In bytes, since Debian's wabt does not know the immediate of return_call_ref.
std::vector<uint8_t> CallRefChain() {
  using decode::Opcode;
  const auto section = [](uint8_t id, const Code& contents) {
    return Code().Raw({id}).U64(contents.bytes().size()).Raw(contents.bytes());
  };
  Code bodies;
  bodies.U64(3);
  constexpr int64_t kAdds[] = {1, 1000, 1000000};
  for (uint32_t i = 0; i < 3; ++i) {
    Code body;
    body.U64(0).LocalGet(0).Op(Opcode::kI32Eqz).If().LocalGet(1).Op(Opcode::kReturn).End();
    body.LocalGet(0).I32Const(1).Op(Opcode::kI32Sub);
    body.LocalGet(1).I64Const(kAdds[i]).Op(Opcode::kI64Add);
    body.Op(Opcode::kRefFunc, (i + 1) % 3).Op(Opcode::kReturnCallRef, 0).End();
    bodies.U64(body.bytes().size()).Raw(body.bytes());
  }
  Code module;
  module.Raw({0, 'a', 's', 'm', 1, 0, 0, 0});
  module.Raw(section(1, Code().Raw({1, 0x60, 2, 0x7f, 0x7e, 1, 0x7e})).bytes());
  module.Raw(section(3, Code().Raw({3, 0, 0, 0})).bytes());
  module.Raw(section(7, Code().Raw({3, 1, 'a', 0, 0, 1, 'b', 0, 1, 1, 'c', 0, 2})).bytes());
  module.Raw(section(9, Code().Raw({1, 3, 0, 3, 0, 1, 2})).bytes());
  module.Raw(section(10, bodies).bytes());
  return module.bytes();
}

TEST_P(MixedTailCall, ByReferenceAMillionDeep) {
  ASSERT_THAT(world_.InstantiateBytes("m", CallRefChain()), Returns());
  EXPECT_THAT(world_.Call("a", {I32(3 * 400000), I64(0)}), Returns(I64(int64_t{1001001} * 400000)));
  EXPECT_THAT(world_.Call("b", {I32(kDeep), I64(5)}),
              Returns(I64(int64_t{1001001} * (kDeep / 3) + 1000 + 5)));
}

// Instances call each other; each has a global and a memory of its own.
TEST_P(MixedTailCall, BetweenInstancesAMillionDeep) {
  constexpr char kFirst[] = R"((module
    (type $t (func (param i32 i64) (result i64)))
    (table (export "table") 2 funcref)
    (global $mine i64 (i64.const 1)) (memory 1) (data (i32.const 8) "\01")
    (func $a (export "a") (type $t)
      (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
      (return_call_indirect (type $t) (i32.sub (local.get 0) (i32.const 1))
        (i64.add (local.get 1) (i64.mul (global.get $mine) (i64.load8_u (i32.const 8))))
        (i32.const 0)))))";
  constexpr char kSecond[] = R"((module
    (type $t (func (param i32 i64) (result i64)))
    (import "first" "a" (func $imported (type $t))) (import "first" "table" (table 2 funcref))
    (global $mine i64 (i64.const 1000)) (memory 1) (data (i32.const 8) "\02")
    (elem (i32.const 0) $b)
    (func $b (export "b") (type $t)
      (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
      (return_call $imported (i32.sub (local.get 0) (i32.const 1))
        (i64.add (local.get 1) (i64.mul (global.get $mine) (i64.load8_u (i32.const 8))))))
    (func $c (export "c") (param i32) (result i64)
      (i64.add (call $b (local.get 0) (i64.const 0)) (global.get $mine)))))";
  ASSERT_THAT(world_.Instantiate("first", kFirst), Returns());
  ASSERT_THAT(world_.Instantiate("second", kSecond), Returns());
  EXPECT_THAT(world_.Call("b", {I32(kDeep), I64(0)}), Returns(I64(int64_t{2001} * (kDeep / 2))));
  EXPECT_THAT(world_.Call("c", {I32(4)}), Returns(I64(5002)));
  EXPECT_THAT(world_.CallIn("first", "a", {I32(kDeep), I64(7)}),
              Returns(I64(int64_t{2001} * (kDeep / 2) + 7)));
}

TEST_P(MixedTailCall, ToHostFunctions) {
  world_.Host("env", "add", "ii:i", [](std::vector<Number>* values) {
    *values = {I32(static_cast<int64_t>((*values)[0].bits + (*values)[1].bits))};
    return absl::OkStatus();
  });
  ASSERT_THAT(world_.Instantiate("m", R"((module
    (import "env" "add" (func $add (param i32 i32) (result i32)))
    (table 1 funcref) (elem (i32.const 0) $add)
    (func $a (param i32) (result i32) (return_call $add (local.get 0) (i32.const 5)))
    (func $b (param i32) (result i32)
      (return_call_indirect (param i32 i32) (result i32) (local.get 0) (i32.const 7) (i32.const 0)))
    (func $c (export "c") (param $n i32) (result i32) (local $sum i32)
      (loop (local.set $sum (call $b (call $a (local.get $sum))))
        (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (local.get $sum))))"),
              Returns());
  EXPECT_THAT(world_.Call("c", {I32(100000)}), Returns(I32(1200000)));
}

TEST_P(MixedTailCall, ThatDoNotFitExhaustTheStack) {
  std::string locals;
  for (int i = 0; i < 45000; ++i) locals += "i64 ";
  ASSERT_THAT(world_.Instantiate("m", R"((module
    (func $a (param i32) (local )" + locals +
                                          R"() (return_call $b (local.get 0)))
    (func $b (export "b") (param i32) (return_call $a (local.get 0)))))"),
              Returns());
  EXPECT_THAT(world_.Call("b", {I32(1)}), Traps("call stack exhausted"));
}

}  // namespace
}  // namespace wasmtier::test
