// How functions change tiers: at their first call, at any call, in a loop, when they are too large
// for the interpreter; machine code is written by hand.
#include <map>

#include "test/unit/baseline/tier_fixture.h"

namespace wasmtier::test {
namespace {

using asmjit::x86::ptr;
using asmjit::x86::rax;
using asmjit::x86::rdi;
using asmjit::x86::rsi;
using runtime::HotReason;
using runtime::Instance;
using runtime::kCallHotness;
using testing::ElementsAre;
using testing::HasSubstr;

class TiersTest : public TierTest {
 protected:
  int32_t FirstCountdown(uint32_t) override { return countdown_; }
  bool CompileAtFirstCall(ModuleCode&, uint32_t function) override {
    return compile_at_first_call_ && compile_at_first_call_(function);
  }
  bool CompileInstead(ModuleCode&, uint32_t function) override {
    return compile_instead_ && compile_instead_(function);
  }
  int32_t OnHot(ModuleCode&, uint32_t function, HotReason reason) override {
    ++hot_[reason];
    if (on_hot_) on_hot_(function);
    return countdown_;
  }
  const void* FindOsrEntry(ModuleCode&, uint32_t, uint32_t loop) override {
    asked_loops_.push_back(loop);
    return loop == osr_loop_ ? osr_entry_ : nullptr;
  }

  // Returns its first parameter plus a constant.
  static Piece AddPiece(uint32_t addend) {
    return {[=](Assembler& a, Positions&) {
              a.lea(rax, ptr(rsi, static_cast<int32_t>(addend)));
              a.ret();
            },
            0};
  }

  int32_t countdown_ = INT32_MAX;
  std::function<bool(uint32_t)> compile_at_first_call_;
  std::function<bool(uint32_t)> compile_instead_;
  std::function<void(uint32_t)> on_hot_;
  std::map<HotReason, int> hot_;
  std::vector<uint32_t> asked_loops_;
  uint32_t osr_loop_ = UINT32_MAX;
  const void* osr_entry_ = nullptr;
};

constexpr char kIdentity[] = R"((module
  (func $f (export "f") (param i32) (result i32) (local.get 0))
  (func (export "main") (param i32) (result i32)
    (i32.add (i32.const 1000) (call $f (local.get 0))))))";

TEST_F(TiersTest, CompilesAtTheFirstCallIfAsked) {
  Instance& m = Instantiate(kIdentity);
  int asked = 0;
  compile_at_first_call_ = [&](uint32_t function) {
    ++asked;
    if (function != 0) return false;
    Replace(m, 0, AddPiece(7));
    return true;
  };
  EXPECT_THAT(Call(m, "main", {1}), ElementsAre(1008));
  EXPECT_EQ(asked, 2);
  EXPECT_THAT(Call(m, "main", {1}), ElementsAre(1008));
  EXPECT_THAT(Call(m, "f", {1}), ElementsAre(8));
  EXPECT_EQ(asked, 2);
}

TEST_F(TiersTest, ACallTakesItsWeightFromTheCountdown) {
  countdown_ = kCallHotness * 10;
  Instance& m = Instantiate(kIdentity);
  for (int i = 0; i < 10; ++i) Call(m, "f", {1});
  EXPECT_EQ(hot_[HotReason::kCalls], 0);
  Call(m, "f", {1});
  EXPECT_EQ(hot_[HotReason::kCalls], 1);
  EXPECT_EQ(m.context().hotness[0], kCallHotness * 10);
}

TEST_F(TiersTest, AHotCallRunsTheNewCodeAtOnce) {
  countdown_ = kCallHotness * 3;
  Instance& m = Instantiate(kIdentity);
  on_hot_ = [&](uint32_t function) {
    if (function == 0) Replace(m, 0, AddPiece(7));
  };
  for (int i = 0; i < 3; ++i) EXPECT_THAT(Call(m, "f", {1}), ElementsAre(1));
  EXPECT_THAT(Call(m, "f", {1}), ElementsAre(8));
  EXPECT_EQ(hot_[HotReason::kCalls], 1);
  EXPECT_THAT(Call(m, "main", {1}), ElementsAre(1008));
}

