// Comparisons, jumps, selections, and which instruction each numeric opcode is.
#include <utility>

#include "tiers/baseline/x64/assembler.h"

namespace wasmtier::baseline {

Condition Negate(Condition condition) {
  switch (condition) {
    case Condition::kEqual:
      return Condition::kNotEqual;
    case Condition::kNotEqual:
      return Condition::kEqual;
    case Condition::kLessSigned:
      return Condition::kGreaterEqualSigned;
    case Condition::kLessEqualSigned:
      return Condition::kGreaterSigned;
    case Condition::kGreaterSigned:
      return Condition::kLessEqualSigned;
    case Condition::kGreaterEqualSigned:
      return Condition::kLessSigned;
    // Unordered floats set CF and ZF: kBelow and kBelowEqual hold for them.
    case Condition::kBelow:
      return Condition::kAboveEqual;
    case Condition::kBelowEqual:
      return Condition::kAbove;
    case Condition::kAbove:
      return Condition::kBelowEqual;
    case Condition::kAboveEqual:
      return Condition::kBelow;
    case Condition::kFloatEqual:
      return Condition::kFloatNotEqual;
    case Condition::kFloatNotEqual:
      return Condition::kFloatEqual;
  }
  return condition;
}

namespace {

// The condition for operands in reverse order.
Condition Swap(Condition condition) {
  switch (condition) {
    case Condition::kLessSigned:
      return Condition::kGreaterSigned;
    case Condition::kLessEqualSigned:
      return Condition::kGreaterEqualSigned;
    case Condition::kGreaterSigned:
      return Condition::kLessSigned;
    case Condition::kGreaterEqualSigned:
      return Condition::kLessEqualSigned;
    case Condition::kBelow:
      return Condition::kAbove;
    case Condition::kBelowEqual:
      return Condition::kAboveEqual;
    case Condition::kAbove:
      return Condition::kBelow;
    case Condition::kAboveEqual:
      return Condition::kBelowEqual;
    default:
      return condition;
  }
}

// Of floats: with kBelow and kBelowEqual for lt and le, whose operands must be swapped.
Condition ConditionOf(Opcode opcode) {
  switch (opcode) {
    case Opcode::kI32Eq:
    case Opcode::kI64Eq:
      return Condition::kEqual;
    case Opcode::kI32Ne:
    case Opcode::kI64Ne:
      return Condition::kNotEqual;
    case Opcode::kI32LtS:
    case Opcode::kI64LtS:
      return Condition::kLessSigned;
    case Opcode::kI32LeS:
    case Opcode::kI64LeS:
      return Condition::kLessEqualSigned;
    case Opcode::kI32GtS:
    case Opcode::kI64GtS:
      return Condition::kGreaterSigned;
    case Opcode::kI32GeS:
    case Opcode::kI64GeS:
      return Condition::kGreaterEqualSigned;
    case Opcode::kI32LtU:
    case Opcode::kI64LtU:
    case Opcode::kF32Lt:
    case Opcode::kF64Lt:
      return Condition::kBelow;
    case Opcode::kI32LeU:
    case Opcode::kI64LeU:
    case Opcode::kF32Le:
    case Opcode::kF64Le:
      return Condition::kBelowEqual;
    case Opcode::kI32GtU:
    case Opcode::kI64GtU:
    case Opcode::kF32Gt:
    case Opcode::kF64Gt:
      return Condition::kAbove;
    case Opcode::kI32GeU:
    case Opcode::kI64GeU:
    case Opcode::kF32Ge:
    case Opcode::kF64Ge:
      return Condition::kAboveEqual;
    case Opcode::kF32Ne:
    case Opcode::kF64Ne:
      return Condition::kFloatNotEqual;
    default:
      return Condition::kFloatEqual;
  }
}

}  // namespace

Condition Masm::Compare(Opcode opcode, const Operand& a, const Operand& b) {
  Assembler& as = *assembler_;
  const Type type = TypesOf(opcode).operand;
  const bool is_64 = Is64(type);
  Condition condition = ConditionOf(opcode);
  const Operand* first = &a;
  const Operand* second = &b;
  if (IsFloat(type)) {
    // ucomiss sets CF for unordered operands too, so only kAbove and kAboveEqual can be used.
    if (condition == Condition::kBelow || condition == Condition::kBelowEqual) {
      std::swap(first, second);
      condition = Swap(condition);
    } else if (!first->IsRegister() && second->IsRegister() &&
               (condition == Condition::kFloatEqual || condition == Condition::kFloatNotEqual)) {
      std::swap(first, second);
    }
    Register left = as.InFloatRegister(is_64, *first, kXmm0);
    as.CompareFloats(is_64, left, *second);
    return condition;
  }
  if (first->IsConstant() || (second->IsRegister() && !first->IsRegister())) {
    std::swap(first, second);
    condition = Swap(condition);
  }
  if (first->IsRegister() && second->IsConstant() && second->bits == 0) {
    // CF and OF are clear as after a comparison with 0.
    as.Emit(Inst::kIdTest, as.R(is_64, first->reg), as.R(is_64, first->reg));
    return condition;
  }
  int32_t immediate;
  if (first->kind == Operand::Kind::kFrame && second->IsConstant() &&
      Assembler::FitsImmediate(is_64, second->bits, &immediate)) {
    as.Emit(Inst::kIdCmp, as.Frame(first->offset, is_64 ? 8 : 4), asmjit::imm(immediate));
    return condition;
  }
  Register left = as.InRegister(is_64, *first, kRcx);
  as.Emit(Inst::kIdCmp, as.R(is_64, left), as.Source(is_64, *second, kRax));
  return condition;
}

Condition Masm::Test(Opcode opcode, const Operand& a) {
  TestNonZero(TypesOf(opcode).operand, a);
  return Condition::kEqual;
}

Condition Masm::TestNonZero(Type type, const Operand& a) {
  Assembler& as = *assembler_;
  const bool is_64 = Is64(type);
  if (a.kind == Operand::Kind::kFrame) {
    as.Emit(Inst::kIdCmp, as.Frame(a.offset, is_64 ? 8 : 4), asmjit::imm(0));
  } else {
    Register reg = as.InRegister(is_64, a, kRax);
    as.Emit(Inst::kIdTest, as.R(is_64, reg), as.R(is_64, reg));
  }
  return Condition::kNotEqual;
}

void Masm::JumpIf(Condition condition, Label target) {
  Assembler& as = *assembler_;
  if (condition == Condition::kFloatEqual) {
    Label unordered = as.NewLabel();
    as.JumpShort(CondCode::kP, unordered);
    as.JumpIf(CondCode::kE, target);
    as.Bind(unordered);
    return;
  }
  as.JumpIf(CondCodeOf(condition), target);
  if (condition == Condition::kFloatNotEqual) as.JumpIf(CondCode::kP, target);
}

void Masm::SetIf(Condition condition, Register destination) {
  Assembler& as = *assembler_;
  as.emitter.set(CondCodeOf(condition), x86::al);
  if (condition == Condition::kFloatEqual) {
    as.emitter.setnp(x86::cl);
    as.emitter.and_(x86::al, x86::cl);
  } else if (condition == Condition::kFloatNotEqual) {
    as.emitter.setp(x86::cl);
    as.emitter.or_(x86::al, x86::cl);
  }
  as.Emit(Inst::kIdMovzx, as.R32(destination), x86::al);
}

void Masm::SelectIf(Condition condition, Type type, Register destination, const Operand& a,
                    const Operand& b) {
  Assembler& as = *assembler_;
  const bool is_64 = Is64(type);
  if (IsFloat(type)) {
    // What is in the destination already stays there. Moves of floats keep the flags.
    const bool keeps_b = b.Is(destination);
    Label done = NewLabel();
    if (!keeps_b) Move(type, destination, a);
    JumpIf(keeps_b ? Negate(condition) : condition, done);
    Move(type, destination, keeps_b ? a : b);
    return Bind(done);
  }
  const Operand* chosen = &a;
  const Operand* other = &b;
  // Of the float conditions only kFloatNotEqual can be had by moving twice; of the others the one
  // whose `other` is in the destination.
  if (condition == Condition::kFloatEqual ||
      (condition != Condition::kFloatNotEqual && a.Is(destination))) {
    condition = Negate(condition);
    std::swap(chosen, other);
  }
  Register to = chosen->Is(destination) && !other->Is(destination) ? kRax : destination;
  as.MoveInteger(is_64, to, *other, /*keep_flags=*/true);
  asmjit::Operand from = as.SourceNotImmediate(is_64, *chosen, kRcx);
  as.emitter.emit(Inst::cmovccFromCond(CondCodeOf(condition)), as.R(is_64, to), from);
  if (condition == Condition::kFloatNotEqual)
    as.emitter.emit(Inst::kIdCmovp, as.R(is_64, to), from);
  if (!(to == destination)) as.Emit(Inst::kIdMov, as.R(is_64, destination), as.R(is_64, to));
}

void Masm::Jump(Label target) { assembler_->Jump(target); }

void Masm::JumpTable(const Operand& index, std::span<const Label> targets) {
  Assembler& as = *assembler_;
  const uint32_t last = static_cast<uint32_t>(targets.size() - 1);
  const Label fallback = targets[last];
  if (last == 0) return Jump(targets[0]);
  Register reg = as.InRegister(/*is_64=*/false, index, kRcx);
  if (last <= 2) {
    as.Emit(Inst::kIdTest, as.R32(reg), as.R32(reg));
    as.JumpIf(CondCode::kE, targets[0]);
    if (last == 2) {
      as.Emit(Inst::kIdCmp, as.R32(reg), asmjit::imm(1));
      as.JumpIf(CondCode::kE, targets[1]);
    }
    return Jump(targets[last]);
  }
  as.Emit(Inst::kIdCmp, as.R32(reg), asmjit::imm(static_cast<int32_t>(last)));
  as.JumpIf(CondCode::kAE, fallback);
  as.pending = {Assembler::Target::Kind::kTable, 0, 0, as.tables.size()};
  as.Emit(Inst::kIdLea, x86::rax, x86::ptr(x86::rip, 0));
  as.Emit(Inst::kIdMovsxd, x86::rcx, x86::ptr(x86::rax, as.R64(reg), 2, 0, 4));
  as.Emit(Inst::kIdAdd, x86::rax, x86::rcx);
  as.Emit(Inst::kIdJmp, x86::rax);
  as.tables.push_back({static_cast<uint32_t>(as.table_labels.size()), last});
  for (uint32_t i = 0; i < last; ++i) as.table_labels.push_back(targets[i].id);
}

void Masm::Trap(runtime::TrapCode code) {
  Assembler& as = *assembler_;
  std::string text;
  if (as.listing != nullptr) text = std::string("call trap: ") + runtime::TrapMessage(code);
  as.CallThunk(as.thunks.traps[static_cast<size_t>(code)], text);
  as.NoteReturnAddress();
}

void Masm::TrapIf(Condition condition, runtime::TrapCode code) {
  Assembler& as = *assembler_;
  if (condition == Condition::kFloatEqual) {
    Label unordered = as.NewLabel();
    as.JumpShort(CondCode::kP, unordered);
    as.TrapJump(CondCode::kE, code);
    as.Bind(unordered);
    return;
  }
  as.TrapJump(CondCodeOf(condition), code);
  if (condition == Condition::kFloatNotEqual) as.TrapJump(CondCode::kP, code);
}

void Masm::CompareWord(const Operand& a, Address b) {
  Assembler& as = *assembler_;
  Register left = as.InRegister(/*is_64=*/true, a, kRax);
  as.Emit(Inst::kIdCmp, as.R64(left), as.At(b, 8));
}

void Masm::CompareWord32(Address a, uint32_t b) {
  assembler_->Emit(Inst::kIdCmp, Assembler::At(a, 4), asmjit::imm(static_cast<int32_t>(b)));
}

void Masm::CompareRegister(Register a, Register b) {
  assembler_->Emit(Inst::kIdCmp, Assembler::R64(a), Assembler::R64(b));
}

}  // namespace wasmtier::baseline
