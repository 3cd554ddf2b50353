// Compiler: calls of functions and of the runtime.
#include <cstddef>

#include "runtime/call_convention.h"
#include "runtime/vm_context.h"
#include "tiers/baseline/compiler.h"

namespace wasmtier::baseline {

using runtime::ArgumentPlace;
using runtime::ArgumentPlacer;
using runtime::FunctionReference;
using runtime::FuncType;
using runtime::RuntimeCall;
using runtime::TrapCode;
using runtime::ValueType;
using runtime::VMContext;

// Stores operands that lie one above the other into slots of the call area that do so too. Many
// must be settled.
void Compiler::StoreRun(Register call_area, uint32_t first_position, uint32_t first_slot,
                        uint32_t count) {
  if (count > kMaxSingleMoves) {
    const uint32_t first = values_.SlotAt(first_position);
    const Register target = values_.Allocate(false);
    masm_.Move(Type::kI64, target, Operand::In(call_area));
    masm_.Binary(Opcode::kI64Add, target, Operand::In(target),
                 Operand::Constant(static_cast<uint64_t>(CallAreaOffset(first_slot))));
    const Register source = call_area;
    masm_.Spill(Type::kI64, frame_.ScratchOffset(), Operand::In(call_area));
    AddressOfSlot(source, first);
    CopyWords(target, source, values_.SlotAt(first_position + count) - first);
    masm_.Move(Type::kI64, call_area, Operand::InFrame(frame_.ScratchOffset()));
    values_.Free(target);
    return;
  }
  uint32_t slot = first_slot;
  for (uint32_t i = 0; i < count; ++i) {
    const Value& value = values_.at(first_position + i);
    masm_.StoreWord(value.type, {call_area, {}, CallAreaOffset(slot)}, values_.ReadOnce(value));
    slot += SlotsOf(value.type);
  }
}

// Stores those of the operands from `base` on that `placer` puts into the call area. Many must be
// settled. They are stored in runs, which end where a value has a register (there are few of those)
// and where a v128 leaves a slot free before it.
void Compiler::StoreToCallArea(std::span<const ValueType> types, ArgumentPlacer placer,
                               uint32_t base) {
  if (!HasRoomForMoves()) return;
  Register call_area;
  uint32_t run_first = 0;
  uint32_t run_slot = 0;
  uint32_t run_count = 0;
  uint32_t run_end = 0;  // the slot behind it
  const auto flush = [&] {
    if (run_count == 0) return;
    if (!call_area.IsValid()) {
      call_area = ContextWord(offsetof(VMContext, store_block));
    }
    StoreRun(call_area, base + run_first, run_slot, run_count);
    run_count = 0;
  };
  for (uint32_t i = 0; i < types.size(); ++i) {
    const ArgumentPlace place = placer.Next(types[i]);
    if (place.kind != ArgumentPlace::Kind::kCallArea) {
      flush();
      continue;
    }
    if (place.index != run_end) flush();
    if (run_count == 0) {
      run_first = i;
      run_slot = place.index;
    }
    ++run_count;
    run_end = place.index + types[i].slots();
  }
  flush();
  if (call_area.IsValid()) values_.Free(call_area);
}

// Whether the code is still short enough for many moves of single values, which instructions of two
// bytes can ask for. If not, it is not used.
bool Compiler::HasRoomForMoves() {
  constexpr uint32_t kMaxCodeBytes = 64 << 20;
  if (masm_.code_offset() > kMaxCodeBytes) is_too_large_ = true;
  return !is_too_large_;
}

// Before all else of a call, whose arguments are on top of the operand stack: what the call would
// destroy is saved, and arguments that go through the call area are stored there.
void Compiler::PrepareArguments(const FuncType& type, bool is_tail_call) {
  const auto count = static_cast<uint32_t>(type.params.size());
  if (!is_tail_call) {
    values_.SpillRegisters(values_.height() - count);
    homes_.SaveBeforeCall();
  }
  StoreStackArguments(type);
}

void Compiler::StoreStackArguments(const FuncType& type) {
  const auto count = static_cast<uint32_t>(type.params.size());
  if (count <= runtime::kIntegerArgumentRegisters) return;
  if (count > kMaxSingleMoves) values_.SettleTop(count);
  StoreToCallArea(type.params, ArgumentPlacer::OfParameters(), values_.height() - count);
}

// The last thing before a call: fills the argument registers. Pops the arguments.
void Compiler::PlaceArguments(const FuncType& type, const Callee& callee) {
  const RegisterRoles& roles = Roles();
  const auto count = static_cast<uint32_t>(type.params.size());
  const uint32_t base = values_.height() - count;
  ParallelMove moves(masm_, frame_.ScratchOffset());
  ArgumentPlacer placer = ArgumentPlacer::OfParameters();
  for (uint32_t i = 0; i < count; ++i) {
    const ArgumentPlace place = placer.Next(type.params[i]);
    if (place.kind == ArgumentPlace::Kind::kCallArea) continue;
    const Value& value = values_.at(base + i);
    const Register argument = ArgumentRegister(place);
    moves.Add(value.type, argument, values_.ReadOnce(value));
  }
  if (callee.slot == nullptr) {
    moves.Add(Type::kI64, roles.slot_argument, Operand::In(callee.record));
    moves.Add(Type::kI64, roles.context_argument, Operand::In(callee.context));
  } else {
    moves.Add(Type::kI64, roles.context_argument, homes_.Context());
  }
  moves.Emit();
  if (callee.slot == nullptr) {
    masm_.LoadSlotRegister({roles.slot_argument, {}, offsetof(FunctionReference, entry)});
    values_.Free(callee.record);
    values_.Free(callee.context);
  }
  values_.DropTo(base);
}

void Compiler::EmitCall(const FuncType& type, const Callee& callee, bool is_tail_call) {
  if (is_tail_call) homes_.StoreCountdown();
  PlaceArguments(type, callee);
  if (is_tail_call) {
    masm_.Epilogue(homes_.saved());
    if (callee.slot != nullptr) return masm_.TailCallSlot(callee.slot);
    return masm_.TailCallSlotRegister();
  }
  if (callee.slot != nullptr) {
    masm_.CallSlot(callee.slot);
  } else {
    masm_.CallSlotRegister();
  }
  homes_.AfterCall();
  PushResults(type);
}

// The first result of a call in a register, the others in their slots.
void Compiler::PushResults(const FuncType& type) {
  const auto count = static_cast<uint32_t>(type.results.size());
  if (count == 0) return;
  const Type first = TypeOf(type.results[0]);
  const uint8_t* next = SkipLeb(Next());
  constexpr uint8_t kCallIndirect = 0x11;
  if (*state_->instruction() == kCallIndirect) next = SkipLeb(next);
  // Until it is moved, the result is in a register that copies may use.
  const Register home = count == 1 && !IsLocalPending(next) ? HintedHome(next, first) : Register{};
  const Register destination = home.IsValid() ? home : values_.Allocate(IsFloat(first));
  masm_.Move(first, destination, Operand::In(FirstResultRegister(first)));
  Push(first, destination);
  if (count == 1) return;
  const std::span others = std::span(type.results).subspan(1);
  if (others.size() > kMaxSingleMoves) values_.SettleTop(1);
  const uint32_t slot = values_.TopSlot();
  const Register call_area = ContextWord(offsetof(VMContext, store_block));
  if (others.size() > kMaxSingleMoves && !LeavesSlotsFree(others)) {
    CopyResults(others, slot, call_area);
  } else if (HasRoomForMoves()) {
    LoadResults(others, slot, call_area);
  }
  values_.Free(call_area);
  for (ValueType result : others) values_.PushSlot(TypeOf(result));
}

// Whether not all slots of the call area up to the last value's are taken.
bool Compiler::LeavesSlotsFree(std::span<const ValueType> types) {
  uint32_t slots = 0;
  for (ValueType type : types) {
    if (type.slots() == 2 && slots % 2 != 0) return true;
    slots += type.slots();
  }
  return false;
}

// Results from the call area into slots of the frame, in a loop. Changes the register.
void Compiler::CopyResults(std::span<const ValueType> types, uint32_t slot, Register call_area) {
  uint32_t slots = 0;
  for (ValueType type : types) slots += type.slots();
  const Register target = values_.Allocate(false);
  AddressOfSlot(target, slot);
  masm_.Binary(Opcode::kI64Add, call_area, Operand::In(call_area),
               Operand::Constant(static_cast<uint64_t>(CallAreaOffset(0))));
  CopyWords(target, call_area, slots);
  values_.Free(target);
  // The upper halves of i32 mean nothing in the call area.
  for (ValueType type : types) {
    const int32_t offset = frame_.OperandOffset(slot);
    if (type == runtime::kI32) masm_.Spill(Type::kI32, offset, Operand::InFrame(offset));
    slot += type.slots();
  }
}

// The same, one by one.
void Compiler::LoadResults(std::span<const ValueType> types, uint32_t slot, Register call_area) {
  ArgumentPlacer placer(0, 0);
  const Register word = values_.Allocate(false);
  for (ValueType value_type : types) {
    const Type type = TypeOf(value_type);
    const Address from = {call_area, {}, CallAreaOffset(placer.Next(value_type).index)};
    if (IsVector(type)) {
      const Register vector = values_.Allocate(true);
      masm_.LoadWord(type, vector, from);
      masm_.Spill(type, frame_.OperandOffset(slot), Operand::In(vector));
      values_.Free(vector);
    } else {
      const Type held = Is64(type) ? Type::kI64 : Type::kI32;
      masm_.LoadWord(held, word, from);
      masm_.Spill(held, frame_.OperandOffset(slot), Operand::In(word));
    }
    slot += SlotsOf(type);
  }
  values_.Free(word);
}

// context->functions[function]: imports have a reference from the start.
Register Compiler::ImportRecord(uint32_t function) {
  return ContextElement(offsetof(VMContext, functions), function);
}

// The function in a table's element, which is checked to be of the type.
Register Compiler::TableRecord(uint32_t type, uint32_t table, Value index) {
  const Register view = TableViewOf(table);
  AddressElement(view, index, TrapCode::kUndefinedElement);
  masm_.LoadWord(Type::kI64, view, {view, {}, 0});
  masm_.TrapIf(masm_.Test(Opcode::kI64Eqz, Operand::In(view)), TrapCode::kUninitializedElement);
  masm_.CompareWord32({view, {}, offsetof(FunctionReference, type_id)},
                      module_->canonical_types[type]);
  masm_.TrapIf(Condition::kNotEqual, TrapCode::kIndirectCallTypeMismatch);
  return view;
}

// With the context of a reference's function; a host function gets the caller's.
Compiler::Callee Compiler::CalleeOf(Register record) {
  Callee callee;
  callee.record = record;
  callee.context = values_.Allocate(false);
  masm_.LoadWord(Type::kI64, callee.context, {record, {}, offsetof(FunctionReference, context)});
  const Label host = masm_.NewLabel();
  const Label done = masm_.NewLabel();
  masm_.JumpIf(masm_.Test(Opcode::kI64Eqz, Operand::In(callee.context)), host);
  masm_.Bind(done);
  masm_.Cold(host, [this, context = callee.context, done] {
    masm_.Move(Type::kI64, context, Operand::InFrame(FrameLayout::kContextOffset));
    masm_.Jump(done);
  });
  return callee;
}

Compiler::Callee Compiler::DirectCallee(uint32_t function) {
  if (module_->IsImported(function)) return CalleeOf(ImportRecord(function));
  Callee callee;
  callee.slot = code_->entries() + function;
  return callee;
}

void Compiler::CallFunction(uint32_t function, bool is_tail_call) {
  Begin();
  const FuncType& type = module_->function_type(function);
  PrepareArguments(type, is_tail_call);
  EmitCall(type, DirectCallee(function), is_tail_call);
}

// Pops the index or reference of a callee; what is above the arguments must not be in their way.
Value Compiler::PopCallee(const FuncType& type) {
  if (type.params.size() > kMaxSingleMoves) values_.SettleTop(1);
  return values_.Pop();
}

void Compiler::CallThroughTable(uint32_t type_index, uint32_t table, bool is_tail_call) {
  Begin();
  const FuncType& type = module_->types[type_index].func;
  const Value index = PopCallee(type);
  PrepareArguments(type, is_tail_call);
  const Register record = TableRecord(type_index, table, index);
  CountTarget(record);
  EmitCall(type, CalleeOf(record), is_tail_call);
}

// A reference that was popped, in a register of its own, checked not to be null.
Register Compiler::ReferenceRecord(Value reference) {
  Register record = values_.InRegister(reference);
  if (!values_.IsTemporary(record)) {
    const Register copy = values_.Allocate(false);
    masm_.Move(Type::kI64, copy, Operand::In(record));
    record = copy;
  }
  masm_.TrapIf(masm_.Test(Opcode::kI64Eqz, Operand::In(record)), TrapCode::kNullFunctionReference);
  return record;
}

void Compiler::CallReference(uint32_t type_index, bool is_tail_call) {
  Begin();
  const FuncType& type = module_->types[type_index].func;
  const Value reference = PopCallee(type);
  PrepareArguments(type, is_tail_call);
  const Register record = ReferenceRecord(reference);
  CountTarget(record);
  EmitCall(type, CalleeOf(record), is_tail_call);
}

void Compiler::CallRuntime(RuntimeCall call, uint32_t immediate, uint32_t immediate2) {
  struct Counts {
    uint8_t operands;
    uint8_t results;
  };
  static constexpr Counts kCounts[] = {
#define RUNTIME_CALL(Name, operands, results) {operands, results},
#include "runtime/runtime_calls.def"
#undef RUNTIME_CALL
  };
  Begin();
  const Counts counts = kCounts[static_cast<size_t>(call)];
  values_.SettleTop(counts.operands);
  values_.SpillRegisters(values_.height());
  homes_.SaveBeforeCall();
  values_.DropTo(values_.height() - counts.operands);
  const uint32_t position = values_.TopSlot();
  masm_.Move(Type::kI64, Roles().context_argument, homes_.Context());
  masm_.CallRuntime(call, frame_.OperandOffset(position), immediate, immediate2);
  homes_.AfterCall();
  // Sizes and references; sizes of 32 bits are zero-extended.
  if (counts.results != 0) values_.PushSlot(Type::kI64);
}

}  // namespace wasmtier::baseline
