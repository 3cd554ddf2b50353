// What the IR computes, beside the interpreter.
#include <limits>

#include "test/unit/optimizing/ir_fixture.h"

namespace wasmtier::test {
namespace {

using optimizing::Pipeline;

class IrRun : public IrTest {};

TEST_F(IrRun, CallsItself) {
  Load(R"((module (func $fib (export "fib") (param i32) (result i32)
    (if (result i32) (i32.lt_s (local.get 0) (i32.const 2))
      (then (local.get 0))
      (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1)))
                     (call $fib (i32.sub (local.get 0) (i32.const 2)))))))))");
  ExpectSame("fib", {I32(0)});
  ExpectSame("fib", {I32(20)});
}

TEST_F(IrRun, JoinsLocalsAndOperandsOfBranches) {
  Load(R"((module (func (export "f") (param i32 i64) (result i64 i32)
    (local $a i32) (local $b i64)
    (i64.const 7)
    (block $out (param i64) (result i64 i32)
      (if (param i64) (result i64) (i32.and (local.get 0) (i32.const 1))
        (then (local.set $a (i32.const 5)) (i64.add (local.get 1)))
        (else (local.set $b (local.get 1))))
      (i32.const 3)
      (br_if $out (i32.and (local.get 0) (i32.const 2)))
      (drop)
      (if (param i64) (result i64) (i32.and (local.get 0) (i32.const 4))
        (then (i64.mul (i64.const 3))))
      (local.get $a))
    (i32.add (local.get $a))
    (local.set $a)
    (i64.add (local.get $b))
    (local.get $a))))");
  for (int i = 0; i < 8; ++i) ExpectSame("f", {I32(i), I64(1000)});
}

TEST_F(IrRun, SwitchesByTable) {
  Load(R"((module (func (export "f") (param i32) (result i32)
    (local $x i32)
    (loop $again (result i32)
      (block $c (result i32)
        (block $b (result i32)
          (block $a (result i32)
            (local.set $x (i32.add (local.get $x) (i32.const 1)))
            (i32.const 10)
            (br_table $a $b $a $c $c $a (local.get 0)))
          (i32.add (i32.const 100)))
        (i32.add (i32.const 1000)))
      (i32.add (local.get $x))
      (local.set 0 (i32.add (local.get 0) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $x) (i32.const 4)))
      (i32.mul (local.get $x))))))");
  for (int i = -1; i < 8; ++i) ExpectSame("f", {I32(i)});
}

TEST_F(IrRun, LoopsWithParametersAndManyLocals) {
  Load(R"((module (func (export "f") (param i32) (result i64)
    (local i64 i64)
    (i64.const 1) (i64.const 2)
    (loop $l (param i64 i64) (result i64)
      (local.set 1) (local.set 2)
      (i64.add (local.get 1) (local.get 2))
      (local.get 1)
      (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))
      (br_if $l)
      (i64.xor)))))");
  for (int i : {1, 2, 3, 50}) ExpectSame("f", {I32(i)});
}

