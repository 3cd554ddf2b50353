// Compiler: arithmetic, comparisons and conversions.
#include <utility>

#include "tiers/baseline/compiler.h"

namespace wasmtier::baseline {

using decode::Info;
using decode::Opcode;

namespace {

constexpr uint8_t kIfByte = 0x04;
constexpr uint8_t kBrIfByte = 0x0d;
constexpr uint8_t kSelectByte = 0x1b;
constexpr uint8_t kLocalGetByte = 0x20;
constexpr uint8_t kI32EqzByte = 0x45;
constexpr uint8_t kI32AddByte = 0x6a;
constexpr uint8_t kI64AddByte = 0x7c;
constexpr uint8_t kMiscPrefix = 0xfc;

// Not of floats: which NaN comes out is visible.
bool IsCommutative(Opcode opcode) {
  switch (opcode) {
    case Opcode::kI32Add:
    case Opcode::kI32Mul:
    case Opcode::kI32And:
    case Opcode::kI32Or:
    case Opcode::kI32Xor:
    case Opcode::kI64Add:
    case Opcode::kI64Mul:
    case Opcode::kI64And:
    case Opcode::kI64Or:
    case Opcode::kI64Xor:
      return true;
    default:
      return false;
  }
}

bool IsDivision(Opcode opcode) {
  return (opcode >= Opcode::kI32DivS && opcode <= Opcode::kI32RemU) ||
         (opcode >= Opcode::kI64DivS && opcode <= Opcode::kI64RemU);
}

}  // namespace

void Compiler::EmitUnary(Opcode opcode) {
  Begin();
  const uint8_t* next = Next();
  if (*state_->instruction() == kMiscPrefix) next = SkipLeb(next);
  Value a = values_.Pop();
  if (a.IsConstant()) values_.InRegister(a);
  const Type type = TypeOf(Info(opcode).signature.result);
  const Operand operand = values_.Read(a);
  const Register destination = Destination(next, type, a);
  masm_.Unary(opcode, destination, operand);
  values_.Release(a);
  Push(type, destination);
}

void Compiler::EmitBinary(Opcode opcode) {
  Begin();
  if (pending_shift_ != 0) return FinishScaledAdd(opcode);
  if (StartScaledAdd(opcode)) return;
  Value b = values_.Pop();
  Value a = values_.Pop();
  // A temporary on the left becomes the result; constants and memory are best on the right.
  const bool is_better_swapped =
      a.IsConstant() || (b.kind == Value::Kind::kRegister && a.kind != Value::Kind::kRegister);
  if (is_better_swapped && IsCommutative(opcode)) std::swap(a, b);
  if (IsDivision(opcode)) PrepareDivision(a, b);
  const Type type = TypeOf(Info(opcode).signature.result);
  const Operand left = values_.Read(a);
  const Operand right = values_.Read(b);
  Register destination;
  if (values_.HasFree(IsFloat(type))) {
    destination = Destination(Next(), type, a);
  } else {
    destination = Destination(Next(), type, a.kind == Value::Kind::kRegister ? a : b);
  }
  masm_.Binary(opcode, destination, left, right);
  values_.Release(b);
  values_.Release(a);
  Push(type, destination);
}

// The division register may hold the dividend, but neither the divisor nor what outlives the
// division.
void Compiler::PrepareDivision(Value& a, Value& b) {
  const Register division = Roles().division;
  if (a.IsConstant() && b.IsConstant()) values_.InRegister(a);
  if (b.IsIn(division)) {
    const Register other = values_.Allocate(false);
    masm_.Move(b.type, other, Operand::In(division));
    values_.Release(b);
    b.reg = other;
  }
  if (a.IsIn(division)) return;
  values_.Take(division);
  values_.Free(division);
}

// `x << 1...3` whose sum with something is wanted next is left to that addition.
bool Compiler::StartScaledAdd(Opcode opcode) {
  const bool is_64 = opcode == Opcode::kI64Shl;
  if (opcode != Opcode::kI32Shl && !is_64) return false;
  if (!values_.Top().IsConstant()) return false;
  const uint64_t shift = values_.Top().bits & (is_64 ? 63 : 31);
  if (shift < 1 || shift > 3) return false;
  const uint8_t* next = Next();
  const uint8_t add = is_64 ? kI64AddByte : kI32AddByte;
  const bool is_left = *next == kLocalGetByte && *SkipLeb(next + 1) == add;
  if (!is_left && (*next != add || values_.Top(2).IsConstant())) return false;
  values_.DropTo(values_.height() - 1);
  pending_shift_ = static_cast<uint8_t>(shift);
  shift_is_left_ = is_left;
  return true;
}

void Compiler::FinishScaledAdd(Opcode opcode) {
  Value b = values_.Pop();
  Value a = values_.Pop();
  if (shift_is_left_) std::swap(a, b);
  const int shift = std::exchange(pending_shift_, 0);
  const Type type = TypeOf(Info(opcode).signature.result);
  const Register addend = values_.InRegister(a);
  const Register shifted = values_.InRegister(b);
  const Register destination = Destination(Next(), type, a);
  masm_.ScaledAdd(type, destination, addend, shifted, shift);
  values_.Release(b);
  values_.Release(a);
  Push(type, destination);
}

// Whether the instruction can take its condition from the flags.
bool Compiler::ConsumesFlags(const uint8_t* next) const {
  switch (*next) {
    case kIfByte:
    case kSelectByte:
    case kI32EqzByte:
      return true;
    case kBrIfByte:
      return state_->label(ReadIndex(next + 1)).label_types().empty();
    default:
      return false;
  }
}

// Emits before the comparison what that instruction would have to emit before it uses the flags.
// The operands of the comparison are popped.
void Compiler::PrepareFlagsConsumer(const uint8_t* next) {
  switch (*next) {
    case kIfByte:
      values_.Settle(values_.height());
      homes_.ReloadStale();
      break;
    case kBrIfByte:
      homes_.ReloadStale();
      break;
    case kSelectByte: {
      Value b = values_.Pop();
      Value a = values_.Pop();
      if (a.IsConstant() && b.IsConstant()) values_.InRegister(b);
      values_.Read(a);
      values_.Read(b);
      const bool is_float = IsFloat(a.type);
      values_.PushBack(a);
      values_.PushBack(b);
      values_.EnsureFree(is_float, 1);
      break;
    }
    default:
      if (ConsumesFlags(next + 1)) {
        PrepareFlagsConsumer(next + 1);
      } else {
        values_.EnsureFree(false, 1);
      }
  }
}

void Compiler::EmitCompare(Opcode opcode) {
  Begin();
  const bool in_flags = ConsumesFlags(Next());
  Value b = values_.Pop();
  Value a = values_.Pop();
  if (in_flags) PrepareFlagsConsumer(Next());
  const Operand left = values_.Read(a);
  const Operand right = values_.Read(b);
  const Register destination = in_flags ? Register{} : Destination(Next(), Type::kI32, a);
  const Condition condition = masm_.Compare(opcode, left, right);
  values_.Release(b);
  values_.Release(a);
  PushCondition(condition, in_flags, destination);
}

void Compiler::EmitTest(Opcode opcode) {
  Begin();
  const bool in_flags = ConsumesFlags(Next());
  Value a = values_.Pop();
  if (a.IsFlags()) {
    // The comparison has prepared what follows.
    const Register destination = in_flags ? Register{} : values_.Allocate(false);
    return PushCondition(Negate(a.condition), in_flags, destination);
  }
  if (in_flags) PrepareFlagsConsumer(Next());
  if (a.IsConstant()) values_.InRegister(a);
  const Operand operand = values_.Read(a);
  const Register destination = in_flags ? Register{} : Destination(Next(), Type::kI32, a);
  const Condition condition = masm_.Test(opcode, operand);
  values_.Release(a);
  PushCondition(condition, in_flags, destination);
}

void Compiler::PushCondition(Condition condition, bool in_flags, Register destination) {
  if (in_flags) return values_.PushFlags(condition);
  masm_.SetIf(condition, destination);
  Push(Type::kI32, destination);
}

// Pops an i32: true if it is not zero.
Condition Compiler::PopCondition() {
  Value value = values_.Pop();
  if (value.IsFlags()) return value.condition;
  if (value.IsConstant()) values_.InRegister(value);
  const Condition condition = masm_.TestNonZero(Type::kI32, values_.Read(value));
  values_.Release(value);
  return condition;
}

}  // namespace wasmtier::baseline
