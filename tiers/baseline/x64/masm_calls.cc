// Calls and counters.
#include <cstdio>

#include "tiers/baseline/x64/assembler.h"

namespace wasmtier::baseline {
namespace {

constexpr const char* kRuntimeCallNames[] = {
#define RUNTIME_CALL(Name, operands, results) "call runtime: " #Name,
#include "runtime/runtime_calls.def"
#undef RUNTIME_CALL
};

}  // namespace

void Masm::Assembler::LoadSlotAddress(const std::atomic<void*>* slot) {
  char text[48];
  text[0] = 0;
  if (listing != nullptr) {
    std::snprintf(text, sizeof text, "mov r10, entry slot %td", slot - entries);
  }
  const uint64_t address = reinterpret_cast<uint64_t>(slot);
  // Always the long form, so that code has the same length in every process.
  EmitBytes({0x49, 0xba, static_cast<uint8_t>(address), static_cast<uint8_t>(address >> 8),
             static_cast<uint8_t>(address >> 16), static_cast<uint8_t>(address >> 24),
             static_cast<uint8_t>(address >> 32), static_cast<uint8_t>(address >> 40),
             static_cast<uint8_t>(address >> 48), static_cast<uint8_t>(address >> 56)},
            text);
}

void Masm::CallSlot(std::atomic<void*>* slot) {
  assembler_->LoadSlotAddress(slot);
  CallSlotRegister();
}

void Masm::CallSlotRegister() {
  assembler_->Emit(Inst::kIdCall, x86::ptr(x86::r10, 0, 8));
  assembler_->NoteReturnAddress();
}

void Masm::LoadSlotRegister(Address from) {
  assembler_->Emit(Inst::kIdMov, x86::r10, Assembler::At(from, 8));
}

void Masm::TailCallSlot(std::atomic<void*>* slot) {
  assembler_->LoadSlotAddress(slot);
  TailCallSlotRegister();
}

void Masm::TailCallSlotRegister() { assembler_->Emit(Inst::kIdJmp, x86::ptr(x86::r10, 0, 8)); }

void Masm::CallRuntime(runtime::RuntimeCall call, int32_t offset, uint32_t immediate,
                       uint32_t immediate2) {
  Assembler& as = *assembler_;
  as.Emit(Inst::kIdLea, x86::rsi, as.Frame(offset, 8));
  as.Emit(Inst::kIdMov, x86::eax, asmjit::imm(static_cast<uint32_t>(call)));
  as.LoadConstant(kRdx, immediate);
  as.LoadConstant(kRcx, immediate2);
  as.CallThunk(as.thunks.runtime_call, kRuntimeCallNames[static_cast<size_t>(call)]);
  as.NoteReturnAddress();
}

// Memory that the next instruction addresses, `bytes_behind` before its end.
void Masm::Assembler::PrepareCounter(const void* counter) {
  if (first_counter == nullptr) first_counter = static_cast<const uint32_t*>(counter);
  pending = {Target::Kind::kAddress, 0, 0, reinterpret_cast<uint64_t>(counter)};
}

void Masm::AddToCounter(uint32_t* counter, uint32_t amount) {
  Assembler& as = *assembler_;
  as.PrepareCounter(counter);
  const int32_t immediate = static_cast<int32_t>(amount);
  const bool is_byte = immediate == static_cast<int8_t>(immediate);
  as.emitter.emit(Inst::kIdAdd, x86::ptr(x86::rip, 0, 4), asmjit::imm(immediate));
  as.NoteTarget(is_byte ? 1 : 4);
}

void Masm::LoadCounter(Register destination, const int32_t* counter) {
  Assembler& as = *assembler_;
  as.PrepareCounter(counter);
  as.Emit(Inst::kIdMov, as.R32(destination), x86::ptr(x86::rip, 0, 4));
}

void Masm::StoreCounter(int32_t* counter, Register source) {
  Assembler& as = *assembler_;
  as.PrepareCounter(counter);
  as.Emit(Inst::kIdMov, x86::ptr(x86::rip, 0, 4), as.R32(source));
}

void Masm::CountDown(int32_t* counter, Label below_zero) {
  Assembler& as = *assembler_;
  as.PrepareCounter(counter);
  as.emitter.emit(Inst::kIdSub, x86::ptr(x86::rip, 0, 4), asmjit::imm(1));
  as.NoteTarget(1);
  as.JumpIf(CondCode::kL, below_zero);
}

// Processors that fuse a subtraction and a jump do so for this condition.
void Masm::CountDown(Register counter, Label below_zero) {
  Assembler& as = *assembler_;
  as.Emit(Inst::kIdSub, as.R32(counter), asmjit::imm(1));
  as.JumpIf(CondCode::kL, below_zero);
}

void Masm::CallHot(runtime::HotCounters* counters, uint32_t loop, uint32_t operands) {
  Assembler& as = *assembler_;
  as.Emit(Inst::kIdMov, x86::rdi, as.Frame(-8, 8));
  as.PrepareCounter(counters);
  as.Emit(Inst::kIdLea, x86::rsi, x86::ptr(x86::rip, 0, 8));
  as.LoadConstant(kRdx, loop);
  as.LoadConstant(kRcx, operands);
  as.CallThunk(as.thunks.hot, "call hot");
  as.NoteReturnAddress();
}

void Masm::JumpToResult() { assembler_->Emit(Inst::kIdJmp, x86::rax); }

}  // namespace wasmtier::baseline