TEST_F(IrRun, DividesAndTraps) {
  Load(R"((module
    (func (export "ds") (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
    (func (export "du") (param i32 i32) (result i32) (i32.div_u (local.get 0) (local.get 1)))
    (func (export "rs") (param i32 i32) (result i32) (i32.rem_s (local.get 0) (local.get 1)))
    (func (export "ru") (param i32 i32) (result i32) (i32.rem_u (local.get 0) (local.get 1)))
    (func (export "Ds") (param i64 i64) (result i64) (i64.div_s (local.get 0) (local.get 1)))
    (func (export "Rs") (param i64 i64) (result i64) (i64.rem_s (local.get 0) (local.get 1)))
    (func (export "m1") (param i32) (result i32) (i32.rem_s (local.get 0) (i32.const -1)))
    (func (export "unused") (param i32 i32) (drop (i32.div_s (local.get 0) (local.get 1))))))");
  constexpr int64_t kLeast = std::numeric_limits<int32_t>::min();
  const std::vector<std::pair<int64_t, int64_t>> pairs = {
      {7, 2}, {-7, 2}, {7, -2}, {1, 0}, {kLeast, -1}, {kLeast, 1}, {-1, 3}, {0, 0}};
  for (const auto& [a, b] : pairs) {
    for (const char* name : {"ds", "du", "rs", "ru", "unused"}) ExpectSame(name, {I32(a), I32(b)});
    ExpectSame("m1", {I32(a)});
    for (const char* name : {"Ds", "Rs"}) {
      ExpectSame(name, {I64(a), I64(b)});
      ExpectSame(name, {I64(std::numeric_limits<int64_t>::min()), I64(b)});
    }
  }
}

// All float operators on all pairs of unusual values.
TEST_F(IrRun, FloatsAreExact) {
  std::string text = "(module";
  const std::vector<std::string> binary = {"add", "sub", "mul", "div", "min", "max", "copysign",
                                           "eq",  "ne",  "lt",  "le",  "gt",  "ge"};
  const std::vector<std::string> unary = {"abs",   "neg",     "ceil", "floor",
                                          "trunc", "nearest", "sqrt"};
  for (const std::string type : {"f32", "f64"}) {
    const std::string bits = type == "f32" ? "i32" : "i64";
    for (const std::string& name : binary) {
      const bool compares = name.size() == 2;
      // By bits, since C calls would lose signalling NaNs nowhere, but NaNs differ in their sign.
      text += "(func (export \"" + type + name + "\") (param " + bits + " " + bits + ") (result " +
              (compares ? "i32" : bits) + ") (" + (compares ? "" : bits + ".reinterpret_" + type) +
              (compares ? "" : " (") + type + "." + name + " (" + type + ".reinterpret_" + bits +
              " (local.get 0)) (" + type + ".reinterpret_" + bits + " (local.get 1)))" +
              (compares ? "" : ")") + ")";
    }
    for (const std::string& name : unary) {
      text += "(func (export \"" + type + name + "\") (param " + bits + ") (result " + bits +
              ") (" + bits + ".reinterpret_" + type + " (" + type + "." + name + " (" + type +
              ".reinterpret_" + bits + " (local.get 0)))))";
    }
  }
  Load(text + ")");
  const std::vector<uint32_t> narrow = {0,          0x80000000, 0x3f800000, 0xbf800000, 0x3f000000,
                                        0xbf000000, 0x40200000, 0x4b7fffff, 0x7f800000, 0xff800000,
                                        0x7fc00000, 0x7fa00000, 0xff800001, 1,          0x7f7fffff};
  const std::vector<uint64_t> wide = {0,
                                      uint64_t{1} << 63,
                                      0x3ff0000000000000,
                                      0xbfe0000000000000,
                                      0x4004000000000000,
                                      0x7ff0000000000000,
                                      0xfff0000000000000,
                                      0x7ff8000000000000,
                                      0x7ff4000000000000,
                                      0xfff0000000000001,
                                      1};
  const auto check = [&](const std::string& name, const std::vector<Number>& args, char type) {
    const Outcome expected = Interpreted(name, args);
    const Outcome found = Compiled(name, args);
    ASSERT_EQ(found.results.size(), 1u) << name << found.message;
    const uint64_t nan = type == 'i' ? 0x7fc00000 : 0x7ff8000000000000;
    const uint64_t a = expected.results[0].bits;
    const uint64_t b = found.results[0].bits;
    const bool is_sign_operator =
        name.ends_with("abs") || name.ends_with("neg") || name.ends_with("copysign");
    if (!is_sign_operator && (a & nan) == nan) {
      EXPECT_EQ(b & nan, nan) << name << testing::PrintToString(args);
    } else {
      EXPECT_EQ(a, b) << name << testing::PrintToString(args);
    }
  };
  for (uint32_t a : narrow) {
    for (const std::string& name : unary) check("f32" + name, {I32(a)}, 'i');
    for (uint32_t b : narrow) {
      for (const std::string& name : binary) check("f32" + name, {I32(a), I32(b)}, 'i');
    }
  }
  for (uint64_t a : wide) {
    const Number x = I64(static_cast<int64_t>(a));
    for (const std::string& name : unary) check("f64" + name, {x}, 'l');
    for (uint64_t b : wide) {
      for (const std::string& name : binary) {
        check("f64" + name, {x, I64(static_cast<int64_t>(b))}, 'l');
      }
    }
  }
}

TEST_F(IrRun, OperationsWithNeutralConstantsQuietNans) {
  Load(R"((module
    (func (export "m1") (param i32) (result i32)
      (i32.reinterpret_f32 (f32.mul (f32.reinterpret_i32 (local.get 0)) (f32.const 1))))
    (func (export "m-1") (param i32) (result i32)
      (i32.reinterpret_f32 (f32.mul (f32.reinterpret_i32 (local.get 0)) (f32.const -1))))
    (func (export "a-0") (param i32) (result i32)
      (i32.reinterpret_f32 (f32.add (f32.reinterpret_i32 (local.get 0)) (f32.const -0))))
    (func (export "s0") (param i32) (result i32)
      (i32.reinterpret_f32 (f32.sub (f32.reinterpret_i32 (local.get 0)) (f32.const 0))))
    (func (export "-0s") (param i32) (result i32)
      (i32.reinterpret_f32 (f32.sub (f32.const -0) (f32.reinterpret_i32 (local.get 0)))))
    (func (export "d1") (param i32) (result i32)
      (i32.reinterpret_f32 (f32.div (f32.reinterpret_i32 (local.get 0)) (f32.const 1))))
    (func (export "promote") (param i32) (result i32)
      (i32.reinterpret_f32 (f32.demote_f64 (f64.promote_f32 (f32.reinterpret_i32 (local.get 0))))))))");
  for (const char* name : {"m1", "m-1", "a-0", "s0", "-0s", "d1", "promote"}) {
    const Outcome nan = Compiled(name, {I32(0x7fa00000)});
    ASSERT_EQ(nan.results.size(), 1u) << nan.message;
    EXPECT_EQ(nan.results[0].bits & 0x7fc00000, 0x7fc00000u) << name;
    for (int64_t bits : {0x0ll, 0x80000000ll, 0x3fc00000ll, 0xff800000ll, 1ll}) {
      ExpectSame(name, {I32(bits)});
    }
  }
}

