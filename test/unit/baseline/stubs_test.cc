// Calls between the interpreter, machine code (by hand) and the host.
#include <bit>

#include "test/unit/baseline/tier_fixture.h"

namespace wasmtier::test {
namespace {

using runtime::ExternValue;
using runtime::Instance;
using testing::ElementsAre;
using testing::HasSubstr;

uint64_t F32(float value) { return std::bit_cast<uint32_t>(value); }
uint64_t F64(double value) { return std::bit_cast<uint64_t>(value); }

// The values of `text` that its digits make unique: `count` parameters of each type, in turns.
constexpr int kOfEachType = 20;

class StubsTest : public TierTest {
 protected:
  static std::string ManyTypes(const char* keyword) {
    return std::string("(") + keyword + Repeat(kOfEachType, " i32 i64 f32 f64") + ")";
  }
  static Slots ManyValues() {
    Slots values;
    for (int i = 0; i < kOfEachType; ++i) {
      values.push_back(0xf0000000u + i);
      values.push_back(0x123456789abcdef0u + i);
      values.push_back(F32(1.5f + i));
      values.push_back(F64(-2.25 * i));
    }
    return values;
  }
};

TEST_F(StubsTest, ManyParametersAndResultsThroughMachineCode) {
  // $first (machine) -> $second (interpreter) -> $third (machine) -> $last (interpreter).
  const std::string type = "(type $t (func " + ManyTypes("param") + ManyTypes("result") + "))";
  const std::string locals = Repeat(4 * kOfEachType, "(local.get %d)");
  Instance& m = Instantiate("(module " + type +
                            "(func $first (export \"first\") (type $t) unreachable)"
                            "(func $second (type $t) " +
                            locals +
                            " (call $third))"
                            "(func $third (type $t) unreachable)"
                            "(func $last (type $t) " +
                            locals +
                            ")"
                            "(func (export \"main\") (type $t) " +
                            locals + " (call $first)))");
  Replace(m, 0, CallPiece(SlotOf(m, 1)));
  Replace(m, 2, CallPiece(SlotOf(m, 3)));
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Call(m, "first", ManyValues()), ManyValues());
    EXPECT_EQ(Call(m, "main", ManyValues()), ManyValues());
  }
  EXPECT_EQ(resolved_calls_, 12);
}

TEST_F(StubsTest, HostFunctionWithManyParametersAndResults) {
  Slots seen;
  const auto callback = [&](runtime::VMContext* caller, uint64_t* slots) {
    EXPECT_NE(caller, nullptr);
    seen.assign(slots, slots + 4 * kOfEachType);
    std::reverse(slots, slots + 4 * kOfEachType);
    return absl::OkStatus();
  };
  FuncType type;
  for (int i = 0; i < kOfEachType; ++i) {
    for (auto param : {runtime::kI32, runtime::kI64, runtime::kF32, runtime::kF64}) {
      type.params.push_back(param);
      type.results.insert(type.results.begin(), param);
    }
  }
  runtime::HostFunction* const host = store_->NewHostFunction(type, callback);
  const std::string results = "(result" + Repeat(kOfEachType, " f64 f32 i64 i32") + ")";
  Instance& m =
      Instantiate("(module (import \"\" \"\" (func " + ManyTypes("param") + results +
                      ")) (func (export \"f\") " + ManyTypes("param") + results + " unreachable))",
                  {ExternValue(&host->reference())});
  Replace(m, 1, CallPiece(host->entry()));
  Slots reversed = ManyValues();
  std::reverse(reversed.begin(), reversed.end());
  EXPECT_EQ(Call(m, "f", ManyValues()), reversed);
  EXPECT_EQ(seen, ManyValues());
  // As a tail call.
  Replace(m, 1, TailCallPiece(host->entry()));
  EXPECT_EQ(Call(m, "f", ManyValues()), reversed);
}

TEST_F(StubsTest, VectorsTakeTwoSlots) {
  FuncType type;
  type.params.push_back(runtime::kI32);
  for (int i = 0; i < 10; ++i) type.params.push_back(runtime::kV128);
  type.params.push_back(runtime::kF32);
  type.params.push_back(runtime::kV128);
  type.results = {runtime::kV128, runtime::kI32, runtime::kV128};
  Slots seen;
  runtime::HostFunction* const host =
      store_->NewHostFunction(type, [&](runtime::VMContext*, uint64_t* slots) {
        seen.assign(slots, slots + 24);
        for (int i = 0; i < 5; ++i) slots[i] = 70 + i;
        return absl::OkStatus();
      });
  const std::string text = "(param i32" + Repeat(10, " v128") + " f32 v128) (result v128 i32 v128)";
  Instance& m = Instantiate("(module (import \"\" \"\" (func " + text + ")) (func (export \"f\") " +
                                text + " unreachable))",
                            {ExternValue(&host->reference())});
  Replace(m, 1, CallPiece(host->entry()));
  Slots arguments;
  for (int i = 0; i < 24; ++i) arguments.push_back(i + 1);
  EXPECT_THAT(Call(m, "f", arguments), ElementsAre(70, 71, 72, 73, 74));
  EXPECT_EQ(seen, arguments);
}

