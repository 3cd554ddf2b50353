#include "tiers/baseline/value_stack.h"

#include <algorithm>
#include <bit>

namespace wasmtier::baseline {

void ValueStack::Reset(const FrameLayout& frame) {
  const RegisterRoles& roles = Roles();
  frame_ = frame;
  values_.clear();
  settled_ = 0;
  local_values_.clear();
  order_[0].clear();
  for (Register reg : roles.integer_temporaries) {
    // Last, since each division wants it.
    if (reg != roles.division) order_[0].push_back(reg);
  }
  order_[1].assign(roles.float_temporaries.begin(), roles.float_temporaries.end());
  for (Register reg : homes_.spare()) order_[reg.is_float ? 1 : 0].push_back(reg);
  order_[0].push_back(roles.division);
  temporaries_ = 0;
  for (const auto& order : order_) {
    for (Register reg : order) temporaries_ |= 1u << Index(reg);
  }
  free_ = temporaries_;
  std::fill(std::begin(owners_), std::end(owners_), kFree);
}

Value& ValueStack::Push(Type type, Value::Kind kind) {
  Value value;
  value.kind = kind;
  value.type = type;
  value.slot = TopSlot();
  values_.push_back(value);
  return values_.back();
}

void ValueStack::PushConstant(Type type, uint64_t bits) {
  Push(type, Value::Kind::kConstant).bits = bits;
}

void ValueStack::PushLocal(uint32_t local) {
  if (local_values_.size() >= kMaxLocalValues) SettleOne(local_values_.front());
  local_values_.push_back(height());
  Push(homes_.type(local), Value::Kind::kLocal).local = local;
}

void ValueStack::PushRegister(Type type, Register reg) {
  if (IsTemporary(reg)) {
    owners_[Index(reg)] = height();
    free_ &= ~(1u << Index(reg));
  }
  Push(type, Value::Kind::kRegister).reg = reg;
}

void ValueStack::PushSlot(Type type) { Push(type, Value::Kind::kSlot); }

void ValueStack::PushFlags(Condition condition) {
  Push(Type::kI32, Value::Kind::kFlags).condition = condition;
}

Value ValueStack::Pop() {
  const Value value = values_.back();
  values_.pop_back();
  settled_ = std::min(settled_, height());
  if (value.kind == Value::Kind::kLocal) local_values_.pop_back();
  if (value.kind == Value::Kind::kRegister && IsTemporary(value.reg)) {
    owners_[Index(value.reg)] = kHeld;
  }
  return value;
}

void ValueStack::PushBack(const Value& value) {
  if (value.kind == Value::Kind::kRegister) return PushRegister(value.type, value.reg);
  if (value.kind == Value::Kind::kLocal) return PushLocal(value.local);
  Push(value.type, value.kind).bits = value.bits;
}

void ValueStack::DropTo(uint32_t height) {
  while (this->height() > height) Release(Pop());
}

Operand ValueStack::Read(const Value& value) {
  return value.kind == Value::Kind::kLocal ? homes_.Read(value.local) : ReadOnce(value);
}

Operand ValueStack::ReadOnce(const Value& value) const {
  switch (value.kind) {
    case Value::Kind::kConstant:
      return Operand::Constant(value.bits);
    case Value::Kind::kLocal:
      return homes_.ReadOnce(value.local);
    case Value::Kind::kRegister:
      return Operand::In(value.reg);
    case Value::Kind::kSlot:
    case Value::Kind::kFlags:
      break;
  }
  return SlotOf(value);
}

Register ValueStack::InRegister(Value& value) {
  const Operand operand = Read(value);
  if (operand.IsRegister()) return operand.reg;
  value.reg = Allocate(IsFloat(value.type));
  value.kind = Value::Kind::kRegister;
  masm_.Move(value.type, value.reg, operand);
  return value.reg;
}

Register ValueStack::Allocate(bool is_float) {
  if (!HasFree(is_float)) Evict(is_float);
  for (Register reg : order_[is_float ? 1 : 0]) {
    if ((free_ >> Index(reg) & 1) == 0) continue;
    free_ &= ~(1u << Index(reg));
    owners_[Index(reg)] = kHeld;
    return reg;
  }
  return {};
}

void ValueStack::Free(Register reg) {
  if (!IsTemporary(reg)) return;
  owners_[Index(reg)] = kFree;
  free_ |= 1u << Index(reg);
}

// Brings the lowest value in a register of the class into its slot.
void ValueStack::Evict(bool is_float) {
  uint32_t lowest = kHeld;
  for (Register reg : order_[is_float ? 1 : 0]) lowest = std::min(lowest, owners_[Index(reg)]);
  if (lowest < kHeld) SettleOne(lowest);
}

void ValueStack::EnsureFree(bool is_float, int count) {
  while (std::popcount(free_ & ClassMask(is_float)) < count) {
    const uint32_t before = free_;
    Evict(is_float);
    if (free_ == before) return;
  }
}

void ValueStack::Take(Register reg) {
  const uint32_t owner = owners_[Index(reg)];
  if (owner < kHeld) {
    if (HasFree(reg.is_float)) {
      Value& value = values_[owner];
      const Register other = Allocate(reg.is_float);
      masm_.Move(value.type, other, Operand::In(reg));
      value.reg = other;
      owners_[Index(other)] = owner;
    } else {
      SettleOne(owner);
    }
  }
  owners_[Index(reg)] = kHeld;
  free_ &= ~(1u << Index(reg));
}

void ValueStack::MoveTopToResultRegister() {
  const Register result = ResultRegister(IsFloat(Top().type));
  if (Top().IsIn(result)) return;
  const Value value = Pop();
  Take(result);
  masm_.Move(value.type, result, Read(value));
  Release(value);
  PushRegister(value.type, result);
}

void ValueStack::SettleOne(uint32_t position) {
  Value& value = values_[position];
  if (value.kind == Value::Kind::kSlot) return;
  masm_.Spill(value.type, frame_.OperandOffset(value.slot), ReadOnce(value));
  if (value.kind == Value::Kind::kLocal) ForgetLocal(position);
  Release(value);
  value.kind = Value::Kind::kSlot;
}

void ValueStack::ForgetLocal(uint32_t position) {
  local_values_.erase(std::lower_bound(local_values_.begin(), local_values_.end(), position));
}

// Values that are settled are not looked at again: a deep stack and many blocks would take
// quadratic time.
void ValueStack::Settle(uint32_t height) {
  for (; settled_ < height; ++settled_) SettleOne(settled_);
}

void ValueStack::SettleTop(uint32_t count) {
  for (uint32_t position = height() - count; position < height(); ++position) SettleOne(position);
}

void ValueStack::SpillRegisters(uint32_t height) {
  for (const auto& order : order_) {
    for (Register reg : order) {
      if (owners_[Index(reg)] < height) SettleOne(owners_[Index(reg)]);
    }
  }
}

bool ValueStack::HoldsLocal(uint32_t local) const {
  return std::any_of(local_values_.begin(), local_values_.end(),
                     [&](uint32_t position) { return values_[position].local == local; });
}

void ValueStack::CopyOut(uint32_t local) {
  for (size_t i = 0; i < local_values_.size();) {
    const uint32_t position = local_values_[i];
    Value& value = values_[position];
    if (value.local != local) {
      ++i;
      continue;
    }
    const bool is_float = IsFloat(value.type);
    if (!HasFree(is_float)) {
      SettleOne(position);
      continue;
    }
    const Register reg = Allocate(is_float);
    masm_.Move(value.type, reg, ReadOnce(value));
    local_values_.erase(local_values_.begin() + static_cast<ptrdiff_t>(i));
    value.kind = Value::Kind::kRegister;
    value.reg = reg;
    owners_[Index(reg)] = position;
  }
}

}  // namespace wasmtier::baseline