TEST_F(TiersTest, AHotCallFromMachineCodeRunsTheNewCodeAtOnce) {
  countdown_ = kCallHotness * 3;
  Instance& m = Instantiate(R"((module
    (func $f (export "f") (param i32 i64 i64 i64 i64 i64 i64) (result i32) (local i32 i32)
      (i32.add (local.get 0) (i32.add (local.get 7) (local.get 8))))
    (func (export "g") (param i32 i64 i64 i64 i64 i64 i64) (result i32) unreachable)))");
  // Machine code keeps entering the interpreter here: its stub stays in the entry slot.
  Replace(m, 1, CallPiece(SlotOf(m, 0)));
  on_hot_ = [&](uint32_t) { Replace(m, 0, AddPiece(7)); };
  for (int i = 0; i < 3; ++i) EXPECT_THAT(Call(m, "g", {1, 2, 3, 4, 5, 6, 7}), ElementsAre(1));
  EXPECT_THAT(Call(m, "g", {1, 2, 3, 4, 5, 6, 7}), ElementsAre(8));
  EXPECT_EQ(hot_[HotReason::kCalls], 1);
}

// Sums up; $f's loops have the ordinals 0 and 1, since code that is never reached does not count.
constexpr char kLoops[] = R"((module
  (func $f (export "f") (param $n i32) (result i32 i64) (local $sum i64) (local $i i32)
    (block $done
      (loop $first
        (br_if $done (i32.ge_u (local.get $i) (local.get $n)))
        (local.set $sum (i64.add (local.get $sum) (i64.const 1)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $first)
        (loop $unreachable (br $unreachable))))
    (local.set $i (i32.const 0))
    (i32.const 55) (i64.const 66)
    (loop $second (param i64) (result i64)
      (i64.add (local.get $sum))
      (br_if $second
        (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n)))))
  (func (export "main") (param i32) (result i32 i64) (call $f (local.get 0))
    (i64.add (i64.const 1)))
  (func (export "tail") (param i32) (result i32 i64) (return_call $f (local.get 0)))
  (func (export "machine") (param i32) (result i32 i64) unreachable)))";

TEST_F(TiersTest, AsksForTheLoopsByTheirOrdinals) {
  countdown_ = 1;
  Instance& m = Instantiate(kLoops);
  EXPECT_THAT(Call(m, "f", {5}), ElementsAre(55, 66 + 25));
  EXPECT_GT(hot_[HotReason::kLoop], 2);
  EXPECT_THAT(asked_loops_, testing::Each(testing::AnyOf(0, 1)));
  EXPECT_THAT(asked_loops_, testing::Contains(0));
  EXPECT_THAT(asked_loops_, testing::Contains(1));
  EXPECT_TRUE(std::is_sorted(asked_loops_.begin(), asked_loops_.end()));
}