TEST_F(StubsTest, HostFunctionThatFailsOrCallsBack) {
  Instance* instance = nullptr;
  Slots nested;
  FuncType type{{runtime::kI64}, {runtime::kI64}};
  runtime::HostFunction* const host =
      store_->NewHostFunction(type, [&](runtime::VMContext*, uint64_t* slots) -> absl::Status {
        if (slots[0] == 0) return absl::InternalError("host says no");
        if (slots[0] == 1) return absl::OkStatus();
        slots[0] = Call(*instance, "f", {slots[0] - 1})[0] + 10;
        return absl::OkStatus();
      });
  Instance& m = Instantiate(R"((module
    (import "" "" (func $host (param i64) (result i64)))
    (func $f (export "f") (param i64) (result i64) unreachable)
    (func $g (export "g") (param i64) (result i64)
      (i64.add (i64.const 100) (call $f (local.get 0))))))",
                            {ExternValue(&host->reference())});
  instance = &m;
  Replace(m, 1, CallPiece(host->entry(), 0x77));
  EXPECT_THAT(Call(m, "g", {1}), ElementsAre(101));
  EXPECT_THAT(Call(m, "g", {5}), ElementsAre(141));
  const std::string trap = CallToTrap(m, "g", {0});
  EXPECT_THAT(trap, HasSubstr("host says no"));
  EXPECT_THAT(trap, HasSubstr("0: function 1 <f> at 0x77"));
  EXPECT_THAT(trap, HasSubstr("1: function 2 <g>"));
  EXPECT_THAT(Call(m, "g", {1}), ElementsAre(101));
}

TEST_F(StubsTest, TrapsThroughAllTiers) {
  Instance& m = Instantiate(R"((module
    (func $trap (param i32) (result i32) (i32.div_u (i32.const 1) (local.get 0)))
    (func $machine (param i32) (result i32) unreachable)
    (func $middle (param i32) (result i32) (i32.add (i32.const 1) (call $machine (local.get 0))))
    (func $outer (param i32) (result i32) unreachable)
    (func (export "main") (param i32) (result i32)
      (i32.add (i32.const 1) (call $outer (local.get 0))))))");
  Replace(m, 1, CallPiece(SlotOf(m, 0), 0x11));
  Replace(m, 3, CallPiece(SlotOf(m, 2), 0x33));
  EXPECT_THAT(Call(m, "main", {1}), ElementsAre(3));
  const std::string trap = CallToTrap(m, "main", {0});
  EXPECT_THAT(trap, testing::MatchesRegex("integer divide by zero\n"
                                          "  0: function 0 <trap> at .*\n"
                                          "  1: function 1 <machine> at 0x11\n"
                                          "  2: function 2 <middle> at .*\n"
                                          "  3: function 3 <outer> at 0x33\n"
                                          "  4: function 4 .*"));
}

TEST_F(StubsTest, TrapThunks) {
  Instance& m = Instantiate(R"((module
    (func $f (export "f") (param i32) (result i32) unreachable)
    (func (export "main") (param i32) (result i32)
      (i32.add (i32.const 1) (call $f (local.get 0))))))");
  const void* const thunk = stubs_->trap(runtime::TrapCode::kIntegerOverflow);
  Replace(m, 0,
          {[&](Assembler& a, Positions& positions) {
             Prologue(a);
             a.mov(asmjit::x86::rax, reinterpret_cast<uint64_t>(thunk));
             a.call(asmjit::x86::rax);
             positions.push_back({static_cast<uint32_t>(a.offset()), 0x55});
           },
           kPrologueSize});
  const std::string trap = CallToTrap(m, "main", {0});
  EXPECT_THAT(trap, HasSubstr("integer overflow\n  0: function 0 <f> at 0x55\n  1: function 1"));
}

TEST_F(StubsTest, RecursionThroughAllTiersExhaustsTheStack) {
  Instance& m = Instantiate(R"((module
    (func $f (export "f") (param i32) (result i32) (i32.add (i32.const 1) (call $g (local.get 0))))
    (func $g (export "g") (param i32) (result i32) unreachable)))");
  Replace(m, 1, CallPiece(SlotOf(m, 0), 0x99));
  for (int i = 0; i < 3; ++i) {
    for (const char* start : {"f", "g"}) {
      const std::string trap = CallToTrap(m, start, {0});
      EXPECT_THAT(trap, HasSubstr("call stack exhausted"));
      EXPECT_THAT(trap, HasSubstr("function 0 <f>"));
      EXPECT_THAT(trap, HasSubstr("function 1 <g> at 0x99"));
      EXPECT_THAT(trap, HasSubstr("more"));
    }
  }
}

