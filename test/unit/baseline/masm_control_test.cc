// Moves, selections, jumps, frames and calls of the MacroAssembler.
#include <array>
#include <limits>

#include "runtime/vm_context.h"
#include "test/unit/baseline/masm_fixture.h"
#include "tiers/decode/opcode.h"

namespace wasmtier::test {
namespace {

using baseline::Condition;
using baseline::Label;
using decode::Opcode;

class MasmControlTest : public MasmTest {
 protected:
  uint64_t RunWith(std::array<uint64_t, 4> operands) {
    Exchange exchange;
    for (size_t i = 0; i < 4; ++i) exchange.operands[i] = operands[i];
    EXPECT_EQ(Run(&exchange), TrapCode::kNone);
    EXPECT_EQ(ChangedRegisters(exchange, false), "");
    last_ = exchange;
    return exchange.result;
  }
  Exchange last_;
};

TEST_P(MasmControlTest, MovesAndSpills) {
  for (Type type : {Type::kI32, Type::kI64, Type::kF32, Type::kF64}) {
    const bool is_float = baseline::IsFloat(type);
    const Register reg = is_float ? Xmm(9) : Gp(13);
    const Register destination = is_float ? Xmm(3) : Gp(8);
    const uint64_t mask = baseline::Is64(type) ? UINT64_MAX : UINT32_MAX;
    for (uint64_t bits : {uint64_t{0}, uint64_t{1}, uint64_t{0x80000000}, uint64_t{0xffffffff},
                          uint64_t{0x3ff0000000000000}, uint64_t{0x8000000000000000}, UINT64_MAX}) {
      bits &= mask;
      for (const Operand& from : {Operand::In(reg), Operand::In(destination),
                                  Operand::InFrame(kFrameSlots[0]), Operand::Constant(bits)}) {
        Make({{type, from}}, type, destination, [&](Masm& m) { m.Move(type, destination, from); });
        EXPECT_EQ(RunWith({bits}) & mask, bits);
        // Through another slot that held something before; of an i32 all 64 bits count.
        Make({{type, from}, {Type::kI64, Operand::InFrame(kFrameSlots[1])}},
             is_float ? type : Type::kI64, destination, [&](Masm& m) {
               m.Spill(type, kFrameSlots[1], from);
               m.Move(is_float ? type : Type::kI64, destination, Operand::InFrame(kFrameSlots[1]));
             });
        EXPECT_EQ(RunWith({bits, UINT64_MAX}) & (is_float ? mask : UINT64_MAX), bits);
      }
    }
  }
  // The upper half of an i32 in a register is cleared.
  for (Register from : {Gp(13), Gp(8)}) {
    Make({{Type::kI64, Operand::In(from)}}, Type::kI32, Gp(8),
         [&](Masm& m) { m.Move(Type::kI32, Gp(8), Operand::In(from)); });
    Exchange exchange;
    exchange.operands[0] = UINT64_MAX;
    Run(&exchange);
    EXPECT_EQ(exchange.result, 0xffffffffu);
  }
}

TEST_P(MasmControlTest, SelectsInEveryPlace) {
  struct Case {
    Opcode compare;
    std::array<uint64_t, 2> yes, no;
  };
  const uint64_t nan = 0x7ff8000000000000;
  const uint64_t one = 0x3ff0000000000000;
  const uint64_t two = 0x4000000000000000;
  const Case cases[] = {{Opcode::kI32LtS, {0xffffffff, 1}, {1, 0xffffffff}},
                        {Opcode::kI32LtU, {1, 0xffffffff}, {0xffffffff, 1}},
                        {Opcode::kI32Eq, {1, 1}, {1, 2}},
                        {Opcode::kF64Eq, {one, one}, {one, two}},
                        {Opcode::kF64Eq, {one, one}, {nan, nan}},
                        {Opcode::kF64Ne, {one, two}, {two, two}},
                        {Opcode::kF64Ne, {nan, nan}, {two, two}},
                        {Opcode::kF64Lt, {one, two}, {nan, two}},
                        {Opcode::kF64Ge, {two, two}, {two, nan}}};
  for (const Case& test : cases) {
    const bool of_floats = test.compare >= Opcode::kF64Eq;
    const Register x = of_floats ? Xmm(10) : Gp(14);
    const Register y = of_floats ? Xmm(11) : Gp(15);
    const Type compared = of_floats ? Type::kF64 : Type::kI32;
    for (Type type : {Type::kI32, Type::kI64, Type::kF32, Type::kF64}) {
      const bool is_float = baseline::IsFloat(type);
      const Register a = is_float ? Xmm(2) : Gp(6);
      const Register b = is_float ? Xmm(9) : Gp(13);
      const Register c = is_float ? Xmm(5) : Gp(8);
      const uint64_t mask = baseline::Is64(type) ? UINT64_MAX : UINT32_MAX;
      const uint64_t va = 0xa123456789abcdef & mask;
      const uint64_t vb = 0x5fedcba987654321 & mask;
      for (const Operand& pa :
           {Operand::In(a), Operand::InFrame(kFrameSlots[2]), Operand::Constant(va)}) {
        for (const Operand& pb :
             {Operand::In(b), Operand::InFrame(kFrameSlots[3]), Operand::Constant(vb)}) {
          for (Register destination : {a, b, c}) {
            for (bool negated : {false, true}) {
              Make({{compared, Operand::In(x)}, {compared, Operand::In(y)}, {type, pa}, {type, pb}},
                   type, destination, [&](Masm& m) {
                     Condition condition = m.Compare(test.compare, Operand::In(x), Operand::In(y));
                     if (negated) condition = baseline::Negate(condition);
                     m.SelectIf(condition, type, destination, pa, pb);
                   });
              const bool is_f32 = type == Type::kF32;
              uint64_t yes = RunWith({test.yes[0], test.yes[1], va, vb});
              uint64_t no = RunWith({test.no[0], test.no[1], va, vb});
              if (is_f32) yes &= mask, no &= mask;
              ASSERT_EQ(yes, negated ? vb : va) << decode::Name(test.compare);
              ASSERT_EQ(no, negated ? va : vb) << decode::Name(test.compare);
            }
          }
        }
      }
    }
  }
}

TEST_P(MasmControlTest, JumpTables) {
  for (uint32_t size : {1, 2, 3, 4, 5, 40}) {
    for (const Operand& index : {Operand::In(Gp(6)), Operand::InFrame(kFrameSlots[0])}) {
      Make({{Type::kI32, index}}, Type::kI32, Gp(8), [&](Masm& m) {
        std::vector<Label> targets;
        for (uint32_t i = 0; i < size; ++i) targets.push_back(m.NewLabel());
        Label done = m.NewLabel();
        m.JumpTable(index, targets);
        for (uint32_t i = 0; i < size; ++i) {
          m.Bind(targets[i]);
          m.LoadImmediate(Gp(8), i + 100);
          m.Jump(done);
        }
        m.Bind(done);
      });
      for (uint32_t i : {0u, 1u, 2u, 3u, 4u, 38u, 39u, 40u, 0x7fffffffu, 0x80000000u, UINT32_MAX}) {
        ASSERT_EQ(RunWith({i}), 100 + std::min(i, size - 1)) << size;
      }
    }
  }
}

TEST_P(MasmControlTest, JumpsBackwards) {
  // Bodies around the reach of a short jump.
  for (int padding = 0; padding < 60; ++padding) {
    Make({{Type::kI32, Operand::In(Gp(6))}}, Type::kI32, Gp(8), [&](Masm& m) {
      Label loop = m.NewLabel();
      m.LoadImmediate(Gp(8), 0);
      m.Bind(loop);
      for (int i = 0; i < padding; ++i) m.LoadFrameAddress(Gp(0), -8);
      m.Binary(Opcode::kI32Add, Gp(8), Operand::In(Gp(8)), Operand::Constant(7));
      Label out = m.NewLabel();
      const Condition less = m.Compare(Opcode::kI32LtU, Operand::In(Gp(8)), Operand::In(Gp(6)));
      if (padding % 2 == 0) return m.JumpIf(less, loop);
      m.JumpIf(baseline::Negate(less), out);
      m.Jump(loop);
      m.Bind(out);
    });
    EXPECT_EQ(RunWith({100}), 105u);
  }
}

TEST_P(MasmControlTest, ColdCodeAndScaledAddressesAndWords) {
  Make({{Type::kI64, Operand::In(Gp(6))}, {Type::kI64, Operand::In(Gp(13))}}, Type::kI64, Gp(8),
       [&](Masm& m) {
         Label cold = m.NewLabel();
         Label done = m.NewLabel();
         m.ScaledAdd(Type::kI64, Gp(8), Gp(6), Gp(13), 3);
         m.CompareWord(Operand::In(Gp(8)), {kExchange, {}, offsetof(Exchange, operands) + 16});
         m.JumpIf(Condition::kAbove, cold);
         m.Bind(done);
         m.Cold(cold, [&m, done] {
           Label colder = m.NewLabel();
           m.Jump(colder);
           m.Cold(colder, [&m, done] {
             m.Binary(Opcode::kI64DivS, Gp(8), Operand::In(Gp(8)), Operand::In(Gp(13)));
             m.Jump(done);
           });
         });
       });
  Exchange exchange;
  exchange.operands[0] = 100;
  exchange.operands[1] = 5;
  exchange.operands[2] = 140;
  Run(&exchange);
  EXPECT_EQ(exchange.result, 140u);
  exchange.operands[2] = 139;
  Run(&exchange);
  EXPECT_EQ(exchange.result, 28u);
  Make({{Type::kI64, Operand::In(Gp(6))}}, Type::kI64, Gp(8), [&](Masm& m) {
    const int32_t offset = offsetof(Exchange, operands);
    m.LoadImmediate(Gp(8), 0);
    Label out = m.NewLabel();
    m.CompareWord32({kExchange, {}, offset}, 0xfffffffe);
    m.JumpIf(Condition::kNotEqual, out);
    m.LoadFrameAddress(Gp(8), -24);
    m.LoadWord(Type::kI32, Gp(8), {kExchange, Gp(8), offset});  // overwritten below
    m.LoadImmediate(Gp(8), 1);
    m.Bind(out);
  });
  exchange.operands[0] = 7;
  Run(&exchange);
  EXPECT_EQ(exchange.result, 0u);
}

TEST_P(MasmControlTest, FramesOfAnySize) {
  for (uint32_t frame : {8u, 48u, 56u, 4000u, 4096u, 4104u, 20000u, 65536u, 100000u}) {
    for (bool check : {false, true}) {
      Drop();
      Masm& m = *masm_;
      const auto homes = baseline::Roles().preserved_homes.subspan(0, frame < 48 ? 0 : 2);
      m.Reset(nullptr);
      m.Prologue(frame, homes, check);
      if (!homes.empty()) m.LoadImmediate(homes[1], 3);
      m.Spill(Type::kI64, -static_cast<int32_t>(frame), Operand::Constant(5));
      m.Move(Type::kI64, Gp(0), Operand::InFrame(-static_cast<int32_t>(frame)));
      m.Epilogue(homes);
      m.Return();
      Publish();
      EXPECT_GT(code_->prologue_size, 4u);
      runtime::StoreBlock* block = new runtime::StoreBlock();
      runtime::VMContext context = {};
      context.store_block = block;
      const uint64_t result = Entry<uint64_t (*)(runtime::VMContext*)>()(&context);
      EXPECT_EQ(result, frame == 8 ? reinterpret_cast<uint64_t>(&context) * 0 + 5 : 5u) << frame;
      delete block;
    }
  }
}

TEST_P(MasmControlTest, StackCheckTrapsAtTheCaller) {
  // The caller is a function made by Make; the callee's check fails before it has a frame.
  Masm callee(*space_, thunks_);
  callee.Reset(nullptr);
  callee.Prologue(64, {}, /*check_stack=*/true);
  callee.Epilogue({});
  callee.Return();
  auto code = std::make_unique<runtime::CompiledCode>();
  auto buffer = callee.Finish(code.get()).value();
  const runtime::CompiledCode* added = space_->Add(std::move(code), buffer);
  std::atomic<void*> slot = const_cast<uint8_t*>(added->begin);
  Make({}, Type::kI64, Gp(8), [&](Masm& m) {
    // The trap thunk finds the Exchange in the caller's frame.
    m.LoadWord(Type::kI64, kExchange, {kExchange, {}, offsetof(Exchange, operands)});
    m.CallSlot(&slot);
    m.LoadWord(Type::kI64, kExchange, {Gp(5), {}, -8});
  });
  auto block = std::make_unique<runtime::StoreBlock>();
  runtime::VMContext context = {};
  context.store_block = block.get();
  Exchange exchange;
  exchange.operands[0] = reinterpret_cast<uint64_t>(&context);
  EXPECT_EQ(Run(&exchange), TrapCode::kNone);
  block->native_limit = reinterpret_cast<uint8_t*>(UINTPTR_MAX);
  EXPECT_EQ(Run(&exchange), TrapCode::kCallStackExhausted);
  uint32_t offset = 0;
  EXPECT_TRUE(code_->FindPosition(reinterpret_cast<uint8_t*>(exchange.trap_address), &offset));
  EXPECT_EQ(offset, kOperationOffset);
  Drop();
  space_->Remove(added);
}

TEST_P(MasmControlTest, CallsAreNotedAtTheirReturnAddress) {
  // mov rax, [rsp]; mov [rdi], rax; ret
  const uint8_t bytes[] = {0x48, 0x8b, 0x04, 0x24, 0x48, 0x89, 0x07, 0xc3};
  std::atomic<void*> slot = const_cast<uint8_t*>(AddBytes(bytes));
  for (bool by_register : {false, true}) {
    Make({{Type::kI64, Operand::In(Gp(12))}}, Type::kI32, Gp(8), [&](Masm& m) {
      if (by_register) {
        m.LoadSlotRegister({kExchange, {}, offsetof(Exchange, operands) + 8});
        m.CallSlotRegister();
      } else {
        m.CallSlot(&slot);
      }
      // An access right behind it has a position of its own.
      m.set_module_offset(99);
      m.Load(Opcode::kI32Load, Gp(8), Gp(12), Operand::Constant(0), 0);
    });
    Exchange exchange;
    uint32_t memory = 17;
    exchange.operands[0] = reinterpret_cast<uint64_t>(&memory);
    exchange.operands[1] = reinterpret_cast<uint64_t>(&slot);
    EXPECT_EQ(Run(&exchange), TrapCode::kNone);
    EXPECT_EQ(exchange.result, 17u);
    uint32_t offset = 0;
    const auto* pc = reinterpret_cast<const uint8_t*>(exchange.trap_address);
    ASSERT_TRUE(code_->FindPosition(pc, &offset));
    EXPECT_EQ(offset, kOperationOffset);
    ASSERT_TRUE(code_->FindPosition(pc + 1, &offset));
    EXPECT_EQ(offset, 99u);
  }
}

TEST_P(MasmControlTest, TailCallsLeaveNoFrame) {
  // mov eax, 321; ret
  const uint8_t bytes[] = {0xb8, 0x41, 0x01, 0, 0, 0xc3};
  std::atomic<void*> slot = const_cast<uint8_t*>(AddBytes(bytes));
  Masm& m = *masm_;
  m.Reset(nullptr);
  m.Prologue(64, baseline::Roles().preserved_homes, false);
  for (Register home : baseline::Roles().preserved_homes) m.LoadImmediate(home, 1);
  m.Epilogue(baseline::Roles().preserved_homes);
  m.TailCallSlot(&slot);
  Publish();
  EXPECT_EQ(Entry<uint32_t (*)(void*)>()(nullptr), 321u);
}

TEST_P(MasmControlTest, RuntimeCallsPassOperandsAndImmediates) {
  // mov [rdi], rax; mov [rdi + 8], rsi; mov [rdi + 16], rdx; mov [rdi + 24], rcx; ret
  const uint8_t bytes[] = {0x48, 0x89, 0x07, 0x48, 0x89, 0x77, 0x08, 0x48,
                           0x89, 0x57, 0x10, 0x48, 0x89, 0x4f, 0x18, 0xc3};
  thunks_.runtime_call = AddBytes(bytes);
  Drop();
  masm_ = std::make_unique<Masm>(*space_, thunks_);
  Make({}, Type::kI64, Gp(8), [&](Masm& m) {
    m.CallRuntime(runtime::RuntimeCall::kTableCopy, -100, 0, 0xfffffff0);
    m.LoadFrameAddress(Gp(8), -100);
  });
  Exchange exchange;
  Run(&exchange);
  EXPECT_EQ(exchange.trap_address, static_cast<uint64_t>(runtime::RuntimeCall::kTableCopy));
  EXPECT_EQ(exchange.operands[0], exchange.result);
  EXPECT_EQ(exchange.operands[1], 0u);
  EXPECT_EQ(exchange.operands[2], 0xfffffff0u);
}

TEST_P(MasmControlTest, Counters) {
  auto* counters = static_cast<uint32_t*>(space_->AllocateData(16));
  ASSERT_NE(counters, nullptr);
  Make({}, Type::kI64, Gp(8), [&](Masm& m) {
    m.AddToCounter(&counters[1], 1);
    m.AddToCounter(&counters[0], 1000);
    m.AddToCounter(&counters[2], 128);
    m.AddToCounter(&counters[2], UINT32_MAX);
    m.LoadImmediate(Gp(8), 0);
  });
  EXPECT_EQ(RunWith({}), 0u);
  EXPECT_EQ(RunWith({}), 0u);
  EXPECT_EQ(counters[0], 2000u);
  EXPECT_EQ(counters[1], 2u);
  EXPECT_EQ(counters[2], 254u);
  space_->FreeData(counters, 16);
}

TEST_P(MasmControlTest, ListingsAreTheSameEveryTime) {
  std::atomic<void*> slots[8] = {};
  auto* counters = static_cast<uint32_t*>(space_->AllocateData(16));
  std::string first;
  for (int i = 0; i < 2; ++i) {
    masm_->set_entries(slots);
    auto make = [&](Masm& m) {
      m.Comment("call 5");
      m.CallSlot(&slots[5]);
      m.AddToCounter(&counters[2], 1);
      Label label = m.NewLabel();
      m.Bind(label);
      m.Binary(Opcode::kF64Add, Xmm(3), Operand::In(Xmm(3)), Operand::Constant(0x4000000000000000));
      m.Binary(Opcode::kI32DivU, Gp(8), Operand::In(Gp(8)), Operand::In(Gp(6)));
      m.JumpIf(Condition::kBelow, label);
    };
    std::string text;
    Make({}, Type::kI64, Gp(8), make, &text);
    EXPECT_NE(text.find("; call 5\n"), std::string::npos);
    EXPECT_NE(text.find("mov r10, entry slot 5\n"), std::string::npos) << text;
    EXPECT_NE(text.find("[constant 0x4000000000000000]\n"), std::string::npos) << text;
    EXPECT_NE(text.find("[counter 0], 1\n"), std::string::npos) << text;
    EXPECT_NE(text.find("je trap: integer divide by zero\n"), std::string::npos) << text;
    if (i == 0) {
      first = text;
      Make({}, Type::kI64, Gp(8), make);  // another address, other labels
    } else {
      EXPECT_EQ(text, first);
    }
  }
  space_->FreeData(counters, 16);
}

TEST_P(MasmControlTest, AnUnboundLabelIsAnError) {
  masm_->Reset(nullptr);
  masm_->Jump(masm_->NewLabel());
  runtime::CompiledCode code;
  EXPECT_FALSE(masm_->Finish(&code).ok());
  Make({}, Type::kI64, Gp(8), [&](Masm& m) { m.LoadImmediate(Gp(8), 12); });
  EXPECT_EQ(RunWith({}), 12u);
}

MASM_TEST_LEVELS(MasmControlTest);

}  // namespace
}  // namespace wasmtier::test
