#include "tiers/baseline/homes.h"

#include <algorithm>
#include <cstddef>

#include "runtime/vm_context.h"

namespace wasmtier::baseline {
namespace {

using runtime::VMContext;

// A preserved register is saved at the start of the function and restored at its end.
constexpr Weight kCostOfPreserved = 2;
// More candidates than registers are never looked at.
constexpr size_t kMaxCandidates = 32;

}  // namespace

void Homes::Assign(const BodySummary& summary, std::span<const runtime::ValueType> locals,
                   bool wants_memory_base, int32_t* countdown) {
  const RegisterRoles& roles = Roles();
  locals_.clear();
  slot_count_ = 0;
  locals_.reserve(locals.size());
  for (size_t i = 0; i < locals.size(); ++i) {
    const bool is_used = summary.locals[i].reads != 0;
    locals_.push_back({TypeOf(locals[i]), is_used, slot_count_, {}, kNoBit});
    slot_count_ += locals[i].slots();
  }
  register_locals_.clear();
  by_bit_.clear();
  memory_base_ = context_ = countdown_ = {};
  countdown_memory_ = countdown;
  countdown_mask_ = 0;
  saved_count_ = 0;
  destroyed_ = written_ = 0;
  preserved_ = roles.preserved_homes;
  integers_ = roles.integer_homes;
  floats_ = roles.float_homes;

  CollectCandidates(summary, wants_memory_base);
  for (const Candidate& candidate : candidates_) Place(candidate);
  spare_.assign(integers_.begin(), integers_.end());
  spare_.insert(spare_.end(), floats_.begin(), floats_.end());
  AtLabel();
}

// What gains by a register, the most first.
void Homes::CollectCandidates(const BodySummary& summary, bool wants_memory_base) {
  candidates_.clear();
  for (uint32_t i = 0; i < locals_.size(); ++i) {
    const BodySummary::Local& local = summary.locals[i];
    if (local.reads == 0) continue;
    const bool is_written = local.writes != 0;
    // A value that goes through memory from one write to the next read costs more than a read.
    candidates_.push_back({Candidate::Kind::kLocal, IsFloat(locals_[i].type), is_written, i,
                           local.reads + 2 * local.writes, summary.calls * (is_written ? 2 : 1)});
  }
  if (wants_memory_base && summary.memory_accesses != 0) {
    candidates_.push_back({Candidate::Kind::kMemoryBase, false, false, 0,
                           2 * summary.memory_accesses, 2 * summary.calls});
  }
  if (summary.context_uses != 0) {
    candidates_.push_back(
        {Candidate::Kind::kContext, false, false, 0, summary.context_uses, summary.calls});
  }
  if (countdown_memory_ != nullptr && summary.iterations != 0) {
    // Adding to memory takes the longer the shorter the loop is: five cycles at least.
    candidates_.push_back(
        {Candidate::Kind::kCountdown, false, true, 0, 3 * summary.iterations, 2 * summary.calls});
  }
  const size_t count = std::min(candidates_.size(), kMaxCandidates);
  std::partial_sort(candidates_.begin(), candidates_.begin() + static_cast<ptrdiff_t>(count),
                    candidates_.end(),
                    [](const Candidate& a, const Candidate& b) { return a.benefit > b.benefit; });
  candidates_.resize(count);
}

// Gives a candidate the register that gains most, if any does.
void Homes::Place(const Candidate& candidate) {
  std::span<const Register>& destroyed = candidate.is_float ? floats_ : integers_;
  const bool can_be_preserved = !candidate.is_float && !preserved_.empty();
  const bool preserved_gains = can_be_preserved && candidate.benefit > kCostOfPreserved;
  const bool destroyed_gains = !destroyed.empty() && candidate.benefit > candidate.cost_of_calls;
  if (destroyed_gains && (!preserved_gains || candidate.cost_of_calls <= kCostOfPreserved)) {
    Give(candidate, destroyed.front(), true);
    destroyed = destroyed.subspan(1);
  } else if (preserved_gains) {
    saved_[saved_count_++] = preserved_.front();
    Give(candidate, preserved_.front(), false);
    preserved_ = preserved_.subspan(1);
  }
}

void Homes::Give(const Candidate& candidate, Register reg, bool is_destroyed) {
  uint8_t bit = kNoBit;
  if (is_destroyed) {
    bit = static_cast<uint8_t>(by_bit_.size());
    by_bit_.push_back(candidate);
    destroyed_ |= 1u << bit;
    if (candidate.is_written) written_ |= 1u << bit;
  }
  switch (candidate.kind) {
    case Candidate::Kind::kLocal:
      locals_[candidate.local].reg = reg;
      locals_[candidate.local].bit = bit;
      register_locals_.push_back(candidate.local);
      break;
    case Candidate::Kind::kMemoryBase:
      memory_base_ = reg;
      break;
    case Candidate::Kind::kContext:
      context_ = reg;
      break;
    case Candidate::Kind::kCountdown:
      countdown_ = reg;
      if (is_destroyed) countdown_mask_ = 1u << bit;
      break;
  }
}

void Homes::Reload(uint32_t bit) {
  const Candidate& candidate = by_bit_[bit];
  stale_ &= ~(1u << bit);
  switch (candidate.kind) {
    case Candidate::Kind::kLocal: {
      const Local& local = locals_[candidate.local];
      masm_.Move(local.type, local.reg, Operand::InFrame(OffsetOf(candidate.local)));
      break;
    }
    case Candidate::Kind::kMemoryBase:
      masm_.Move(Type::kI64, memory_base_, Operand::InFrame(FrameLayout::kContextOffset));
      masm_.LoadWord(Type::kI64, memory_base_,
                     {memory_base_, {}, offsetof(VMContext, memory_base)});
      break;
    case Candidate::Kind::kContext:
      masm_.Move(Type::kI64, context_, Operand::InFrame(FrameLayout::kContextOffset));
      break;
    case Candidate::Kind::kCountdown:
      LoadCountdown();
      break;
  }
}

Operand Homes::Read(uint32_t index) {
  const Local& local = locals_[index];
  if (!local.reg.IsValid()) return Operand::InFrame(OffsetOf(index));
  if (local.bit != kNoBit && (stale_ >> local.bit & 1) != 0) Reload(local.bit);
  return Operand::In(local.reg);
}

Operand Homes::ReadOnce(uint32_t index) const {
  const Local& local = locals_[index];
  const bool is_stale = local.bit != kNoBit && (stale_ >> local.bit & 1) != 0;
  if (is_stale || !local.reg.IsValid()) return Operand::InFrame(OffsetOf(index));
  return Operand::In(local.reg);
}

void Homes::Written(uint32_t index) {
  const Local& local = locals_[index];
  if (local.bit == kNoBit) return;
  dirty_ |= 1u << local.bit;
  stale_ &= ~(1u << local.bit);
}

void Homes::SaveBeforeCall() {
  for (uint32_t left = dirty_; left != 0; left &= left - 1) {
    const Candidate& candidate = by_bit_[static_cast<uint32_t>(std::countr_zero(left))];
    if (candidate.kind == Candidate::Kind::kCountdown) {
      StoreCountdown();
      continue;
    }
    const Local& local = locals_[candidate.local];
    masm_.Spill(local.type, OffsetOf(candidate.local), Operand::In(local.reg));
  }
  dirty_ = 0;
}

void Homes::ReloadStale() {
  while (stale_ != 0) Reload(static_cast<uint32_t>(std::countr_zero(stale_)));
}

bool Homes::NeedsInitialStore(uint32_t index) const {
  const uint8_t bit = locals_[index].bit;
  return bit != kNoBit && (written_ >> bit & 1) == 0;
}

Register Homes::ReadMemoryBase() {
  for (uint32_t bit = 0; bit < by_bit_.size(); ++bit) {
    const bool is_base = by_bit_[bit].kind == Candidate::Kind::kMemoryBase;
    if (is_base && (stale_ >> bit & 1) != 0) Reload(bit);
  }
  return memory_base_;
}

Operand Homes::Context() const {
  bool in_register = context_.IsValid();
  for (uint32_t bit = 0; bit < by_bit_.size(); ++bit) {
    const bool is_context = by_bit_[bit].kind == Candidate::Kind::kContext;
    if (is_context && (stale_ >> bit & 1) != 0) in_register = false;
  }
  return in_register ? Operand::In(context_) : Operand::InFrame(FrameLayout::kContextOffset);
}

void Homes::LoadCountdown() {
  if (countdown_.IsValid()) masm_.LoadCounter(countdown_, countdown_memory_);
}

void Homes::StoreCountdown() {
  // After a call that has destroyed it, memory has it.
  if (!countdown_.IsValid() || (stale_ & countdown_mask_) != 0) return;
  masm_.StoreCounter(countdown_memory_, countdown_);
}

void Homes::LoadFromContext(Register context) {
  if (memory_base_.IsValid()) {
    masm_.LoadWord(Type::kI64, memory_base_, {context, {}, offsetof(VMContext, memory_base)});
  }
  if (context_.IsValid()) masm_.Move(Type::kI64, context_, Operand::In(context));
}

}  // namespace wasmtier::baseline