TEST_F(StubsTest, MachineCodeAloneExhaustsTheStack) {
  Instance& m = Instantiate(R"((module
    (func $f (export "f") (param i32) (result i32) unreachable)))");
  Replace(m, 0, CallPiece(SlotOf(m, 0), 0x99));
  for (int i = 0; i < 3; ++i) {
    const std::string trap = CallToTrap(m, "f", {0});
    EXPECT_THAT(trap, HasSubstr("call stack exhausted\n  0: function 0 <f> at 0x99"));
  }
}

// Two or three functions that tail-call each other in a circle, counting down, in every combination
// of tiers and of instances.
class TailCallCircle : public StubsTest, public testing::WithParamInterface<int> {};

TEST_P(TailCallCircle, AMillionDeep) {
  // $a counts; the others hand on. Machine code is what hands on, so $b and $c may be either.
  const bool b_is_machine = (GetParam() & 1) != 0;
  const bool c_is_machine = (GetParam() & 2) != 0;
  const bool other_instance = (GetParam() & 4) != 0;
  const bool from_machine = (GetParam() & 8) != 0;
  const std::string type =
      "(type $t (func (param i64 i64 f64 i32 i32 i32 i32 i32) (result i64 f64)))";
  const std::string all = Repeat(8, "(local.get %d)");
  const auto module = [&](const std::string& functions) {
    return "(module " + type + functions + ")";
  };
  const std::string count = R"(
    (func $a (export "a") (type $t)
      (if (i64.eqz (local.get 0)) (then (return (local.get 1) (local.get 2))))
      (return_call_indirect (type $t) (i64.sub (local.get 0) (i64.const 1))
        (i64.add (local.get 1) (local.get 0)) (f64.add (local.get 2) (f64.const 0.5))
        (local.get 3) (local.get 4) (local.get 5) (local.get 6) (local.get 7) (i32.const 1)))
    (func (export "start") (type $t) )" +
                            all + "(call $a)) ";
  const std::string hand_on = "(func $b (export \"b\") (type $t) " + all +
                              "(return_call_indirect (type $t) " + "(i32.const 2)))" +
                              "(func $c (export \"c\") (type $t) " + all +
                              "(return_call_indirect (type $t) " + "(i32.const 0)))";
  Instance* first = nullptr;
  Instance* second = nullptr;
  if (other_instance) {
    first = &Instantiate(module("(table (export \"table\") 3 funcref)" + count));
    second = &Instantiate(module("(import \"\" \"\" (table 3 funcref))" + hand_on),
                          {first->FindExport("table").value()});
  } else {
    first = &Instantiate(module("(table 3 funcref)" + count + hand_on));
    second = first;
  }
  runtime::Table& functions = first->table(0);
  const uint32_t b = Function(*second, "b")->index;
  const uint32_t c = Function(*second, "c")->index;
  const uint32_t start = Function(*first, "start")->index;
  functions.Set(0, reinterpret_cast<uint64_t>(Function(*first, "a")));
  functions.Set(1, reinterpret_cast<uint64_t>(Function(*second, "b")));
  functions.Set(2, reinterpret_cast<uint64_t>(Function(*second, "c")));
  // Machine code that hands on to a function of the other instance changes the context.
  const auto jump = [&](Instance& to, uint32_t function) {
    return Piece{[&to, function](Assembler& a, Positions&) {
                   a.mov(asmjit::x86::rdi, reinterpret_cast<uint64_t>(&to.context()));
                   a.mov(asmjit::x86::r10, reinterpret_cast<uint64_t>(SlotOf(to, function)));
                   a.jmp(asmjit::x86::ptr(asmjit::x86::r10));
                 },
                 0};
  };
  if (b_is_machine) Replace(*second, b, jump(*second, c));
  if (c_is_machine) Replace(*second, c, jump(*first, Function(*first, "a")->index));
  if (from_machine) Replace(*first, start, CallPiece(SlotOf(*first, 0)));
  constexpr uint64_t kDeep = 1'000'000;
  EXPECT_THAT(Call(*first, "start", {kDeep, 7, F64(0.25), 1, 2, 3, 4, 5}),
              ElementsAre(kDeep * (kDeep + 1) / 2 + 7, F64(0.5 * kDeep + 0.25)));
}
INSTANTIATE_TEST_SUITE_P(AllTiers, TailCallCircle, testing::Range(0, 16));

}  // namespace
}  // namespace wasmtier::test
