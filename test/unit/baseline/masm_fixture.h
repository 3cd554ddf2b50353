// Runs single operations of the MacroAssembler on plain function pointers: operands in any place,
// and every register that the operation must leave alone is checked.
#ifndef WASMTIER_TEST_UNIT_BASELINE_MASM_FIXTURE_H_
#define WASMTIER_TEST_UNIT_BASELINE_MASM_FIXTURE_H_

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "runtime/code_space.h"
#include "runtime/trap.h"
#include "tiers/baseline/masm.h"
#include "tiers/baseline/x64/cpu.h"

namespace wasmtier::test {

using baseline::Address;
using baseline::CpuLevel;
using baseline::Masm;
using baseline::Operand;
using baseline::Register;
using baseline::Type;
using runtime::TrapCode;

inline constexpr Register Gp(uint8_t number) { return {number, false}; }
inline constexpr Register Xmm(uint8_t number) { return {number, true}; }
// What holds the address of the Exchange in the functions made here.
inline constexpr Register kExchange = Gp(7);

// What a test function reads and writes.
struct Exchange {
  uint64_t trap_address = 0;  // return address that the trap thunk was called with
  uint64_t operands[4] = {};
  uint64_t result = 0;
  uint64_t before[32] = {};  // integer registers, then float registers
  uint64_t after[32] = {};
};

class MasmTest : public testing::TestWithParam<CpuLevel> {
 protected:
  static constexpr uint32_t kFrameBytes = 256;
  static constexpr int32_t kFrameSlots[4] = {-256, -240, -224, -208};

  // One of the operation's operands and how it gets there.
  struct Given {
    Type type;
    Operand place;
  };

  MasmTest() : space_(runtime::CodeSpace::Create().value()) {
    baseline::LimitCpu(GetParam());
    MakeThunks();
    masm_ = std::make_unique<Masm>(*space_, thunks_);
  }
  ~MasmTest() override {
    Drop();
    baseline::LimitCpu(CpuLevel::kHost);
  }

  static std::vector<Register> TestedRegisters() {
    std::vector<Register> registers;
    const baseline::RegisterRoles& roles = baseline::Roles();
    for (auto list : {roles.integer_temporaries, roles.preserved_homes, roles.integer_homes,
                      roles.float_temporaries, roles.float_homes}) {
      registers.insert(registers.end(), list.begin(), list.end());
    }
    std::erase(registers, kExchange);
    return registers;
  }
  static size_t Index(Register reg) { return reg.number + (reg.is_float ? 16 : 0); }
  static int32_t OffsetOf(const uint64_t& field, const Exchange& exchange) {
    return static_cast<int32_t>(reinterpret_cast<const char*>(&field) -
                                reinterpret_cast<const char*>(&exchange));
  }
  static int32_t BeforeOffset(Register reg) {
    return static_cast<int32_t>(offsetof(Exchange, before) + Index(reg) * 8);
  }

  // Bytes that are code of their own.
  const uint8_t* AddBytes(std::span<const uint8_t> bytes) {
    auto buffer = space_->Allocate(bytes.size()).value();
    std::memcpy(buffer.writable, bytes.data(), bytes.size());
    auto code = std::make_unique<runtime::CompiledCode>();
    code->begin = buffer.executable;
    code->size = static_cast<uint32_t>(bytes.size());
    space_->Add(std::move(code), buffer);
    return buffer.executable;
  }

  // Makes a function of `operation`, whose operands come from Exchange::operands; afterwards the
  // destination is in Exchange::result.
  void Make(std::vector<Given> given, Type result_type, Register destination,
            const std::function<void(Masm&)>& operation, std::string* listing = nullptr) {
    Drop();
    given_ = std::move(given);
    destination_ = destination;
    const baseline::RegisterRoles& roles = baseline::Roles();
    Masm& m = *masm_;
    m.Reset(listing);
    m.set_module_offset(1);
    m.Prologue(kFrameBytes, roles.preserved_homes, /*check_stack=*/false);
    for (Register reg : TestedRegisters()) {
      m.LoadWord(reg.is_float ? Type::kF64 : Type::kI64, reg, {kExchange, {}, BeforeOffset(reg)});
    }
    for (size_t i = 0; i < given_.size(); ++i) {
      const Address from = {
          kExchange, {}, static_cast<int32_t>(offsetof(Exchange, operands) + 8 * i)};
      const Operand& place = given_[i].place;
      if (place.kind == Operand::Kind::kFrame) {
        m.LoadWord(Type::kI64, Gp(0), from);
        m.StoreWord(Type::kI64, {Gp(5), {}, place.offset}, Operand::In(Gp(0)));
      } else if (place.IsRegister()) {
        m.LoadWord(given_[i].type, place.reg, from);
      }
    }
    m.set_module_offset(kOperationOffset);
    operation(m);
    m.set_module_offset(2);
    // The upper half too: it must be zero for an i32.
    m.StoreWord(result_type == Type::kI32 ? Type::kI64 : result_type,
                {kExchange, {}, offsetof(Exchange, result)}, Operand::In(destination));
    for (Register reg : TestedRegisters()) {
      m.StoreWord(reg.is_float ? Type::kF64 : Type::kI64,
                  {kExchange, {}, static_cast<int32_t>(offsetof(Exchange, after) + Index(reg) * 8)},
                  Operand::In(reg));
    }
    m.LoadImmediate(Gp(0), 0);
    m.Epilogue(roles.preserved_homes);
    m.Return();
    Publish();
  }