TEST_F(IrRun, Converts) {
  std::string text = "(module";
  std::vector<std::pair<std::string, char>> names;
  const auto letter = [](const std::string& type) {
    return type == "i32" ? 'i' : type == "i64" ? 'l' : type == "f32" ? 'f' : 'd';
  };
  const auto add = [&](const std::string& to, const std::string& operation,
                       const std::string& from) {
    const std::string name = to + operation + from;
    text += "(func (export \"" + name + "\") (param " + from.substr(0, 3) + ") (result " + to +
            ") (" + to + "." + operation + from + " (local.get 0)))";
    names.emplace_back(name, letter(from.substr(0, 3)));
  };
  for (const std::string sign : {"_s", "_u"}) {
    for (const std::string integer : {"i32", "i64"}) {
      for (const std::string floating : {"f32", "f64"}) {
        add(integer, "trunc_", floating + sign);
        add(integer, "trunc_sat_", floating + sign);
        add(floating, "convert_", integer + sign);
      }
    }
    add("i64", "extend_", "i32" + sign);
  }
  add("i32", "wrap_", "i64");
  add("f32", "demote_", "f64");
  add("f64", "promote_", "f32");
  Load(text + ")");
  const double inf = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const auto& [name, from] : names) {
    for (double value : {0.0,
                         -0.0,
                         -0.9,
                         -1.0,
                         0.9,
                         1e9,
                         2147483647.0,
                         2147483648.0,
                         -2147483648.0,
                         -2147483648.9,
                         -2147483649.0,
                         4294967295.0,
                         4294967296.0,
                         9.2e18,
                         1.8e19,
                         9223372036854775808.0,
                         -9223372036854775808.0,
                         18446744073709551616.0,
                         inf,
                         -inf,
                         nan}) {
      if (from == 'd') ExpectSame(name, {F64(value)});
      if (from == 'f') ExpectSame(name, {F32(static_cast<float>(value))});
    }
    for (int64_t value : {0ll, 1ll, -1ll, 0x7fffffffll, 0x80000000ll, 0x7fffffffffffffffll,
                          -0x7fffffffffffffffll - 1, 0x1234567890abcdefll}) {
      if (from == 'i') ExpectSame(name, {I32(value)});
      if (from == 'l') ExpectSame(name, {I64(value)});
    }
  }
}

