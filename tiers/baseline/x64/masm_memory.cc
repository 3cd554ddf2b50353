// Linear memory.
#include <cstddef>

#include "tiers/baseline/x64/assembler.h"

namespace wasmtier::baseline {

x86::Mem Masm::Assembler::Access(Register base, const Operand& address, uint64_t offset) {
  const x86::Gp from = R64(base);
  if (address.IsRegister()) {
    return x86::ptr(from, R64(address.reg), 0, static_cast<int32_t>(offset));
  }
  if (address.IsConstant()) {
    const uint64_t sum = address.bits + offset;
    if (sum >= offset && sum <= INT32_MAX) return x86::ptr(from, static_cast<int32_t>(sum));
  }
  MoveInteger(/*is_64=*/true, kRax, address);
  return x86::ptr(from, x86::rax, 0, static_cast<int32_t>(offset));
}

x86::Mem Masm::Assembler::CheckedAccess(Register view, const Operand& address, uint64_t offset,
                                        uint32_t bytes, bool is_64) {
  using runtime::MemoryView;
  using runtime::TrapCode;
  const x86::Mem size = x86::ptr(R64(view), offsetof(MemoryView, byte_size), 8);
  const x86::Mem base = x86::ptr(R64(view), offsetof(MemoryView, base), 8);
  // rax = end of the access, compared with the memory's size.
  uint64_t span;  // address to end
  if (__builtin_add_overflow(offset, uint64_t{bytes}, &span)) {
    masm->Trap(TrapCode::kMemoryOutOfBounds);
    span = 0;
  }
  if (address.IsConstant()) {
    uint64_t end;
    if (__builtin_add_overflow(address.bits, span, &end)) {
      masm->Trap(TrapCode::kMemoryOutOfBounds);
      end = 0;
    }
    if (end <= INT32_MAX) {
      Emit(Inst::kIdCmp, size, asmjit::imm(end));
      TrapJump(CondCode::kB, TrapCode::kMemoryOutOfBounds);
      Emit(Inst::kIdMov, x86::rax, base);
      return x86::ptr(x86::rax, static_cast<int32_t>(end - bytes));
    }
    LoadConstant(kRax, end);
  } else if (!is_64) {
    // A 32-bit address and a 32-bit offset do not overflow 64 bits.
    if (address.IsRegister() && span <= INT32_MAX) {
      Emit(Inst::kIdLea, x86::rax, x86::ptr(R64(address.reg), static_cast<int32_t>(span)));
    } else {
      LoadConstant(kRax, span);
      Emit(Inst::kIdAdd, x86::rax, Source(/*is_64=*/true, address, kRcx));
    }
  } else {
    MoveInteger(/*is_64=*/true, kRax, address);
    Emit(Inst::kIdAdd, x86::rax, Source(/*is_64=*/true, Operand::Constant(span), kRcx));
    TrapJump(CondCode::kB, TrapCode::kMemoryOutOfBounds);
  }
  Emit(Inst::kIdCmp, x86::rax, size);
  TrapJump(CondCode::kA, TrapCode::kMemoryOutOfBounds);
  Emit(Inst::kIdAdd, x86::rax, base);
  return x86::ptr(x86::rax, -static_cast<int32_t>(bytes));
}

void Masm::Assembler::LoadFrom(Opcode opcode, Register destination, x86::Mem memory) {
  if (TypesOf(opcode).result == Type::kV128) {
    LoadVectorFrom(opcode, destination, memory);
    return;
  }
  InstId instruction = Inst::kIdMov;
  bool is_64 = false;
  switch (opcode) {
    case Opcode::kI32Load:
    case Opcode::kI64Load32U:
      break;
    case Opcode::kI64Load:
      is_64 = true;
      break;
    case Opcode::kF32Load:
      memory.setSize(4);
      return Emit(Pick({Inst::kIdMovss, Inst::kIdVmovss}), X(destination), memory);
    case Opcode::kF64Load:
      memory.setSize(8);
      return Emit(Pick({Inst::kIdMovsd, Inst::kIdVmovsd}), X(destination), memory);
    case Opcode::kI32Load8S:
    case Opcode::kI32Load16S:
      instruction = Inst::kIdMovsx;
      break;
    case Opcode::kI64Load8S:
    case Opcode::kI64Load16S:
      instruction = Inst::kIdMovsx;
      is_64 = true;
      break;
    case Opcode::kI64Load32S:
      instruction = Inst::kIdMovsxd;
      is_64 = true;
      break;
    default:
      instruction = Inst::kIdMovzx;
      break;
  }
  memory.setSize(decode::AccessBits(opcode) / 8);
  Emit(instruction, R(is_64, destination), memory);
}

void Masm::Assembler::StoreTo(Opcode opcode, const Operand& value, x86::Mem memory) {
  if (opcode == Opcode::kV128Store) return StoreVectorTo(value, memory);
  const uint32_t bytes = decode::AccessBits(opcode) / 8;
  memory.setSize(bytes);
  if (value.IsConstant()) {  // of floats too
    int32_t immediate;
    if (FitsImmediate(bytes == 8, value.bits, &immediate)) {
      NoteFault();
      if (bytes == 1)
        return Emit(Inst::kIdMov, memory, asmjit::imm(static_cast<int8_t>(immediate)));
      if (bytes == 2) {
        return Emit(Inst::kIdMov, memory, asmjit::imm(static_cast<int16_t>(immediate)));
      }
      return Emit(Inst::kIdMov, memory, asmjit::imm(immediate));
    }
  }
  if (value.IsRegister() && value.reg.is_float) {
    NoteFault();
    return Emit(bytes == 8 ? Pick({Inst::kIdMovsd, Inst::kIdVmovsd})
                           : Pick({Inst::kIdMovss, Inst::kIdVmovss}),
                memory, X(value.reg));
  }
  Register from = InRegister(bytes == 8, value, kRcx);
  NoteFault();
  switch (bytes) {
    case 1:
      return Emit(Inst::kIdMov, memory, R8(from));
    case 2:
      return Emit(Inst::kIdMov, memory, R16(from));
    default:
      return Emit(Inst::kIdMov, memory, R(bytes == 8, from));
  }
}

void Masm::Load(Opcode opcode, Register destination, Register base, const Operand& address,
                uint64_t offset) {
  x86::Mem memory = assembler_->Access(base, address, offset);
  assembler_->NoteFault();
  assembler_->LoadFrom(opcode, destination, memory);
}

void Masm::Store(Opcode opcode, const Operand& value, Register base, const Operand& address,
                 uint64_t offset) {
  assembler_->StoreTo(opcode, value, assembler_->Access(base, address, offset));
}

void Masm::LoadChecked(Opcode opcode, Register destination, Register view, const Operand& address,
                       uint64_t offset, bool is_64) {
  x86::Mem memory =
      assembler_->CheckedAccess(view, address, offset, decode::AccessBits(opcode) / 8, is_64);
  assembler_->LoadFrom(opcode, destination, memory);
}

void Masm::StoreChecked(Opcode opcode, const Operand& value, Register view, const Operand& address,
                        uint64_t offset, bool is_64) {
  x86::Mem memory =
      assembler_->CheckedAccess(view, address, offset, decode::AccessBits(opcode) / 8, is_64);
  assembler_->StoreTo(opcode, value, memory);
}

}  // namespace wasmtier::baseline
