// Compiler: locals, globals, references and select.
#include <cstddef>

#include "runtime/vm_context.h"
#include "tiers/baseline/compiler.h"

namespace wasmtier::baseline {

using runtime::VMContext;

void Compiler::LocalSet(uint32_t local) {
  Begin();
  const Value value = values_.Pop();
  SetLocal(local, value);
  values_.Release(value);
}

void Compiler::LocalTee(uint32_t local) {
  Begin();
  const Value value = values_.Pop();
  SetLocal(local, value);
  if (value.IsConstant() || !homes_.reg(local).IsValid()) {
    values_.PushBack(value);
  } else {
    values_.Release(value);
    values_.PushLocal(local);
  }
}

void Compiler::SetLocal(uint32_t local, const Value& value) {
  if (!homes_.is_used(local)) return;
  values_.CopyOut(local);
  const Register home = homes_.reg(local);
  if (!home.IsValid()) {
    masm_.Spill(value.type, LocalOffset(local), values_.ReadOnce(value));
    return;
  }
  if (!value.IsIn(home)) masm_.Move(value.type, home, values_.ReadOnce(value));
  homes_.Written(local);
}

void Compiler::Select(runtime::ValueType) {
  Begin();
  Value condition_value = values_.Pop();
  Value b = values_.Pop();
  Value a = values_.Pop();
  const Type type = a.type;
  if (condition_value.IsFlags()) {
    // Nothing may be emitted before them: the comparison has seen to what is needed.
    const Value& reused = a.kind == Value::Kind::kRegister ? a : b;
    const bool can_reuse = reused.kind == Value::Kind::kRegister && values_.IsTemporary(reused.reg);
    const Register home = IsLocalPending(Next()) ? Register{} : HintedHome(Next(), type);
    const Register destination = home.IsValid() ? home
                                 : can_reuse    ? reused.reg
                                                : values_.Allocate(IsFloat(type));
    masm_.SelectIf(condition_value.condition, type, destination, values_.ReadOnce(a),
                   values_.ReadOnce(b));
    values_.Release(b);
    values_.Release(a);
    return Push(type, destination);
  }
  if (condition_value.IsConstant()) {
    Value& chosen = condition_value.bits != 0 ? a : b;
    values_.Release(condition_value.bits != 0 ? b : a);
    // b's slot is not that of the place it goes to.
    if (chosen.kind == Value::Kind::kSlot) values_.InRegister(chosen);
    return values_.PushBack(chosen);
  }
  if (a.IsConstant() && b.IsConstant()) values_.InRegister(b);
  const Operand left = values_.Read(a);
  const Operand right = values_.Read(b);
  const Operand tested = values_.Read(condition_value);
  const Value& reused = a.kind == Value::Kind::kRegister ? a : b;
  const Register destination = Destination(Next(), type, reused);
  const Condition condition = masm_.TestNonZero(Type::kI32, tested);
  masm_.SelectIf(condition, type, destination, left, right);
  values_.Release(condition_value);
  values_.Release(b);
  values_.Release(a);
  Push(type, destination);
}

// The address of a global's cell; the caller frees the register.
Register Compiler::GlobalCellOf(uint32_t global) {
  return ContextElement(offsetof(VMContext, globals), global);
}

void Compiler::GlobalGet(uint32_t global) {
  Begin();
  const Type type = TypeOf(module_->globals[global].type.type);
  const Register cell = GlobalCellOf(global);
  const Register home = HintedHome(SkipLeb(Next()), type);
  const Register destination = home.IsValid()  ? home
                               : IsFloat(type) ? values_.Allocate(true)
                                               : cell;
  masm_.LoadWord(type, destination, {cell, {}, 0});
  if (destination != cell) values_.Free(cell);
  Push(type, destination);
}

void Compiler::GlobalSet(uint32_t global) {
  Begin();
  const Value value = values_.Pop();
  const Register cell = GlobalCellOf(global);
  masm_.StoreWord(value.type, {cell, {}, 0}, values_.Read(value));
  values_.Free(cell);
  values_.Release(value);
}

void Compiler::RefAsNonNull() {
  Begin();
  Value value = values_.Pop();
  if (value.IsConstant()) values_.InRegister(value);
  masm_.TrapIf(masm_.Test(Opcode::kI64Eqz, values_.Read(value)), runtime::TrapCode::kNullReference);
  values_.PushBack(value);
}

// Null in the context's list means that the reference has not been made yet.
void Compiler::RefFunc(uint32_t function) {
  Begin();
  values_.SpillRegisters(values_.height());
  homes_.SaveBeforeCall();
  const uint32_t position = values_.TopSlot();
  values_.PushSlot(Type::kI64);
  const Operand slot = values_.SlotOf(values_.Top());
  const Register reference = ContextElement(offsetof(VMContext, functions), function);
  masm_.Spill(Type::kI64, slot.offset, Operand::In(reference));
  const Label make = masm_.NewLabel();
  const Label done = masm_.NewLabel();
  masm_.JumpIf(masm_.Test(Opcode::kI64Eqz, Operand::In(reference)), make);
  masm_.Bind(done);
  masm_.Cold(make, [this, position, function, done] {
    masm_.Move(Type::kI64, Roles().context_argument, Operand::InFrame(FrameLayout::kContextOffset));
    masm_.CallRuntime(runtime::RuntimeCall::kRefFunc, frame_.OperandOffset(position), function, 0);
    masm_.Jump(done);
  });
  values_.Free(reference);
  homes_.AfterCall();
}

}  // namespace wasmtier::baseline
