#include "tiers/interpreter/translator.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "tiers/decode/opcode.h"

namespace wasmtier::interpreter {

using decode::BodyState;
using decode::Opcode;
using runtime::ValueKind;
using runtime::ValueType;

namespace {

bool Is64(ValueType type) {
  return type.kind() != ValueKind::kI32 && type.kind() != ValueKind::kF32;
}

}  // namespace

void Translator::BeginFunction(const BodyState& state) {
  state_ = &state;
  error_.clear();
  frame_is_too_large_ = false;
  writer_.Reset(positions_);
  operands_.clear();
  settled_height_ = 0;
  local_operands_.clear();
  labels_.clear();
  fixups_.clear();
  local_slots_.clear();
  uint32_t slot = 0;
  for (ValueType type : state.locals()) {
    local_slots_.push_back(static_cast<uint16_t>(slot));
    slot += type.slots();
  }
  header_slot_ = slot;
  highest_slot_ = header_slot_ + kHeaderSlots;
  hotness_index_ = state.function() - module_.imported_functions;
  loops_ = 0;
  writer_.set_module_offset(state.offset());
  writer_.Begin(SimpleHandler(Simple::kEnter));
  writer_.Write<uint16_t>(static_cast<uint16_t>(header_slot_));
  writer_.Write<uint16_t>(static_cast<uint16_t>(state.type().ParamSlots()));
  frame_field_ = writer_.size();
  writer_.Write<uint16_t>(0);
  writer_.Write<uint32_t>(hotness_index_);
  labels_.push_back({decode::ControlKind::kFunction, 0, 0, 0, kNoFixup, kNoFixup});
}

void Translator::EndFunction() {
  // The bridge of a call to another instance lies behind the operands.
  const uint32_t frame_slots = highest_slot_ + kBridgeSlots;
  if (frame_slots > kMaxFrameSlots && error_.empty()) {
    frame_is_too_large_ = true;
    error_ =
        absl::StrFormat("%s needs a frame of %d slots, the interpreter has at most %d",
                        module_.DescribeFunction(state_->function()), frame_slots, kMaxFrameSlots);
    return;
  }
  writer_.WriteAt<uint16_t>(frame_field_, static_cast<uint16_t>(frame_slots));
}

void Translator::Refuse(Opcode opcode) {
  if (!error_.empty()) return;
  error_ = absl::StrFormat("needs feature %s: %s (at offset 0x%x in %s)",
                           ToString(decode::Info(opcode).feature), decode::Name(opcode),
                           state_->offset(), module_.DescribeFunction(state_->function()));
}

// Slot of the operand that would be pushed at `height`.
uint32_t Translator::SlotAt(uint32_t height) const {
  return height == 0 ? header_slot_ + kHeaderSlots
                     : operands_[height - 1].slot + operands_[height - 1].slots();
}

Operand& Translator::Push(ValueType type) {
  Operand operand;
  operand.slot = SlotAt(static_cast<uint32_t>(operands_.size()));
  operand.is_float = IsFloat(type);
  operand.is_64 = Is64(type);
  operand.is_vector = type == runtime::kV128;
  highest_slot_ = std::max(highest_slot_, operand.slot + operand.slots());
  operands_.push_back(operand);
  return operands_.back();
}

Operand Translator::Pop() {
  const Operand operand = operands_.back();
  operands_.pop_back();
  settled_height_ = std::min(settled_height_, static_cast<uint32_t>(operands_.size()));
  if (operand.kind == Operand::Kind::kLocal) local_operands_.pop_back();
  return operand;
}

// A result that its instruction has written to its slot; `in_accumulator`: and left in the
// accumulator.
void Translator::PushResult(ValueType type, bool in_accumulator) {
  const Operand& operand = Push(type);
  if (in_accumulator) writer_.Mirror(operand.slot, operand.is_float);
}

void Translator::DropTo(uint32_t height) {
  while (operands_.size() > height) Pop();
}

void Translator::EmitConst(uint32_t destination, uint64_t bits) {
  const bool is_short = bits >> 32 == 0;
  writer_.Begin(SimpleHandler(is_short ? Simple::kConst32 : Simple::kConst64));
  writer_.Destination(destination, false);
  if (is_short) {
    writer_.Write<uint32_t>(static_cast<uint32_t>(bits));
  } else {
    writer_.Write<uint64_t>(bits);
  }
  writer_.End();
}

bool Translator::IsMirrored(const Operand& operand) const {
  return !operand.IsConstant() &&
         writer_.accumulators().of(operand.is_float) == static_cast<int32_t>(operand.source());
}

void Translator::EmitCopy(uint32_t destination, const Operand& source) {
  if (source.IsConstant()) {
    EmitConst(destination, source.bits);
    return;
  }
  if (source.source() == destination) return;
  if (source.is_vector) {
    writer_.Begin(SimpleHandler(Simple::kVectorCopy));
    writer_.VectorDestination(destination);
    writer_.Write<uint16_t>(static_cast<uint16_t>(source.source()));
    writer_.End();
    return;
  }
  const auto slot = static_cast<int32_t>(source.source());
  // Either accumulator has all 64 bits of the slot that it mirrors.
  const bool is_float = writer_.accumulators().floating == slot;
  const bool mirrored = is_float || writer_.accumulators().integer == slot;
  writer_.Begin(CopyHandler(mirrored ? Form::kAccumulator : Form::kSlot,
                            is_float || (!mirrored && source.is_float)));
  writer_.Destination(destination, is_float || (!mirrored && source.is_float));
  if (!mirrored) writer_.Write<uint16_t>(static_cast<uint16_t>(slot));
  writer_.End();
}

// Brings an operand into its own slot.
void Translator::Materialize(uint32_t index) {
  Operand& operand = operands_[index];
  if (operand.kind == Operand::Kind::kSlot) return;
  EmitCopy(operand.slot, operand);
  if (operand.kind == Operand::Kind::kLocal) {
    local_operands_.erase(std::lower_bound(local_operands_.begin(), local_operands_.end(), index));
  }
  operand.kind = Operand::Kind::kSlot;
}

void Translator::MaterializeTop(uint32_t count) {
  const auto height = static_cast<uint32_t>(operands_.size());
  for (uint32_t index = height - count; index < height; ++index) {
    if (index + 1 < height && MaterializeTwo(index)) ++index;
    Materialize(index);
  }
}

// Two locals in a row, as in the arguments of calls.
bool Translator::MaterializeTwo(uint32_t index) {
  Operand& first = operands_[index];
  Operand& second = operands_[index + 1];
  if (first.kind != Operand::Kind::kLocal || second.kind != Operand::Kind::kLocal) return false;
  if (first.is_vector || second.is_vector || second.slot != first.slot + 1) return false;
  writer_.Begin(CopyTwoHandler());
  writer_.Write<uint16_t>(static_cast<uint16_t>(first.slot));
  writer_.Write<uint16_t>(first.local);
  writer_.Write<uint16_t>(second.local);
  writer_.Forget(first.slot);
  writer_.Mirror(second.slot, false);
  const auto at = std::lower_bound(local_operands_.begin(), local_operands_.end(), index);
  local_operands_.erase(at, at + 2);
  first.kind = second.kind = Operand::Kind::kSlot;
  return true;
}

// Before the local in `slot` is written: operands that mean its old value get it.
void Translator::MaterializeLocal(uint32_t slot) {
  for (size_t i = 0; i < local_operands_.size();) {
    const uint32_t index = local_operands_[i];
    if (operands_[index].local == slot) {
      Materialize(index);
    } else {
      ++i;
    }
  }
}

// Brings all operands below `height` into their slots. Those that were are not looked at again: a
// deep stack and many blocks would take quadratic time.
void Translator::MaterializeBelow(uint32_t height) {
  for (; settled_height_ < height; ++settled_height_) Materialize(settled_height_);
}

bool Translator::FitsImmediate(const Operand& operand) {
  return operand.is_float || !operand.is_64 ||
         static_cast<int64_t>(operand.bits) == static_cast<int32_t>(operand.bits);
}

// A constant that the instruction cannot hold gets a slot. To be called for all operands before
// SourceOf for any, since what it emits changes the accumulators.
void Translator::Prepare(uint32_t index, bool allow_immediate) {
  const Operand& operand = operands_[index];
  if (operand.IsConstant() && !(allow_immediate && FitsImmediate(operand))) Materialize(index);
}

// How an instruction reads a prepared operand.
Translator::Source Translator::SourceOf(uint32_t index, bool allow_accumulator) const {
  const Operand& operand = operands_[index];
  if (operand.IsConstant())
    return {Form::kImmediate, 0, operand.bits, operand.is_float && operand.is_64};
  return {allow_accumulator && IsMirrored(operand) ? Form::kAccumulator : Form::kSlot,
          operand.source(), 0, false};
}

void Translator::WriteSource(const Source& source) {
  if (source.form == Form::kSlot) {
    writer_.Write<uint16_t>(static_cast<uint16_t>(source.slot));
  } else if (source.form == Form::kImmediate) {
    if (source.is_f64) {
      writer_.Write<uint64_t>(source.bits);
    } else {
      writer_.Write<uint32_t>(static_cast<uint32_t>(source.bits));
    }
  }
}

void Translator::LocalGet(uint32_t local) {
  const ValueType type = state_->locals()[local];
  Push(type);
  BecomeLocal(local_slots_[local]);
}

// The topmost operand is what the local in `slot` holds.
void Translator::BecomeLocal(uint32_t slot) {
  if (local_operands_.size() >= kMaxLocalOperands) Materialize(local_operands_.front());
  Top().kind = Operand::Kind::kLocal;
  Top().local = static_cast<uint16_t>(slot);
  local_operands_.push_back(static_cast<uint32_t>(operands_.size()) - 1);
}

void Translator::LocalSet(uint32_t local) {
  writer_.set_module_offset(state_->offset());
  SetLocal(local_slots_[local], false);
}

void Translator::LocalTee(uint32_t local) {
  writer_.set_module_offset(state_->offset());
  SetLocal(local_slots_[local], true);
}

// Writes the topmost operand to a local; `keep`: it stays pushed, now as that local.
void Translator::SetLocal(uint32_t slot, bool keep) {
  const Operand value = Pop();
  MaterializeLocal(slot);
  if (value.kind == Operand::Kind::kSlot && writer_.LastWriting(value.slot) != nullptr) {
    writer_.RedirectLast(slot);
  } else {
    EmitCopy(slot, value);
  }
  if (!keep) return;
  operands_.push_back(value);
  if (!value.IsConstant()) BecomeLocal(slot);
}

void Translator::Const(ValueType type, uint64_t bits) {
  Operand& operand = Push(type);
  operand.kind = Operand::Kind::kConstant;
  operand.bits = bits;
}

void Translator::Select(ValueType type) {
  writer_.set_module_offset(state_->offset());
  if (type == runtime::kV128) return EmitVectorSelect();
  const auto height = static_cast<uint32_t>(operands_.size());
  for (uint32_t index = height - 3; index < height; ++index) Prepare(index, false);
  const Source a = SourceOf(height - 3, false);
  const Source b = SourceOf(height - 2, false);
  const Source condition = SourceOf(height - 1);
  writer_.Begin(SelectHandler(condition.form));
  DropTo(height - 3);
  writer_.Destination(SlotAt(height - 3), false);
  WriteSource(a);
  WriteSource(b);
  WriteSource(condition);
  writer_.End();
  PushResult(type);
}

void Translator::GlobalGet(uint32_t global) {
  writer_.set_module_offset(state_->offset());
  const ValueType type = module_.globals[global].type.type;
  writer_.Begin(type == runtime::kV128 ? SimpleHandler(Simple::kVectorGlobalGet)
                                       : GlobalGetHandler(IsFloat(type)));
  PushDestination(type);
  writer_.Write<uint32_t>(global);
  writer_.End();
}

void Translator::GlobalSet(uint32_t global) {
  writer_.set_module_offset(state_->offset());
  // Its handlers know the integer accumulator only.
  const auto top = static_cast<uint32_t>(operands_.size()) - 1;
  Prepare(top, false);
  const Source value = SourceOf(top, !Top().is_float);
  writer_.Begin(Top().is_vector ? SimpleHandler(Simple::kVectorGlobalSet)
                                : GlobalSetHandler(value.form));
  writer_.Write<uint32_t>(global);
  WriteSource(value);
  Pop();
}

void Translator::RefIsNull() { EmitTest(Opcode::kI64Eqz); }

void Translator::RefAsNonNull() {
  writer_.set_module_offset(state_->offset());
  MaterializeTop(1);
  writer_.Begin(SimpleHandler(Simple::kNullCheck));
  writer_.Write<uint16_t>(static_cast<uint16_t>(Top().slot));
}

}  // namespace wasmtier::interpreter