class OsrTest : public TiersTest {
 protected:
  // Loads the interpreter's frame and goes on to the rest of $f: what it returns says what it
  // found. Locals: n, sum, i at 0 to 2, the header at 3, operands from 4 on.
  void PrepareEntry(Instance& m, uint32_t loop) {
    const runtime::CompiledCode* const code =
        Add(m, 0,
            {[&](Assembler& a, Positions&) {
               a.mov(asmjit::x86::rcx, reinterpret_cast<uint64_t>(store_->block().call_area));
               if (loop == 0) {
                 a.mov(rax, ptr(rsi, 8 * 1));  // sum
                 a.imul(rax, rax, 100);
                 a.add(rax, ptr(rsi, 8 * 2));  // i
                 a.mov(ptr(asmjit::x86::rcx), rax);
                 a.mov(rax, ptr(rsi));  // n
               } else {
                 a.mov(rax, ptr(rsi, 8 * 5));  // the loop's parameter
                 a.mov(ptr(asmjit::x86::rcx), rax);
                 a.mov(rax, ptr(rsi, 8 * 4));  // the operand below
               }
               a.ret();
             },
             0});
    Publish(m, 0, code);
    // The function itself stays in the interpreter.
    m.code().function_states()[0].bytecode.store(bytecode_);
    SlotOf(m, 0)->store(reinterpret_cast<void*>(&runtime::wasmtier_first_call));
    osr_entry_ = code->begin;
    osr_loop_ = loop;
  }
  Instance& Prepare(uint32_t loop, uint32_t iteration) {
    countdown_ = 1'000'000;
    Instance& m = Instantiate(kLoops);
    Call(m, "f", {1});
    bytecode_ = m.code().function_states()[0].bytecode.load();
    PrepareEntry(m, loop);
    Replace(m, 3, CallPiece(SlotOf(m, 0)));
    Restart(m, iteration);
    return m;
  }
  // The countdown runs out at the jump back number `iteration` of $f.
  void Restart(Instance& m, uint32_t iteration) {
    m.context().hotness[0] = runtime::kCallHotness + static_cast<int32_t>(iteration) - 1;
  }
  const uint8_t* bytecode_ = nullptr;
};

TEST_F(OsrTest, LeavesTheFirstLoop) {
  Instance& m = Prepare(0, 3);
  EXPECT_THAT(Call(m, "f", {10}), ElementsAre(10, 303));
  Restart(m, 4);
  EXPECT_THAT(Call(m, "main", {10}), ElementsAre(10, 405));
  Restart(m, 5);
  EXPECT_THAT(Call(m, "tail", {10}), ElementsAre(10, 505));
  Restart(m, 6);
  EXPECT_THAT(Call(m, "machine", {10}), ElementsAre(10, 606));
  EXPECT_THAT(asked_loops_, ElementsAre(0, 0, 0, 0));
}

TEST_F(OsrTest, LeavesALoopWithParameters) {
  // 10 iterations of the first, then 3 of the second: each adds 10.
  Instance& m = Prepare(1, 13);
  EXPECT_THAT(Call(m, "f", {10}), ElementsAre(55, 66 + 30));
  Restart(m, 14);
  EXPECT_THAT(Call(m, "main", {10}), ElementsAre(55, 66 + 40 + 1));
  Restart(m, 14);
  EXPECT_THAT(Call(m, "machine", {10}), ElementsAre(55, 66 + 40));
}

// The increment and the comparison of a counted loop happen once, whoever goes on.
TEST_F(TiersTest, LeavesACountedLoopAfterItsIncrement) {
  countdown_ = 1'000'000;
  Instance& m = Instantiate(R"((module
    (func $f (export "f") (param $n i32) (result i32) (local $i i32)
      (loop $l
        (local.set $i (i32.add (local.get $i) (i32.const 3)))
        (br_if $l (i32.lt_u (local.get $i) (local.get $n))))
      (local.get $i))))");
  EXPECT_THAT(Call(m, "f", {30}), ElementsAre(30));
  const auto* const bytecode = m.code().function_states()[0].bytecode.load();
  const runtime::CompiledCode* const code = Add(m, 0,
                                                {[&](Assembler& a, Positions&) {
                                                   a.mov(rax, ptr(rsi, 8));
                                                   a.add(rax, 1000);
                                                   a.ret();
                                                 },
                                                 0});
  Publish(m, 0, code);
  m.code().function_states()[0].bytecode.store(bytecode);
  osr_entry_ = code->begin;
  osr_loop_ = 0;
  m.context().hotness[0] = runtime::kCallHotness + 3;
  EXPECT_THAT(Call(m, "f", {30}), ElementsAre(1012));
}

