// Compiler: blocks, branches and returns.
#include <algorithm>
#include <cstddef>

#include "runtime/vm_context.h"
#include "tiers/baseline/compiler.h"

namespace wasmtier::baseline {

using decode::Control;
using decode::ControlKind;
using runtime::ValueType;
using runtime::VMContext;

void Compiler::OpenBlockOf(const Control& control) {
  OpenBlock block;
  block.kind = control.kind;
  block.first_slot = values_.SlotAt(control.height);
  blocks_.push_back(block);
}

// The label that branches to the block jump to.
Label Compiler::TargetOf(OpenBlock& block) {
  if (!block.label.IsValid()) block.label = masm_.NewLabel();
  block.is_target = true;
  return block.label;
}

void Compiler::Block(const Control& control) {
  Begin();
  values_.Settle(values_.height());
  OpenBlockOf(control);
}

void Compiler::Loop(const Control& control) {
  Begin();
  values_.Settle(values_.height());
  homes_.ReloadStale();
  homes_.AtLabel();
  OpenBlockOf(control);
  OpenBlock& block = blocks_.back();
  block.label = masm_.NewLabel();
  masm_.AlignLoop();
  masm_.Bind(block.label);
  block.is_tight = feedback_ != nullptr && summary_->is_tight_loop[loops_.size()];
  loops_.push_back({block.label, values_.TopSlot(), state_->offset()});
  CountLoop();
}

void Compiler::If(const Control& control) {
  Begin();
  values_.Settle(values_.height() - 1);
  homes_.ReloadStale();
  const Condition condition = PopCondition();
  OpenBlockOf(control);
  const Label else_label = masm_.NewLabel();
  blocks_.back().else_label = else_label;
  uint32_t* const counter = BranchCounter(/*is_backward=*/false);
  if (counter == nullptr) {
    masm_.JumpIf(Negate(condition), else_label);
    return;
  }
  const Label count = masm_.NewLabel();
  masm_.JumpIf(Negate(condition), count);
  masm_.Cold(count, [this, counter, else_label] {
    masm_.AddToCounter(counter, 1);
    masm_.Jump(else_label);
  });
}

void Compiler::Else(const Control& control, bool reachable) {
  Begin();
  OpenBlock& block = blocks_.back();
  if (reachable) {
    homes_.ReloadStale();
    MoveToLabel(block, static_cast<uint32_t>(control.type.results.size()));
    masm_.Jump(TargetOf(block));
  }
  values_.DropTo(control.height);
  for (ValueType type : control.type.params) values_.PushSlot(TypeOf(type));
  masm_.Bind(block.else_label);
  block.else_label = {};
  block.kind = ControlKind::kElse;
  homes_.AtLabel();
}

void Compiler::End(const Control& control, bool reachable) {
  Begin();
  if (control.kind == ControlKind::kFunction) {
    if (reachable) EmitReturn();
    blocks_.pop_back();
    return;
  }
  OpenBlock block = blocks_.back();
  blocks_.pop_back();
  if (block.is_tight) --tight_loops_;
  const bool lacks_else = block.else_label.IsValid();
  const bool is_target = (block.is_target && block.kind != ControlKind::kLoop) || lacks_else;
  const auto& results = control.type.results;
  if (!is_target && reachable) return;  // the results are what lies on top
  if (is_target && reachable) {
    if (ReturnsNext()) {
      homes_.ReloadCountdown();
    } else {
      homes_.ReloadStale();
    }
    MoveToLabel(block, static_cast<uint32_t>(results.size()));
  }
  values_.DropTo(control.height);
  if (lacks_else) {
    // The missing part hands its parameters on, which are in slots.
    const bool in_register = results.size() == 1;
    if (in_register && reachable) masm_.Jump(TargetOf(block));
    masm_.Bind(block.else_label);
    if (in_register) {
      const Type type = TypeOf(results[0]);
      masm_.Move(type, values_.ResultRegister(IsFloat(type)),
                 Operand::InFrame(frame_.OperandOffset(values_.TopSlot())));
    }
  }
  if (block.label.IsValid() && block.kind != ControlKind::kLoop) masm_.Bind(block.label);
  homes_.AtLabel();
  PushLabelValues(block, results);
}

// Whether nothing but the function's return follows the End of a block: then no local is read
// again. A return of several values reads the context.
bool Compiler::ReturnsNext() const {
  if (state_->type().results.size() > 1) return false;
  constexpr uint8_t kEndByte = 0x0b;
  constexpr uint8_t kReturnByte = 0x0f;
  // More ends are not looked at, so that the time stays linear.
  constexpr uint32_t kMaxEnds = 8;
  const uint8_t* next = Next();
  if (*next == kReturnByte) return true;
  const uint32_t ends = state_->control_depth() - 1;
  if (ends > kMaxEnds) return false;
  return std::all_of(next, next + ends, [](uint8_t byte) { return byte == kEndByte; });
}

// Brings the topmost values to where the label expects them, on a path that goes there: what else
// is on the operand stack may be lost. The stack itself does not change, but for values that
// settle.
void Compiler::MoveToLabel(const OpenBlock& block, uint32_t count) {
  if (count == 0) return;
  if (TakesSlots(block, count)) {
    values_.SettleTop(count);
    const uint32_t first = values_.SlotAt(values_.height() - count);
    CopySlots(block.first_slot, first, values_.TopSlot() - first);
    return;
  }
  const Value& value = values_.Top();
  const Register result = values_.ResultRegister(IsFloat(value.type));
  if (!value.IsIn(result)) masm_.Move(value.type, result, values_.ReadOnce(value));
}

// After a label: its values are in their places.
void Compiler::PushLabelValues(const OpenBlock& block, std::span<const ValueType> types) {
  const bool in_slots = TakesSlots(block, types.size()) && types.size() > 1;
  for (ValueType value_type : types) {
    const Type type = TypeOf(value_type);
    if (in_slots) {
      values_.PushSlot(type);
    } else {
      values_.PushRegister(type, values_.ResultRegister(IsFloat(type)));
    }
  }
}

// Makes both ways of a conditional branch find the same operand stack, and the branch's own code
// not change it.
void Compiler::PrepareBranchValues(uint32_t depth) {
  const auto count = static_cast<uint32_t>(state_->label(depth).label_types().size());
  homes_.ReloadStale();
  if (count == 0 || (IsReturn(depth) && count == 1)) return;
  if (IsReturn(depth) || TakesSlots(BlockAt(depth), count)) {
    values_.SettleTop(count);
    constexpr int kRegistersOfCopy = 4;
    values_.EnsureFree(false, kRegistersOfCopy);
    return;
  }
  values_.MoveTopToResultRegister();
}

// A conditional branch, after PrepareBranchValues.
void Compiler::BranchIf(Condition condition, uint32_t depth) {
  const auto count = static_cast<uint32_t>(state_->label(depth).label_types().size());
  const bool is_return = IsReturn(depth);
  OpenBlock& block = BlockAt(depth);
  uint32_t* const counter = BranchCounter(block.kind == ControlKind::kLoop);
  const bool in_place = is_return
                            ? count == 0
                            : !TakesSlots(block, count) || count == 0 ||
                                  values_.SlotAt(values_.height() - count) == block.first_slot;
  if (!in_place) {
    const Label skip = masm_.NewLabel();
    masm_.JumpIf(Negate(condition), skip);
    if (counter != nullptr) masm_.AddToCounter(counter, 1);
    JumpToLabel(depth);
    masm_.Bind(skip);
    return;
  }
  if (is_return && !return_label_.IsValid()) return_label_ = masm_.NewLabel();
  const Label target = is_return ? return_label_ : TargetOf(block);
  if (counter == nullptr) return masm_.JumpIf(condition, target);
  const Label taken = masm_.NewLabel();
  masm_.JumpIf(condition, taken);
  masm_.Cold(taken, [this, counter, target] {
    masm_.AddToCounter(counter, 1);
    masm_.Jump(target);
  });
}

// Moves the values and jumps.
void Compiler::JumpToLabel(uint32_t depth) {
  if (IsReturn(depth)) return EmitReturn();
  OpenBlock& block = BlockAt(depth);
  MoveToLabel(block, static_cast<uint32_t>(state_->label(depth).label_types().size()));
  masm_.Jump(TargetOf(block));
}

void Compiler::Br(uint32_t depth) {
  Begin();
  if (!IsReturn(depth)) homes_.ReloadStale();
  JumpToLabel(depth);
}

void Compiler::BrIf(uint32_t depth) {
  Begin();
  if (!state_->label(depth).label_types().empty()) {
    Value condition = values_.Pop();
    KeepFromResultRegister(condition);
    PrepareBranchValues(depth);
    values_.PushBack(condition);
  } else {
    homes_.ReloadStale();
  }
  BranchIf(PopCondition(), depth);
}

// A popped integer that must survive while the value below it is brought to the result register.
void Compiler::KeepFromResultRegister(Value& value) {
  values_.InRegister(value);
  const Register result = values_.ResultRegister(false);
  if (!value.IsIn(result)) return;
  const Register other = values_.Allocate(false);
  masm_.Move(value.type, other, Operand::In(result));
  values_.Release(value);
  value.reg = other;
}

void Compiler::BrTable(decode::BrTableReader targets) {
  Begin();
  Value index = values_.Pop();
  const auto count = static_cast<uint32_t>(
      state_->label(decode::BrTableReader(targets).Next()).label_types().size());
  homes_.ReloadStale();
  values_.SettleTop(count);
  if (index.IsConstant()) values_.InRegister(index);
  ++tables_;
  if (table_stubs_.size() < state_->control_depth()) table_stubs_.resize(state_->control_depth());
  table_labels_.clear();
  stub_depths_.clear();
  while (targets.HasNext()) {
    const uint32_t depth = targets.Next();
    const bool is_return = IsReturn(depth);
    if (count == 0 && !is_return) {
      table_labels_.push_back(TargetOf(BlockAt(depth)));
      continue;
    }
    // What has to do more than jump is made once a depth, behind the jump.
    TableStub& stub = table_stubs_[depth];
    if (stub.table != tables_) {
      stub = {tables_, masm_.NewLabel()};
      stub_depths_.push_back(depth);
    }
    table_labels_.push_back(stub.label);
  }
  masm_.JumpTable(values_.Read(index), table_labels_);
  values_.Release(index);
  for (uint32_t depth : stub_depths_) {
    masm_.Bind(table_stubs_[depth].label);
    JumpToLabel(depth);
  }
}

void Compiler::BrOnNull(uint32_t depth) {
  Begin();
  Value reference = values_.Pop();
  KeepFromResultRegister(reference);
  PrepareBranchValues(depth);
  BranchIf(masm_.Test(Opcode::kI64Eqz, values_.Read(reference)), depth);
  values_.PushBack(reference);
}

void Compiler::BrOnNonNull(uint32_t depth) {
  Begin();
  if (values_.Top().IsConstant()) {
    Value reference = values_.Pop();
    values_.InRegister(reference);
    values_.PushBack(reference);
  }
  PrepareBranchValues(depth);
  BranchIf(masm_.TestNonZero(Type::kI64, values_.Read(values_.Top())), depth);
  values_.DropTo(values_.height() - 1);
}

void Compiler::Return() {
  Begin();
  EmitReturn();
}

void Compiler::Unreachable() {
  Begin();
  masm_.Trap(runtime::TrapCode::kUnreachable);
}

// Returns with the topmost values; the operand stack does not change, but for values that settle.
void Compiler::EmitReturn() {
  const auto count = static_cast<uint32_t>(state_->type().results.size());
  if (count == 0) return Leave();
  const uint32_t first = values_.height() - count;
  if (count > 1) {
    if (count - 1 > kMaxSingleMoves) values_.SettleTop(count);
    StoreToCallArea(std::span(state_->type().results).subspan(1), runtime::ArgumentPlacer(0, 0),
                    first + 1);
  }
  const Value& value = values_.at(first);
  masm_.Move(value.type, FirstResultRegister(value.type), values_.ReadOnce(value));
  Leave();
}

void Compiler::Leave() {
  homes_.StoreCountdown();
  masm_.Epilogue(homes_.saved());
  masm_.Return();
}

}  // namespace wasmtier::baseline