  void Publish() {
    auto code = std::make_unique<runtime::CompiledCode>();
    auto buffer = masm_->Finish(code.get());
    ASSERT_TRUE(buffer.ok()) << buffer.status();
    code_ = space_->Add(std::move(code), *buffer);
  }

  template <typename Function>
  Function Entry() const {
    return reinterpret_cast<Function>(const_cast<uint8_t*>(code_->begin));
  }

  // Runs it; false (after a failure was reported) if a register changed that must not.
  TrapCode Run(Exchange* exchange) {
    for (size_t i = 0; i < 32; ++i) exchange->before[i] = 0x1111111100000000 * (i + 1) + 77 * i;
    exchange->result = 0xabababababababab;
    const uint64_t trap = Entry<uint64_t (*)(Exchange*)>()(exchange);
    return static_cast<TrapCode>(trap);
  }

  // After a Run that did not trap: registers other than the destination are as before.
  std::string ChangedRegisters(const Exchange& exchange, bool is_division) const {
    static const std::vector<Register> tested = TestedRegisters();
    for (Register reg : tested) {
      if (reg == destination_ || (is_division && reg == Gp(2))) continue;
      uint64_t expected = exchange.before[Index(reg)];
      uint64_t mask = UINT64_MAX;
      for (size_t i = 0; i < given_.size(); ++i) {
        if (!given_[i].place.Is(reg)) continue;
        expected = exchange.operands[i];
        if (!baseline::Is64(given_[i].type)) mask = UINT32_MAX;
      }
      if (((exchange.after[Index(reg)] ^ expected) & mask) != 0) {
        return (reg.is_float ? "xmm" : "integer register ") + std::to_string(reg.number);
      }
    }
    return {};
  }

  void Drop() {
    if (code_ != nullptr) space_->Remove(code_);
    code_ = nullptr;
  }

  static constexpr uint32_t kOperationOffset = 0x1234;

  std::unique_ptr<runtime::CodeSpace> space_;
  baseline::Thunks thunks_;
  std::unique_ptr<Masm> masm_;
  const runtime::CompiledCode* code_ = nullptr;
  std::vector<Given> given_;
  Register destination_;

 private:
  // Thunks that leave the test function with the trap's code, whose frame has all homes saved.
  void MakeThunks() {
    for (size_t i = 1; i <= static_cast<size_t>(TrapCode::kHostError); ++i) {
      const uint8_t bytes[] = {0xb8, static_cast<uint8_t>(i),
                               0,    0,
                               0,  // mov eax, i
                               0x48, 0x8b,
                               0x0c, 0x24,  // mov rcx, [rsp]
                               0x48, 0x8b,
                               0x55, 0xf8,  // mov rdx, [rbp - 8]
                               0x48, 0x89,
                               0x0a,  // mov [rdx], rcx
                               0x48, 0x8b,
                               0x5d, 0xf0,  // mov rbx, [rbp - 16] ...
                               0x4c, 0x8b,
                               0x65, 0xe8,
                               0x4c, 0x8b,
                               0x6d, 0xe0,  // r12, r13
                               0x4c, 0x8b,
                               0x75, 0xd8,
                               0x4c, 0x8b,
                               0x7d, 0xd0,   // r14, r15
                               0xc9, 0xc3};  // leave; ret
      thunks_.traps[i] = AddBytes(bytes);
    }
  }
};

inline std::string LevelName(const testing::TestParamInfo<CpuLevel>& level) {
  constexpr const char* kNames[] = {"sse4", "avx", "avx2", "host"};
  return kNames[static_cast<size_t>(level.param)];
}
#define MASM_TEST_LEVELS(Fixture)                                                         \
  INSTANTIATE_TEST_SUITE_P(                                                               \
      Cpu, Fixture,                                                                       \
      testing::Values(CpuLevel::kSse4, CpuLevel::kAvx, CpuLevel::kAvx2, CpuLevel::kHost), \
      LevelName)

}  // namespace wasmtier::test

#endif  // WASMTIER_TEST_UNIT_BASELINE_MASM_FIXTURE_H_