TEST_F(IrRun, IntegerOperators) {
  std::string text = "(module";
  std::vector<std::string> unary = {"clz", "ctz", "popcnt", "eqz", "extend8_s", "extend16_s"};
  const std::vector<std::string> binary = {
      "add", "sub", "mul",  "and",  "or",   "xor",  "shl",  "shr_s", "shr_u", "rotl", "rotr",
      "eq",  "ne",  "lt_s", "lt_u", "gt_s", "gt_u", "le_s", "le_u",  "ge_s",  "ge_u"};
  const auto compares = [](const std::string& name) {
    return name == "eqz" || name == "eq" || name == "ne" || name.substr(0, 2) == "lt" ||
           name.substr(0, 2) == "gt" || name.substr(0, 2) == "le" || name.substr(0, 2) == "ge";
  };
  for (const std::string type : {"i32", "i64"}) {
    for (const std::string& name : unary) {
      text += "(func (export \"" + type + name + "\") (param " + type + ") (result " +
              (compares(name) ? "i32" : type) + ") (" + type + "." + name + " (local.get 0)))";
    }
    for (const std::string& name : binary) {
      text += "(func (export \"" + type + name + "\") (param " + type + " " + type + ") (result " +
              (compares(name) ? "i32" : type) + ") (" + type + "." + name +
              " (local.get 0) (local.get 1)))";
    }
  }
  Load(text + ")");
  const std::vector<int64_t> values = {0,
                                       1,
                                       -1,
                                       31,
                                       32,
                                       33,
                                       63,
                                       64,
                                       0x80,
                                       0x8000,
                                       0x7fffffff,
                                       0x80000000,
                                       0x7fffffffffffffff,
                                       0x123456789abcdef};
  for (int64_t a : values) {
    for (const std::string& name : unary) {
      ExpectSame("i32" + name, {I32(a)});
      ExpectSame("i64" + name, {I64(a)});
    }
    for (int64_t b : values) {
      for (const std::string& name : binary) {
        ExpectSame("i32" + name, {I32(a), I32(b)});
        ExpectSame("i64" + name, {I64(a), I64(b)});
      }
    }
  }
}

constexpr char kMemoryModule[] = R"((module (memory (export "memory") 1 3)
  (global $g (export "g") (mut i32) (i32.const 0))
  (data (i32.const 0) "\01\82\03\84\05\86\07\88\09")
  (data $passive "abcdef")
  (func (export "l8s") (param i32) (result i32) (i32.load8_s offset=1 (local.get 0)))
  (func (export "l16u") (param i32) (result i64) (i64.load16_u (local.get 0)))
  (func (export "l32s") (param i32) (result i64) (i64.load32_s offset=3 (local.get 0)))
  (func (export "l64") (param i32) (result i64) (i64.load (local.get 0)))
  (func (export "lf") (param i32) (result f32) (f32.load offset=2 (local.get 0)))
  (func (export "big") (param i32) (result i32) (i32.load offset=0xfffffff0 (local.get 0)))
  (func (export "s8") (param i32 i64) (i64.store8 offset=1 (local.get 0) (local.get 1)))
  (func (export "s64") (param i32 i64) (i64.store (local.get 0) (local.get 1)))
  (func (export "sd") (param i32 f64) (f64.store (local.get 0) (local.get 1)))
  (func (export "size") (result i32) (memory.size))
  (func (export "grow") (param i32) (result i32)
    (memory.grow (local.get 0)) (global.set $g (memory.size)))
  (func (export "fill") (param i32 i32 i32)
    (memory.fill (local.get 0) (local.get 1) (local.get 2)))
  (func (export "copy") (param i32 i32 i32)
    (memory.copy (local.get 0) (local.get 1) (local.get 2)))
  (func (export "init") (param i32 i32 i32)
    (memory.init $passive (local.get 0) (local.get 1) (local.get 2)))
  (func (export "drop") (data.drop $passive)))";

