#include "tiers/baseline/compiler.h"

#include <cstddef>

#include "absl/strings/str_format.h"
#include "runtime/base/leb128.h"
#include "runtime/vm_context.h"

namespace wasmtier::baseline {

// Code is from here on for the current instruction.
void Compiler::Begin() {
  masm_.set_module_offset(state_->offset());
  if (has_listing_) [[unlikely]]
    ListInstruction();
}

void Compiler::ListInstruction() {
  const uint8_t* position = state_->instruction();
  uint32_t code = *position;
  constexpr uint32_t kFirstPrefix = 0xfb;
  if (code >= kFirstPrefix) code = code << 16 | ReadIndex(position + 1);
  const auto opcode = decode::FindOpcode(code);
  masm_.Comment(
      absl::StrFormat("%#06x: %s", state_->offset(), opcode ? decode::Name(*opcode) : "?"));
}

// Of validated code.
uint32_t Compiler::ReadIndex(const uint8_t* position) {
  constexpr ptrdiff_t kMostBytes = 5;
  uint32_t value = 0;
  runtime::ReadLeb(&position, position + kMostBytes, &value);
  return value;
}

// If the instruction at `next` writes the top of the stack to a local that lives in a register:
// that register. From then on it may be overwritten.
Register Compiler::HintedHome(const uint8_t* next, Type type) {
  if (!IsLocalWrite(*next)) return {};
  const uint32_t local = ReadIndex(next + 1);
  const Register reg = homes_.reg(local);
  if (!reg.IsValid() || homes_.type(local) != type) return {};
  values_.CopyOut(local);
  return reg;
}

// Where a result goes, given what follows and the left operand, whose register can be had.
Register Compiler::Destination(const uint8_t* next, Type type, const Value& a) {
  const Register home = HintedHome(next, type);
  if (home.IsValid()) return home;
  const bool can_reuse = a.kind == Value::Kind::kRegister && a.reg.is_float == IsFloat(type) &&
                         values_.IsTemporary(a.reg);
  return can_reuse ? a.reg : values_.Allocate(IsFloat(type));
}

// A register with context->field.
Register Compiler::ContextWord(size_t field) {
  const Register reg = values_.Allocate(false);
  LoadContextWord(reg, field);
  return reg;
}

// A register with context->field[index], a pointer.
Register Compiler::ContextElement(size_t field, uint32_t index) {
  const Register reg = ContextWord(field);
  masm_.LoadWord(Type::kI64, reg, {reg, {}, static_cast<int32_t>(index * sizeof(void*))});
  return reg;
}

// reg = context->field
void Compiler::LoadContextWord(Register reg, size_t field) {
  Operand context = homes_.Context();
  if (!context.IsRegister()) {
    masm_.Move(Type::kI64, reg, context);
    context = Operand::In(reg);
  }
  masm_.LoadWord(Type::kI64, reg, {context.reg, {}, static_cast<int32_t>(field)});
}

// Copies words upwards, so that words may be moved down over themselves. Changes both registers.
void Compiler::CopyWords(Register to, Register from, uint32_t count) {
  // Both count up to the end of what they copy; the index runs from -bytes to 0.
  const auto bytes = static_cast<int32_t>(count * 8);
  const Register index = values_.Allocate(false);
  const Register word = values_.Allocate(false);
  masm_.LoadImmediate(index, static_cast<uint64_t>(int64_t{-bytes}));
  const Label loop = masm_.NewLabel();
  masm_.Bind(loop);
  masm_.LoadWord(Type::kI64, word, {from, index, bytes});
  masm_.StoreWord(Type::kI64, {to, index, bytes}, Operand::In(word));
  masm_.Binary(Opcode::kI64Add, index, Operand::In(index), Operand::Constant(8));
  masm_.JumpIf(masm_.TestNonZero(Type::kI64, Operand::In(index)), loop);
  values_.Free(index);
  values_.Free(word);
}

// Copies operands from their slots down to others.
void Compiler::CopySlots(uint32_t to, uint32_t from, uint32_t count) {
  if (to == from) return;
  if (count > kMaxSingleMoves) {
    const Register target = values_.Allocate(false);
    const Register source = values_.Allocate(false);
    AddressOfSlot(target, to);
    AddressOfSlot(source, from);
    CopyWords(target, source, count);
    values_.Free(target);
    values_.Free(source);
    return;
  }
  for (uint32_t i = 0; i < count; ++i) {
    masm_.Spill(Type::kI64, frame_.OperandOffset(to + i),
                Operand::InFrame(frame_.OperandOffset(from + i)));
  }
}

}  // namespace wasmtier::baseline
