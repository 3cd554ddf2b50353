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

void Masm::AddToCounter(uint32_t* counter, uint32_t amount) {
  Assembler& as = *assembler_;
  if (as.first_counter == nullptr) as.first_counter = counter;
  const int32_t immediate = static_cast<int32_t>(amount);
  as.pending = {Assembler::Target::Kind::kAddress, 0, 0, reinterpret_cast<uint64_t>(counter)};
  const bool is_byte = immediate == static_cast<int8_t>(immediate);
  as.emitter.emit(Inst::kIdAdd, x86::ptr(x86::rip, 0, 4), asmjit::imm(immediate));
  as.NoteTarget(is_byte ? 1 : 4);
}

}  // namespace wasmtier::baseline