// As many bytes as are copied and filled in place, and one more; overlapping, and at the end.
TEST_F(IrRun, CopiesAndFillsAFewBytes) {
  std::string text = "(module (memory 1)";
  const std::vector<int> lengths = {0, 1, 2, 3, 7, 8, 16, 17, 31, 33, 63, 64, 65};
  for (int length : lengths) {
    const std::string n = std::to_string(length);
    text += "(func (export \"copy" + n + "\") (param i32 i32) (memory.copy (local.get 0) " +
            "(local.get 1) (i32.const " + n + ")))";
    text += "(func (export \"fill" + n + "\") (param i32 i32) (memory.fill (local.get 0) " +
            "(local.get 1) (i32.const " + n + ")))";
  }
  text +=
      R"((data (i32.const 0) "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-+"))";
  text += std::string(kChecksum) + ")";
  compare_memory_after_traps_ = true;
  for (auto strategy : {runtime::MemoryStrategy::kReserved, runtime::MemoryStrategy::kChecked}) {
    Load(text, strategy);
    for (int length : lengths) {
      const std::string copy = "copy" + std::to_string(length);
      const std::string fill = "fill" + std::to_string(length);
      const int64_t end = 65536 - length;
      ExpectSame(copy, {I32(5), I32(0)});
      ExpectSame(copy, {I32(0), I32(9)});
      ExpectSame(copy, {I32(end), I32(3)});
      ExpectSame(copy, {I32(end + 1), I32(3)});
      ExpectSame(copy, {I32(100), I32(end + 1)});
      ExpectSame(copy, {I32(-1), I32(0)});
      ExpectSame(fill, {I32(200), I32(0x1ff)});
      ExpectSame(fill, {I32(end), I32(-2)});
      ExpectSame(fill, {I32(end + 1), I32(3)});
      ExpectSame(fill, {I32(-1), I32(0)});
    }
  }
}

TEST_F(IrRun, AccessesMemory) {
  for (auto strategy : {runtime::MemoryStrategy::kReserved, runtime::MemoryStrategy::kChecked}) {
    Load(std::string(kMemoryModule) + kChecksum + ")", strategy);
    for (int64_t address : {0ll, 1ll, 65520ll, 65527ll, 65528ll, 65529ll, 65532ll, 65533ll, 65534ll,
                            65535ll, 65536ll, -1ll, -4ll}) {
      for (const char* name : {"l8s", "l16u", "l32s", "l64", "lf", "big"}) {
        ExpectSame(name, {I32(address)});
      }
      ExpectSame("s8", {I32(address), I64(0x1122334455667788)});
      ExpectSame("s64", {I32(address), I64(0x1122334455667788)});
      ExpectSame("sd", {I32(address), F64(1.5)});
    }
    ExpectSame("size");
    ExpectSame("grow", {I32(1)});
    ExpectSame("l64", {I32(65536)});
    ExpectSame("grow", {I32(5)});
    ExpectSame("fill", {I32(100), I32(7), I32(50)});
    ExpectSame("fill", {I32(131072), I32(7), I32(1)});
    ExpectSame("copy", {I32(110), I32(100), I32(50)});
    ExpectSame("copy", {I32(-1), I32(100), I32(50)});
    ExpectSame("init", {I32(500), I32(1), I32(5)});
    ExpectSame("init", {I32(500), I32(1), I32(6)});
    ExpectSame("drop");
    ExpectSame("init", {I32(500), I32(1), I32(5)});
  }
}

