// Translator: blocks, jumps, calls and returns.
#include <algorithm>

#include "tiers/decode/opcode.h"
#include "tiers/interpreter/translator.h"

namespace wasmtier::interpreter {

using decode::Control;
using decode::ControlKind;
using decode::Info;
using decode::Opcode;
using decode::Shape;
using runtime::FuncType;
using runtime::ValueType;

void Translator::PushLabel(const Control& control) {
  labels_.push_back({control.kind, control.height, writer_.size(), 0, kNoFixup, kNoFixup});
}

void Translator::Block(const Control& control) {
  writer_.set_module_offset(state_->offset());
  MaterializeBelow(static_cast<uint32_t>(operands_.size()));
  PushLabel(control);
}

void Translator::Loop(const Control& control) {
  writer_.set_module_offset(state_->offset());
  MaterializeBelow(static_cast<uint32_t>(operands_.size()));
  writer_.Label();
  PushLabel(control);
  labels_.back().loop = loops_++;
}

void Translator::If(const Control& control) {
  writer_.set_module_offset(state_->offset());
  MaterializeBelow(static_cast<uint32_t>(operands_.size()) - 1);
  uint32_t else_fixup = kNoFixup;
  EmitConditionalJump(nullptr, true, &else_fixup);
  PushLabel(control);
  labels_.back().else_fixup = else_fixup;
}

// After a join: the operands above `height` are these, in their slots.
void Translator::ResetOperands(uint32_t height, std::span<const ValueType> types) {
  DropTo(height);
  for (ValueType type : types) Push(type);
}

void Translator::Else(const Control& control, bool reachable) {
  writer_.set_module_offset(state_->offset());
  Label& label = labels_.back();
  if (reachable) {
    MoveToLabel(label, static_cast<uint32_t>(control.type.results.size()));
    EmitJump(label);
  }
  ResetOperands(control.height, control.type.params);
  BindFixups(label.else_fixup);
  label.else_fixup = kNoFixup;
  label.kind = ControlKind::kElse;
  writer_.Label();
}

void Translator::End(const Control& control, bool reachable) {
  writer_.set_module_offset(state_->offset());
  if (control.kind == ControlKind::kFunction) {
    if (reachable) EmitReturn();
    labels_.pop_back();
    return;
  }
  const Label label = labels_.back();
  const bool is_target = label.fixups != kNoFixup || label.else_fixup != kNoFixup;
  if (is_target || !reachable) {
    if (reachable) MoveToLabel(label, static_cast<uint32_t>(control.type.results.size()));
    ResetOperands(control.height, control.type.results);
    BindFixups(label.fixups);
    BindFixups(label.else_fixup);
    writer_.Label();
  }
  labels_.pop_back();
}

uint32_t Translator::AddFixup(uint32_t list, uint32_t field, uint32_t instruction) {
  fixups_.push_back({field, instruction, list});
  return static_cast<uint32_t>(fixups_.size()) - 1;
}

// The targets of a list of jumps are here.
void Translator::BindFixups(uint32_t list) {
  while (list != kNoFixup) {
    const Fixup& fixup = fixups_[list];
    writer_.WriteAt<int32_t>(fixup.field, static_cast<int32_t>(writer_.size() - fixup.instruction));
    list = fixup.next;
  }
}

// The distance field of a jump to `label`, or into `forward_fixups` where there is no label;
// backwards the fields `back`, too.
void Translator::WriteDistance(Label* label, uint32_t instruction, uint32_t* forward_fixups) {
  if (label != nullptr && label->kind == ControlKind::kLoop) {
    writer_.Write<int32_t>(static_cast<int32_t>(label->position - instruction));
    writer_.Write<uint32_t>(hotness_index_);
    writer_.Write<uint32_t>(label->loop);
    return;
  }
  uint32_t& list = label != nullptr ? label->fixups : *forward_fixups;
  list = AddFixup(list, writer_.size(), instruction);
  writer_.Write<int32_t>(0);
}

// The end of a counted loop: the last instruction compares a local that the one before has
// increased.
bool Translator::EmitCountAndBranch(Label& label, bool negated) {
  const BytecodeWriter::Last compare = *writer_.LastWriting(Top().slot);
  const BytecodeWriter::Last* add = writer_.previous();
  if (!compare.has_opcode || compare.a != Form::kAccumulator || add == nullptr) return false;
  if (!add->has_opcode || add->opcode != Opcode::kI32Add || add->b != Form::kImmediate)
    return false;
  const uint16_t local = add->destination;
  const int32_t source =
      add->a == Form::kSlot ? writer_.ReadAt<uint16_t>(add->operands_offset) : add->before.integer;
  if (local >= header_slot_ || source != local) return false;
  Opcode comparison = compare.opcode;
  if (negated && !InverseComparison(comparison, &comparison)) return false;
  const Handler handler = CountAndBranchHandler(comparison, compare.b);
  if (handler == nullptr) return false;
  const BytecodeWriter::TakenOperands limit = writer_.TakeBackLast();
  const uint32_t addend = writer_.LastImmediate();
  writer_.TakeBackLast();
  const uint32_t instruction = writer_.Begin(handler);
  WriteDistance(&label, instruction, nullptr);
  writer_.Write<uint16_t>(local);
  writer_.Write<uint32_t>(addend);
  writer_.WriteOperands(limit);
  writer_.Mirror(local, false);
  Pop();
  return true;
}

// Pops a condition and jumps if it is true (`negated`: false); comparisons just made are taken in.
void Translator::EmitConditionalJump(Label* label, bool negated, uint32_t* forward_fixups) {
  const bool backward = label != nullptr && label->kind == ControlKind::kLoop;
  const Operand& top = Top();
  const BytecodeWriter::Last* last =
      top.kind == Operand::Kind::kSlot ? writer_.LastWriting(top.slot) : nullptr;
  if (backward && last != nullptr && EmitCountAndBranch(*label, negated)) return;
  Handler handler = nullptr;
  if (last != nullptr && last->has_opcode) {
    if (last->opcode == Opcode::kI32Eqz) {
      handler = BranchIfHandler(last->a, backward, !negated);
    } else if (Info(last->opcode).shape == Shape::kCompare) {
      handler = CompareBranchHandler(last->opcode, last->a, last->b, backward, negated);
    }
  }
  if (handler != nullptr) {
    const BytecodeWriter::TakenOperands operands = writer_.TakeBackLast();
    const uint32_t instruction = writer_.Begin(handler);
    WriteDistance(label, instruction, forward_fixups);
    writer_.WriteOperands(operands);
    Pop();
    return;
  }
  const auto index = static_cast<uint32_t>(operands_.size()) - 1;
  Prepare(index, false);
  const Source condition = SourceOf(index);
  const uint32_t instruction = writer_.Begin(BranchIfHandler(condition.form, backward, negated));
  WriteDistance(label, instruction, forward_fixups);
  WriteSource(condition);
  Pop();
}

void Translator::EmitJump(Label& label) {
  const bool backward = label.kind == ControlKind::kLoop;
  const uint32_t instruction =
      writer_.Begin(SimpleHandler(backward ? Simple::kBranchBackward : Simple::kBranch));
  WriteDistance(&label, instruction, nullptr);
}

// Whether the topmost operands are where a jump to the label must leave them.
bool Translator::IsInPlace(const Label& label, uint32_t count) const {
  const auto height = static_cast<uint32_t>(operands_.size());
  if (count == 0) return true;
  if (height - count != label.height) return false;
  return std::all_of(operands_.end() - count, operands_.end(),
                     [](const Operand& operand) { return operand.kind == Operand::Kind::kSlot; });
}

// Copies the topmost operands to where the label expects them; the operand stack itself does not
// change. Upwards from the lowest: no source lies below its destination.
void Translator::MoveToLabel(const Label& label, uint32_t count) {
  if (count == 0) return;
  const auto height = static_cast<uint32_t>(operands_.size());
  uint32_t destination = SlotAt(label.height);
  if (count > kMaxSingleMoves) {
    MaterializeTop(count);
    const Operand& first = operands_[height - count];
    if (first.slot == destination) return;
    writer_.Begin(SimpleHandler(Simple::kMove));
    writer_.Write<uint16_t>(static_cast<uint16_t>(destination));
    writer_.Write<uint16_t>(static_cast<uint16_t>(first.slot));
    writer_.Write<uint16_t>(static_cast<uint16_t>(Top().slot + Top().slots() - first.slot));
    writer_.Label();
    return;
  }
  for (uint32_t index = height - count; index < height; ++index) {
    const Operand& operand = operands_[index];
    const bool redirect = count == 1 && operand.kind == Operand::Kind::kSlot &&
                          operand.slot != destination &&
                          writer_.LastWriting(operand.slot) != nullptr;
    if (redirect) {
      writer_.RedirectLast(destination);
    } else {
      EmitCopy(destination, operand);
    }
    destination += operand.slots();
  }
}

void Translator::EmitReturn() {
  const FuncType& type = state_->type();
  const auto count = static_cast<uint32_t>(type.results.size());
  if (count == 0) {
    writer_.Begin(SimpleHandler(Simple::kReturn));
  } else if (count == 1 && Top().IsConstant()) {
    writer_.Begin(SimpleHandler(Simple::kReturnOneConstant));
    writer_.Write<uint64_t>(Top().bits);
  } else if (count == 1 && !Top().is_vector) {
    const Source value = SourceOf(static_cast<uint32_t>(operands_.size()) - 1);
    writer_.Begin(ReturnOneHandler(value.form, Top().is_float));
    WriteSource(value);
  } else {
    if (count > 1) MaterializeTop(count);
    writer_.Begin(SimpleHandler(Simple::kReturnMany));
    writer_.Write<uint16_t>(static_cast<uint16_t>(Top(count - 1).source()));
    writer_.Write<uint16_t>(static_cast<uint16_t>(type.ResultSlots()));
  }
}

void Translator::Return() {
  writer_.set_module_offset(state_->offset());
  EmitReturn();
}

void Translator::Unreachable() {
  writer_.set_module_offset(state_->offset());
  writer_.Begin(SimpleHandler(Simple::kUnreachable));
}

// An unconditional branch; the operand stack does not change.
void Translator::EmitBranch(uint32_t depth) {
  if (IsReturn(depth)) return EmitReturn();
  Label& label = LabelAt(depth);
  MoveToLabel(label, static_cast<uint32_t>(state_->label(depth).label_types().size()));
  EmitJump(label);
}

void Translator::Br(uint32_t depth) {
  writer_.set_module_offset(state_->offset());
  EmitBranch(depth);
}

void Translator::BrIf(uint32_t depth) {
  writer_.set_module_offset(state_->offset());
  const auto count = static_cast<uint32_t>(state_->label(depth).label_types().size());
  const bool is_return = IsReturn(depth);
  if (count > kMaxSingleMoves || (is_return && count > 1)) {
    // What EmitBranch would bring into slots, both ways must find there; the condition stays on
    // top.
    const auto height = static_cast<uint32_t>(operands_.size());
    for (uint32_t index = height - 1 - count; index + 1 < height; ++index) Materialize(index);
  }
  if (!is_return) {
    const Operand condition = operands_.back();
    operands_.pop_back();
    const bool in_place = IsInPlace(LabelAt(depth), count);
    operands_.push_back(condition);
    if (in_place) return EmitConditionalJump(&LabelAt(depth), false, nullptr);
  }
  uint32_t skip = kNoFixup;
  EmitConditionalJump(nullptr, true, &skip);
  EmitBranch(depth);
  BindFixups(skip);
  writer_.Label();
}

// Jumps over what follows if the topmost reference is null (or is not), and leaves it there.
uint32_t Translator::EmitSkipIfNull(bool skip_if_null) {
  const uint32_t slot = Top().slot;
  Push(runtime::kI64);
  BecomeLocal(slot);
  EmitTest(Opcode::kI64Eqz);
  uint32_t skip = kNoFixup;
  EmitConditionalJump(nullptr, !skip_if_null, &skip);
  return skip;
}

void Translator::BrOnNull(uint32_t depth) {
  writer_.set_module_offset(state_->offset());
  MaterializeTop(static_cast<uint32_t>(state_->label(depth).label_types().size()) + 1);
  const uint32_t skip = EmitSkipIfNull(false);
  const Operand reference = Pop();
  EmitBranch(depth);
  operands_.push_back(reference);
  BindFixups(skip);
  writer_.Label();
}

void Translator::BrOnNonNull(uint32_t depth) {
  writer_.set_module_offset(state_->offset());
  MaterializeTop(static_cast<uint32_t>(state_->label(depth).label_types().size()));
  const uint32_t skip = EmitSkipIfNull(true);
  EmitBranch(depth);
  Pop();
  BindFixups(skip);
  writer_.Label();
}

void Translator::BrTable(decode::BrTableReader targets) {
  writer_.set_module_offset(state_->offset());
  const auto index = static_cast<uint32_t>(operands_.size()) - 1;
  Prepare(index, false);
  const auto count = static_cast<uint32_t>(
      state_->label(decode::BrTableReader(targets).Next()).label_types().size());
  // Every target finds the operands in their slots; the index stays on top.
  for (uint32_t value = index - count; value < index; ++value) Materialize(value);
  const Source source = SourceOf(index);
  Pop();
  const uint32_t instruction = writer_.Begin(BranchTableHandler(source.form));
  writer_.Write<uint32_t>(targets.size() - 1);
  WriteSource(source);
  uint32_t field = writer_.size();
  writer_.Reserve(size_t{4} * targets.size());
  for (uint32_t i = 0; i < targets.size(); ++i) writer_.Write<int32_t>(0);
  table_stubs_.clear();
  for (; targets.HasNext(); field += 4) {
    const uint32_t depth = targets.Next();
    Label& label = LabelAt(depth);
    if (!IsReturn(depth) && label.kind != ControlKind::kLoop && IsInPlace(label, count)) {
      label.fixups = AddFixup(label.fixups, field, instruction);
      continue;
    }
    // Jumps that need more are made once a depth, behind the table.
    const auto [stub, is_new] = table_stubs_.try_emplace(depth, writer_.size());
    writer_.WriteAt<int32_t>(field, static_cast<int32_t>(stub->second - instruction));
    if (!is_new) continue;
    writer_.Label();
    EmitBranch(depth);
  }
}

// Where the callee's frame begins: at the arguments.
uint32_t Translator::CallBase(const FuncType& type) const {
  return SlotAt(static_cast<uint32_t>(operands_.size() - type.params.size()));
}

// The callee's results lie where its frame began.
void Translator::FinishCall(const FuncType& type, uint32_t base) {
  writer_.Write<uint16_t>(static_cast<uint16_t>(header_slot_));
  writer_.Write<uint16_t>(static_cast<uint16_t>(base));
  writer_.Label();
  ResetOperands(static_cast<uint32_t>(operands_.size() - type.params.size()), type.results);
  if (type.results.size() == 1 && !Top().is_vector) writer_.Mirror(Top().slot, Top().is_float);
}

// The callee's FunctionState; without states (only positions are wanted) an address of no meaning.
void Translator::WriteState(uint32_t function) {
  writer_.Write<uint64_t>(reinterpret_cast<uint64_t>(states_) +
                          function * sizeof(runtime::FunctionState));
}

void Translator::Call(uint32_t function) {
  writer_.set_module_offset(state_->offset());
  const FuncType& type = module_.function_type(function);
  MaterializeTop(static_cast<uint32_t>(type.params.size()));
  const uint32_t base = CallBase(type);
  if (module_.IsImported(function)) {
    writer_.Begin(SimpleHandler(Simple::kCallImport));
    writer_.Write<uint32_t>(function);
  } else {
    writer_.Begin(SimpleHandler(Simple::kCall));
    WriteState(function);
  }
  FinishCall(type, base);
}

void Translator::CallIndirect(uint32_t type_index, uint32_t table) {
  writer_.set_module_offset(state_->offset());
  const FuncType& type = module_.types[type_index].func;
  const auto height = static_cast<uint32_t>(operands_.size());
  for (uint32_t index = height - 1 - static_cast<uint32_t>(type.params.size()); index + 1 < height;
       ++index) {
    Materialize(index);
  }
  Prepare(height - 1, false);
  const Source callee = SourceOf(height - 1);
  Pop();
  const uint32_t base = CallBase(type);
  writer_.Begin(CallIndirectHandler(callee.form));
  writer_.Write<uint32_t>(module_.canonical_types[type_index]);
  writer_.Write<uint32_t>(table);
  WriteSource(callee);
  FinishCall(type, base);
}

void Translator::CallRef(uint32_t type_index) {
  writer_.set_module_offset(state_->offset());
  const FuncType& type = module_.types[type_index].func;
  MaterializeTop(static_cast<uint32_t>(type.params.size()) + 1);
  const Operand callee = Pop();
  const uint32_t base = CallBase(type);
  writer_.Begin(SimpleHandler(Simple::kCallRef));
  writer_.Write<uint16_t>(static_cast<uint16_t>(callee.slot));
  FinishCall(type, base);
}

void Translator::WriteTailCall(const FuncType& type) {
  writer_.Write<uint16_t>(static_cast<uint16_t>(CallBase(type)));
  writer_.Write<uint16_t>(static_cast<uint16_t>(type.ParamSlots()));
}

void Translator::ReturnCall(uint32_t function) {
  writer_.set_module_offset(state_->offset());
  const FuncType& type = module_.function_type(function);
  MaterializeTop(static_cast<uint32_t>(type.params.size()));
  if (module_.IsImported(function)) {
    writer_.Begin(SimpleHandler(Simple::kReturnCallImport));
    writer_.Write<uint32_t>(function);
  } else {
    writer_.Begin(SimpleHandler(Simple::kReturnCall));
    WriteState(function);
  }
  WriteTailCall(type);
}

void Translator::ReturnCallIndirect(uint32_t type_index, uint32_t table) {
  writer_.set_module_offset(state_->offset());
  const FuncType& type = module_.types[type_index].func;
  MaterializeTop(static_cast<uint32_t>(type.params.size()) + 1);
  const Operand callee = Pop();
  writer_.Begin(SimpleHandler(Simple::kReturnCallIndirect));
  writer_.Write<uint32_t>(module_.canonical_types[type_index]);
  writer_.Write<uint32_t>(table);
  writer_.Write<uint16_t>(static_cast<uint16_t>(callee.slot));
  WriteTailCall(type);
}

void Translator::ReturnCallRef(uint32_t type_index) {
  writer_.set_module_offset(state_->offset());
  const FuncType& type = module_.types[type_index].func;
  MaterializeTop(static_cast<uint32_t>(type.params.size()) + 1);
  const Operand callee = Pop();
  writer_.Begin(SimpleHandler(Simple::kReturnCallRef));
  writer_.Write<uint16_t>(static_cast<uint16_t>(callee.slot));
  WriteTailCall(type);
}

}  // namespace wasmtier::interpreter
