// Compiler: how a function is entered, by calls and (OSR) from the interpreter's loops.
#include <algorithm>
#include <cstddef>

#include "runtime/call_convention.h"
#include "runtime/interpreter_frame.h"
#include "runtime/vm_context.h"
#include "tiers/baseline/compiler.h"

namespace wasmtier::baseline {

using decode::BodyState;
using runtime::ArgumentPlace;
using runtime::ArgumentPlacer;
using runtime::VMContext;

void Compiler::BeginFunction(const BodyState& state) {
  state_ = &state;
  check_stack_ = code_->strategy() == runtime::MemoryStrategy::kChecked;
  const bool wants_base =
      !check_stack_ && !module_->memories.empty() && !module_->memories[0].limits.is_64;
  homes_.Assign(*summary_, state.locals(), wants_base,
                feedback_ == nullptr ? nullptr : &feedback_->hot.iterations);
  // Runtime calls leave a result above their operands' place. Where there are vectors, each operand
  // might be one.
  const uint32_t slots = summary_->has_vectors ? 2 : 1;
  frame_ = FrameLayout(homes_.slot_count(), summary_->max_height * slots + 1, slots);
  homes_.set_frame(frame_);
  values_.Reset(frame_);
  blocks_.clear();
  loops_.clear();
  osr_entries_.clear();
  table_stubs_.clear();
  tables_ = 0;
  return_label_ = {};
  osr_exit_ = {};
  pending_shift_ = 0;
  is_too_large_ = false;
  next_branch_ = next_call_site_ = tight_loops_ = 0;

  masm_.set_module_offset(state.offset());
  masm_.Prologue(frame_.bytes(), homes_.saved(), check_stack_);
  prologue_size_ = masm_.code_offset();
  TakeParameters();
  ClearLocals();
  homes_.LoadCountdown();
  CountCall();
  blocks_.push_back({.kind = decode::ControlKind::kFunction, .label = {}, .else_label = {}});
}

void Compiler::EndFunction() {
  if (return_label_.IsValid()) {
    masm_.Bind(return_label_);
    Leave();
  }
  for (size_t i = 0; i < loops_.size(); ++i) EmitOsrEntry(loops_[i], static_cast<uint32_t>(i));
  if (feedback_ != nullptr && !loops_.empty()) EmitOsrExit();
}

// Brings the parameters from where the caller has put them into their homes.
void Compiler::TakeParameters() {
  const RegisterRoles& roles = Roles();
  const auto& params = state_->type().params;
  ParallelMove moves(masm_, frame_.ScratchOffset());
  ArgumentPlacer placer = ArgumentPlacer::OfParameters();
  bool has_call_area = false;
  for (uint32_t i = 0; i < params.size(); ++i) {
    const ArgumentPlace place = placer.Next(params[i]);
    if (place.kind == ArgumentPlace::Kind::kCallArea) {
      has_call_area = true;
      continue;
    }
    if (!homes_.is_used(i)) continue;
    const Register argument = ArgumentRegister(place);
    const Type type = homes_.type(i);
    const Register home = homes_.reg(i);
    if (!home.IsValid()) {
      masm_.Spill(type, LocalOffset(i), Operand::In(argument));
    } else if (home == argument) {
      // Clears an i32's upper half.
      masm_.Move(type, home, Operand::In(argument));
    } else {
      moves.Add(type, home, Operand::In(argument));
    }
  }
  moves.Emit();
  homes_.LoadFromContext(roles.context_argument);
  if (has_call_area) {
    const Register call_area = ContextWord(offsetof(VMContext, store_block));
    placer = ArgumentPlacer::OfParameters();
    for (uint32_t i = 0; i < params.size(); ++i) {
      const ArgumentPlace place = placer.Next(params[i]);
      if (place.kind != ArgumentPlace::Kind::kCallArea || !homes_.is_used(i)) continue;
      const Type type = homes_.type(i);
      const Register home = homes_.reg(i);
      const Register word = home.IsValid() ? home : values_.Allocate(IsFloat(type));
      masm_.LoadWord(type, word, {call_area, {}, CallAreaOffset(place.index)});
      if (home.IsValid()) continue;
      masm_.Spill(type, LocalOffset(i), Operand::In(word));
      values_.Free(word);
    }
    values_.Free(call_area);
  }
  for (uint32_t local : homes_.register_locals()) {
    if (!homes_.NeedsInitialStore(local)) continue;
    if (local >= params.size()) continue;  // below
    masm_.Spill(homes_.type(local), LocalOffset(local), Operand::In(homes_.reg(local)));
  }
}

// All other locals are zero. In their slots: only those that are used.
void Compiler::ClearLocals() {
  const auto params = static_cast<uint32_t>(state_->type().params.size());
  for (uint32_t local : homes_.register_locals()) {
    if (local < params) continue;
    masm_.Move(homes_.type(local), homes_.reg(local), Operand::Constant(0));
    if (homes_.NeedsInitialStore(local)) {
      masm_.Spill(homes_.type(local), LocalOffset(local), Operand::Constant(0));
    }
  }
  const auto in_slot = [&](uint32_t local) {
    return homes_.is_used(local) && !homes_.reg(local).IsValid();
  };
  uint32_t count = 0;
  uint32_t last = params;
  for (uint32_t local = params; local < homes_.local_count(); ++local) {
    if (!in_slot(local)) continue;
    ++count;
    last = local;
  }
  if (count <= kMaxSingleMoves) {
    for (uint32_t local = params; count != 0; ++local) {
      if (!in_slot(local)) continue;
      masm_.Spill(homes_.type(local), LocalOffset(local), Operand::Constant(0));
      --count;
    }
    return;
  }
  const Register index = values_.Allocate(false);
  const Register end = values_.Allocate(false);
  const Register zero = values_.Allocate(false);
  const uint32_t end_slot = homes_.slot(last) + SlotsOf(homes_.type(last));
  masm_.LoadFrameAddress(end, frame_.LocalOffset(end_slot));
  masm_.LoadImmediate(zero, 0);
  masm_.LoadImmediate(index, static_cast<uint64_t>(-8 * int64_t{end_slot - homes_.slot(params)}));
  const Label loop = masm_.NewLabel();
  masm_.Bind(loop);
  masm_.StoreWord(Type::kI64, {end, index, 0}, Operand::In(zero));
  masm_.Binary(Opcode::kI64Add, index, Operand::In(index), Operand::Constant(8));
  masm_.JumpIf(masm_.TestNonZero(Type::kI64, Operand::In(index)), loop);
  values_.Free(index);
  values_.Free(end);
  values_.Free(zero);
}

// A loop's start can be entered with a frame of the interpreter in the first argument register.
void Compiler::EmitOsrEntry(const OsrLoop& loop, uint32_t ordinal) {
  osr_entries_.push_back({ordinal, masm_.code_offset()});
  masm_.set_module_offset(loop.module_offset);
  if (has_listing_) masm_.Comment("entry from the interpreter");
  values_.Reset(frame_);
  masm_.Prologue(frame_.bytes(), homes_.saved(), /*check_stack=*/true);
  homes_.AtLabel();
  homes_.LoadFromContext(Roles().context_argument);
  const Register frame = Roles().integer_arguments[0];
  values_.Take(frame);
  LoadOsrLocals(frame);
  const uint32_t first = homes_.slot_count() + runtime::kHeaderSlots;
  if (loop.slots > kMaxSingleMoves) {
    const Register target = values_.Allocate(false);
    AddressOfSlot(target, 0);
    masm_.Binary(Opcode::kI64Add, frame, Operand::In(frame),
                 Operand::Constant(uint64_t{first} * 8));
    CopyWords(target, frame, loop.slots);
  } else {
    const Register word = values_.Allocate(false);
    for (uint32_t i = 0; i < loop.slots; ++i) {
      masm_.LoadWord(Type::kI64, word, {frame, {}, static_cast<int32_t>((first + i) * 8)});
      masm_.Spill(Type::kI64, frame_.OperandOffset(i), Operand::In(word));
    }
  }
  homes_.LoadCountdown();
  masm_.Jump(loop.start);
}

void Compiler::LoadOsrLocals(Register frame) {
  uint32_t in_slots = 0;
  for (uint32_t i = 0; i < homes_.local_count(); ++i) {
    if (homes_.is_used(i) && (!homes_.reg(i).IsValid() || homes_.NeedsInitialStore(i))) ++in_slots;
  }
  if (in_slots > kMaxSingleMoves) {
    // All of them: what is not needed does no harm.
    const Register source = values_.Allocate(false);
    const Register target = values_.Allocate(false);
    masm_.Move(Type::kI64, source, Operand::In(frame));
    masm_.LoadFrameAddress(target, frame_.LocalOffset(0));
    // The index and the word that CopyWords wants: with the frame there are five registers.
    masm_.Spill(Type::kI64, frame_.ScratchOffset(), Operand::In(frame));
    values_.Free(frame);
    CopyWords(target, source, homes_.slot_count());
    values_.Free(source);
    values_.Free(target);
    values_.Take(frame);
    masm_.Move(Type::kI64, frame, Operand::InFrame(frame_.ScratchOffset()));
  } else {
    const Register word = values_.Allocate(false);
    for (uint32_t i = 0; in_slots != 0; ++i) {
      if (!homes_.is_used(i) || (homes_.reg(i).IsValid() && !homes_.NeedsInitialStore(i))) continue;
      for (uint32_t part = 0; part < SlotsOf(homes_.type(i)); ++part) {
        const uint32_t slot = homes_.slot(i) + part;
        masm_.LoadWord(Type::kI64, word, {frame, {}, static_cast<int32_t>(slot * 8)});
        masm_.Spill(Type::kI64, frame_.LocalOffset(slot), Operand::In(word));
      }
      --in_slots;
    }
    values_.Free(word);
  }
  for (uint32_t local : homes_.register_locals()) {
    masm_.LoadWord(homes_.type(local), homes_.reg(local),
                   {frame, {}, static_cast<int32_t>(homes_.slot(local) * 8)});
  }
}

}  // namespace wasmtier::baseline