TEST_F(IrRun, AccessesOtherMemories) {
  Load(R"((module (memory 1) (memory $b (export "memory") 1) (memory $c i64 1)
    (func (export "b") (param i32 i64) (result i64)
      (i64.store $b offset=8 (local.get 0) (local.get 1)) (i64.load $b (local.get 0)))
    (func (export "c") (param i64 i64) (result i64)
      (i64.store $c offset=8 (local.get 0) (local.get 1)) (i64.load $c (local.get 0)))
    (func (export "far") (param i64) (result i64)
      (i64.load $c offset=0xfffffffc (local.get 0)))
    (func (export "size") (result i64) (memory.size $c))
    (func (export "grow") (param i64) (result i64) (memory.grow $c (local.get 0)))))");
  for (int64_t address : {0ll, 65520ll, 65521ll, -1ll, -8ll}) {
    ExpectSame("b", {I32(address), I64(77)});
    ExpectSame("c", {I64(address), I64(77)});
    ExpectSame("far", {I64(address)});
  }
  ExpectSame("size");
  ExpectSame("grow", {I64(1)});
  ExpectSame("grow", {I64(int64_t{1} << 60)});
}

TEST_F(IrRun, PassesManyParametersAndResults) {
  Load(R"((module
    (func $many (param i32 f32 i64 f64 i32 i32 i32 i64 i32 f32 f64 f64 f64 f64 f64 f64 f32)
                (result f64 i32 i64 f32)
      (f64.add (local.get 3) (local.get 15))
      (i32.add (local.get 6) (local.get 8))
      (i64.add (local.get 2) (local.get 7))
      (f32.add (local.get 1) (local.get 16)))
    (func (export "f") (param i32) (result f64 i32 i64 f32)
      (call $many (local.get 0) (f32.const 1) (i64.const 2) (f64.const 3) (i32.const 4)
        (i32.const 5) (i32.add (local.get 0) (i32.const 6)) (i64.const 7) (i32.const 8)
        (f32.const 9) (f64.const 10) (f64.const 11) (f64.const 12) (f64.const 13) (f64.const 14)
        (f64.const 15) (f32.const 16)))
    (func (export "tail") (param i32) (result f64 i32 i64 f32)
      (return_call $many (local.get 0) (f32.const 1) (i64.const 2) (f64.const 3) (i32.const 4)
        (i32.const 5) (i32.add (local.get 0) (i32.const 6)) (i64.const 7) (i32.const 8)
        (f32.const 9) (f64.const 10) (f64.const 11) (f64.const 12) (f64.const 13) (f64.const 14)
        (f64.const 15) (f32.const 16)))))");
  ExpectSame("f", {I32(3)});
  ExpectSame("tail", {I32(3)});
}

TEST_F(IrRun, TailCallsTakeNoStack) {
  Load(R"((module
    (func $even (export "even") (param i32) (result i32)
      (if (i32.eqz (local.get 0)) (then (return (i32.const 1))))
      (return_call $odd (i32.sub (local.get 0) (i32.const 1)) (i64.const 3)))
    (func $odd (param i32 i64) (result i32)
      (if (i32.eqz (local.get 0)) (then (return (i32.const 0))))
      (return_call $even (i32.sub (local.get 0) (i32.const 1))))))");
  ExpectSame("even", {I32(3000001)});
}

TEST_F(IrRun, SelectsGlobalsTablesAndReferences) {
  Load(R"((module
    (global $g (export "g") (mut i64) (i64.const 5))
    (global $c f64 (f64.const 2.5))
    (table $t 4 8 externref)
    (func (export "swap") (param i64) (result i64)
      (global.get $g) (global.set $g (local.get 0)) (global.get $g) (i64.add))
    (func (export "c") (param i32) (result f64)
      (select (global.get $c) (f64.const 1) (local.get 0)))
    (func (export "set") (param i32 externref) (table.set $t (local.get 0) (local.get 1)))
    (func (export "get") (param i32) (result i32) (ref.is_null (table.get $t (local.get 0))))
    (func (export "size") (result i32) (table.size $t))
    (func (export "grow") (param i32) (result i32)
      (table.grow $t (ref.null extern) (local.get 0)))
    (func (export "fill") (param i32 i32)
      (table.fill $t (local.get 0) (ref.null extern) (local.get 1)))))");
  ExpectSame("swap", {I64(9)});
  ExpectSame("c", {I32(0)});
  ExpectSame("c", {I32(7)});
  ExpectSame("set", {I32(1), Extern(9)});
  ExpectSame("set", {I32(4), Extern(9)});
  for (int i : {0, 1, 4, -1}) ExpectSame("get", {I32(i)});
  ExpectSame("size");
  ExpectSame("grow", {I32(2)});
  ExpectSame("grow", {I32(20)});
  ExpectSame("fill", {I32(0), I32(6)});
  ExpectSame("fill", {I32(0), I32(7)});
  ExpectSame("get", {I32(1)});
}