TEST_F(TiersTest, FramesTooLargeForTheInterpreterRunInMachineCode) {
  const std::string text = R"((module
    (type $t (func (param i32) (result i32)))
    (func $f (export "f") (type $t) (local)" +
                           Repeat(40000, " v128") + R"() (local.get 0))
    (func (export "main") (type $t) (call $f (local.get 0)))
    (func (export "tail") (type $t) (return_call $f (local.get 0)))
    (func (export "machine") (type $t) unreachable)))";
  Instance& m = Instantiate(text);
  Replace(m, 3, CallPiece(SlotOf(m, 0)));
  EXPECT_THAT(CallToTrap(m, "main", {1}), HasSubstr("needs a frame of 80"));
  EXPECT_THAT(CallToTrap(m, "machine", {1}), HasSubstr("needs a frame of 80"));
  compile_instead_ = [&](uint32_t function) {
    EXPECT_EQ(function, 0u);
    Replace(m, 0, AddPiece(7));
    return true;
  };
  EXPECT_THAT(Call(m, "machine", {1}), ElementsAre(8));
  EXPECT_THAT(Call(m, "main", {1}), ElementsAre(8));
  EXPECT_THAT(Call(m, "tail", {1}), ElementsAre(8));
  EXPECT_THAT(Call(m, "f", {1}), ElementsAre(8));
}

class AskTest : public TiersTest {
 protected:
  bool AskAtEveryCall() override { return true; }
  const void* ResolveCall(ModuleCode& code, uint32_t function) override {
    ++resolved_calls_;
    if (machine_) return code.FindCompiled(function)->begin;
    return stubs_->For(code.module().function_type(function)).value().interpreter;
  }
  bool machine_ = false;
};

TEST_F(AskTest, EveryCallIsAsked) {
  Instance& m = Instantiate(R"((module
    (type $t (func (param i32) (result i32)))
    (func $f (export "f") (type $t) (local.get 0))
    (func $g (export "g") (type $t) (call $f (local.get 0)))
    (func (export "tail") (type $t) (return_call $f (local.get 0)))))");
  Replace(m, 0, AddPiece(7));
  Replace(m, 1, CallPiece(SlotOf(m, 0)));
  // By function: machine code or the interpreter; and what machine code's calls get.
  std::map<uint32_t, bool> machine;
  std::map<uint32_t, int> asked;
  compile_at_first_call_ = [&](uint32_t function) {
    ++asked[function];
    return machine[function];
  };
  for (int round = 0; round < 2; ++round) {
    for (const bool f : {false, true}) {
      machine[0] = f;
      machine_ = f;  // the entry slot asks again
      machine[1] = false;
      EXPECT_THAT(Call(m, "f", {1}), ElementsAre(f ? 8 : 1));
      EXPECT_THAT(Call(m, "g", {1}), ElementsAre(f ? 8 : 1));
      EXPECT_THAT(Call(m, "tail", {1}), ElementsAre(f ? 8 : 1));
      EXPECT_EQ(asked[0], 3);
      EXPECT_EQ(asked[1], 1);
      asked.clear();
    }
    machine[1] = true;
    machine_ = true;
    resolved_calls_ = 0;
    EXPECT_THAT(Call(m, "g", {1}), ElementsAre(8));
    EXPECT_EQ(resolved_calls_, 2);
    EXPECT_EQ(asked[0], 0);
    EXPECT_EQ(asked[1], 1);
    asked.clear();
    // Machine code is told to go to the interpreter: that call is not asked about once more.
    machine_ = false;
    EXPECT_THAT(Call(m, "g", {1}), ElementsAre(1));
    EXPECT_EQ(asked[0], 1);  // by the bytecode of $g, which runs instead of its machine code
    EXPECT_EQ(asked[1], 1);
    asked.clear();
  }
}

}  // namespace
}  // namespace wasmtier::test
