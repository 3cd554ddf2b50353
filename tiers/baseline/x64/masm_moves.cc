// Labels, the frame, moves and constants.
#include <cstddef>

#include "tiers/baseline/x64/assembler.h"

namespace wasmtier::baseline {
namespace {

constexpr int32_t kPageBytes = 4096;
constexpr int32_t kMaxProbedBytes = 64 * 1024;

int32_t OffsetOfHome(Register reg) {
  int32_t offset = -16;
  for (Register home : Roles().preserved_homes) {
    if (home == reg) break;
    offset -= 8;
  }
  return offset;
}

}  // namespace

Label Masm::NewLabel() { return assembler_->NewLabel(); }
void Masm::Bind(Label label) { assembler_->Bind(label); }
void Masm::AlignLoop() { assembler_->emitter.align(asmjit::AlignMode::kCode, 16); }

void Masm::Prologue(uint32_t frame_bytes, std::span<const Register> saved, bool check_stack) {
  Assembler& as = *assembler_;
  const bool is_first = as.Offset() == 0;
  // rbp and the return address lie above the frame.
  const int32_t bytes = static_cast<int32_t>((frame_bytes + 15) & ~15u);
  if (check_stack || bytes > kMaxProbedBytes) {
    // Before the frame is set up all is as at the caller's call: so jumping to the thunk, which
    // takes the return address for the place of the trap, reports it there.
    as.Emit(Inst::kIdMov, x86::rax,
            x86::ptr(x86::rdi, offsetof(runtime::VMContext, store_block), 8));
    as.Emit(Inst::kIdLea, x86::r11, x86::ptr(x86::rsp, -bytes - 8));
    as.Emit(Inst::kIdCmp, x86::r11,
            x86::ptr(x86::rax, offsetof(runtime::StoreBlock, native_limit), 8));
    as.EmitBytes({0x0f, 0x82, 0, 0, 0, 0}, "jb trap of the caller: call stack exhausted");
    const void* thunk =
        as.thunks.traps[static_cast<size_t>(runtime::TrapCode::kCallStackExhausted)];
    as.targets.push_back(
        {Assembler::Target::Kind::kAddress, 0, as.Offset() - 4, reinterpret_cast<uint64_t>(thunk)});
  }
  as.Emit(Inst::kIdPush, x86::rbp);
  as.Emit(Inst::kIdMov, x86::rbp, x86::rsp);
  as.Emit(Inst::kIdPush, x86::rdi);
  if (!check_stack && bytes <= kMaxProbedBytes) {
    for (int32_t probe = kPageBytes; probe < bytes; probe += kPageBytes) {
      as.Emit(Inst::kIdTest, x86::ptr(x86::rbp, -probe, 1), x86::al);
    }
    if (bytes > kPageBytes) as.Emit(Inst::kIdTest, x86::ptr(x86::rbp, -bytes, 1), x86::al);
  }
  if (bytes > 8) as.Emit(Inst::kIdSub, x86::rsp, asmjit::imm(bytes - 8));
  for (Register home : saved) {
    as.Emit(Inst::kIdMov, Assembler::Frame(OffsetOfHome(home), 8), as.R64(home));
  }
  if (is_first) as.prologue_size = as.Offset();
}

void Masm::Epilogue(std::span<const Register> saved) {
  Assembler& as = *assembler_;
  for (Register home : saved) {
    as.Emit(Inst::kIdMov, as.R64(home), Assembler::Frame(OffsetOfHome(home), 8));
  }
  as.Emit(Inst::kIdLeave);
}

void Masm::Return() { assembler_->Emit(Inst::kIdRet); }

void Masm::Move(Type type, Register destination, const Operand& source) {
  if (IsVector(type)) return assembler_->MoveVector(destination, source);
  if (IsFloat(type)) return assembler_->MoveFloat(Is64(type), destination, source);
  assembler_->MoveInteger(Is64(type), destination, source);
}

void Masm::Spill(Type type, int32_t offset, const Operand& source) {
  StoreWord(type, Address{Register{5, false}, {}, offset}, source);
}

void Masm::LoadWord(Type type, Register destination, Address from) {
  Assembler& as = *assembler_;
  switch (type) {
    case Type::kI32:
      return as.Emit(Inst::kIdMov, as.R32(destination), as.At(from, 4));
    case Type::kI64:
      return as.Emit(Inst::kIdMov, as.R64(destination), as.At(from, 8));
    case Type::kF32:
      return as.Emit(as.Pick({Inst::kIdMovss, Inst::kIdVmovss}), as.X(destination), as.At(from, 4));
    case Type::kF64:
      return as.Emit(as.Pick({Inst::kIdMovsd, Inst::kIdVmovsd}), as.X(destination), as.At(from, 8));
    case Type::kV128:
      return as.Emit(as.Pick({Inst::kIdMovups, Inst::kIdVmovups}), as.X(destination),
                     as.At(from, 16));
  }
}

void Masm::StoreWord(Type type, Address to, const Operand& source) {
  Assembler& as = *assembler_;
  if (IsVector(type)) return as.StoreVector(to, source);
  const uint32_t float_bytes = type == Type::kF32 ? 4 : 8;
  switch (source.kind) {
    case Operand::Kind::kRegister:
      // All 64 bits of an i32 too: its upper half is zero, and a later load of any width forwards.
      if (!IsFloat(type)) return as.Emit(Inst::kIdMov, as.At(to, 8), as.R64(source.reg));
      return as.Emit(
          as.Pick(type == Type::kF32 ? FloatInstruction{Inst::kIdMovss, Inst::kIdVmovss}
                                     : FloatInstruction{Inst::kIdMovsd, Inst::kIdVmovsd}),
          as.At(to, float_bytes), as.X(source.reg));
    case Operand::Kind::kFrame:
      if (Is64(type)) {
        as.Emit(Inst::kIdMov, x86::rax, as.Frame(source.offset, 8));
      } else {
        as.Emit(Inst::kIdMov, x86::eax, as.Frame(source.offset, 4));
      }
      return as.Emit(Inst::kIdMov, as.At(to, 8), x86::rax);
    case Operand::Kind::kConstant: {
      int32_t immediate;
      if (Assembler::FitsImmediate(true, source.bits, &immediate)) {
        return as.Emit(Inst::kIdMov, as.At(to, 8), asmjit::imm(immediate));
      }
      as.LoadConstant(kRax, source.bits);
      return as.Emit(Inst::kIdMov, as.At(to, 8), x86::rax);
    }
  }
}

void Masm::LoadImmediate(Register destination, uint64_t value) {
  assembler_->LoadConstant(destination, value);
}

void Masm::LoadFrameAddress(Register destination, int32_t offset) {
  assembler_->Emit(Inst::kIdLea, assembler_->R64(destination), assembler_->Frame(offset, 8));
}

void Masm::Assembler::LoadConstant(Register destination, uint64_t value, bool keep_flags) {
  if (value == 0 && !keep_flags) {
    Emit(Inst::kIdXor, R32(destination), R32(destination));
  } else if (value <= UINT32_MAX) {
    Emit(Inst::kIdMov, R32(destination), asmjit::imm(static_cast<uint32_t>(value)));
  } else {
    Emit(Inst::kIdMov, R64(destination), asmjit::imm(value));
  }
}

void Masm::Assembler::MoveInteger(bool is_64, Register destination, const Operand& source,
                                  bool keep_flags) {
  switch (source.kind) {
    case Operand::Kind::kRegister:
      if (is_64 && source.reg == destination) return;
      return Emit(Inst::kIdMov, R(is_64, destination), R(is_64, source.reg));
    case Operand::Kind::kFrame:
      return Emit(Inst::kIdMov, R(is_64, destination), Frame(source.offset, is_64 ? 8 : 4));
    case Operand::Kind::kConstant:
      return LoadConstant(destination, source.bits, keep_flags);
  }
}

Register Masm::Assembler::InRegister(bool is_64, const Operand& operand, Register scratch) {
  if (operand.IsRegister()) return operand.reg;
  MoveInteger(is_64, scratch, operand);
  return scratch;
}

asmjit::Operand Masm::Assembler::Source(bool is_64, const Operand& operand, Register scratch) {
  switch (operand.kind) {
    case Operand::Kind::kRegister:
      return R(is_64, operand.reg);
    case Operand::Kind::kFrame:
      return Frame(operand.offset, is_64 ? 8 : 4);
    case Operand::Kind::kConstant:
      break;
  }
  int32_t immediate;
  if (FitsImmediate(is_64, operand.bits, &immediate)) return asmjit::imm(immediate);
  LoadConstant(scratch, operand.bits);
  return R64(scratch);
}

asmjit::Operand Masm::Assembler::SourceNotImmediate(bool is_64, const Operand& operand,
                                                    Register scratch) {
  if (!operand.IsConstant()) return Source(is_64, operand, scratch);
  LoadConstant(scratch, operand.bits, /*keep_flags=*/true);
  return R(is_64, scratch);
}

Register Masm::Assembler::InFloatRegister(bool is_64, const Operand& operand, Register scratch) {
  if (operand.IsRegister()) return operand.reg;
  MoveFloat(is_64, scratch, operand);
  return scratch;
}

asmjit::Operand Masm::Assembler::FloatSource(bool is_64, const Operand& operand) {
  const uint32_t size = is_64 ? 8 : 4;
  switch (operand.kind) {
    case Operand::Kind::kRegister:
      return X(operand.reg);
    case Operand::Kind::kFrame:
      return Frame(operand.offset, size);
    case Operand::Kind::kConstant:
      break;
  }
  return ConstantInPool(operand.bits, size);
}

void Masm::Assembler::ZeroFloat(Register reg) {
  if (cpu.avx) {
    Emit(Inst::kIdVxorps, X(reg), X(reg), X(reg));
  } else {
    Emit(Inst::kIdXorps, X(reg), X(reg));
  }
}

void Masm::Assembler::MoveFloat(bool is_64, Register destination, const Operand& source) {
  if (source.IsRegister()) {
    if (source.reg == destination) return;
    return Emit(Pick({Inst::kIdMovaps, Inst::kIdVmovaps}), X(destination), X(source.reg));
  }
  if (source.IsConstant() && source.bits == 0) return ZeroFloat(destination);
  const FloatInstruction load = is_64 ? FloatInstruction{Inst::kIdMovsd, Inst::kIdVmovsd}
                                      : FloatInstruction{Inst::kIdMovss, Inst::kIdVmovss};
  asmjit::Operand memory = FloatSource(is_64, source);
  Emit(Pick(load), X(destination), memory);
}

}  // namespace wasmtier::baseline