TEST_F(IrRun, CodeBehindAnEndlessLoopAndDeadBlocks) {
  Load(R"((module
    (func (export "f") (param i32) (result i32)
      (block $out
        (loop $l
          (br_if $out (i32.eqz (local.get 0)))
          (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
          (br $l))
        (local.set 0 (i32.const 99)))
      (local.get 0))
    (func (export "u") (param i32) (result i32)
      (block (result i32)
        (loop (br 0)) (i32.const 1)))
    (func (export "r") (param i32) (result i32)
      (block (br_if 0 (local.get 0)) (unreachable))
      (i32.const 3))))");
  ExpectSame("f", {I32(5)});
  ExpectSame("r", {I32(0)});
  ExpectSame("r", {I32(1)});
}

TEST_F(IrRun, BothPipelinesDoTheSame) {
  for (Pipeline pipeline : {Pipeline::kQuick, Pipeline::kFull}) {
    options_.pipeline = pipeline;
    Load(R"((module (memory (export "memory") 1)
      (func (export "sum") (param $n i32) (result i32)
        (local $i i32) (local $s i32)
        (loop $l
          (i32.store8 (local.get $i) (i32.mul (local.get $i) (i32.const 7)))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br_if $l (i32.lt_u (local.get $i) (local.get $n))))
        (local.set $i (i32.const 0))
        (loop $l
          (local.set $s (i32.add (local.get $s) (i32.load8_u (local.get $i))))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br_if $l (i32.lt_u (local.get $i) (local.get $n))))
        (local.get $s))))");
    ExpectSame("sum", {I32(1000)});
    ExpectSame("sum", {I32(65536)});
    ExpectSame("sum", {I32(65537)});
  }
}

TEST_F(IrRun, RefusesALoopThatIsNotThere) {
  Load("(module (func (export \"f\") (result i32) (i32.const 1)))");
  const Outcome none = FromLoop("f", 0, {0});
  EXPECT_THAT(none, IsRefused("has no loop 0"));
}

// Slots as the interpreter's: locals, one slot of its own, operands.
TEST_F(IrRun, EntersLoops) {
  Load(R"((module (func (export "f") (param $n i32) (result i64)
    (local $i i32) (local $j i32) (local $s i64)
    (i64.const 1000)
    (loop $outer
      (local.set $j (i32.const 0))
      (i64.const 5)
      (loop $inner (param i64) (result i64)
        (i64.add (i64.const 1))
        (local.set $s (i64.add (local.get $s) (i64.extend_i32_u (local.get $j))))
        (local.set $j (i32.add (local.get $j) (i32.const 1)))
        (br_if $inner (i32.lt_u (local.get $j) (local.get $n))))
      (local.set $s (i64.add (local.get $s)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $outer (i32.lt_u (local.get $i) (local.get $n))))
    (i64.add (local.get $s)))))");
  const Outcome whole = Interpreted("f", {I32(4)});
  ExpectSame("f", {I32(4)});
  // Locals n i j s, header, operand 1000 (, 5).
  EXPECT_EQ(FromLoop("f", 0, {4, 0, 0, 0, 0, 1000}).results, whole.results) << "outer";
  EXPECT_EQ(FromLoop("f", 1, {4, 0, 0, 0, 0, 1000, 5}).results, whole.results) << "inner";
  // In the middle: i = 0, j = 2, s = 0 + 1, operand 5 + 2.
  EXPECT_EQ(FromLoop("f", 1, {4, 0, 2, 1, 0, 1000, 7}).results, whole.results)
      << "inner, in the middle";
}

}  // namespace

}  // namespace wasmtier::test
