// Compiler: counting for the optimizer (profiler/feedback.h).
#include <cstddef>

#include "tiers/baseline/compiler.h"

namespace wasmtier::baseline {

using profiler::CallSite;

// Counts the call down, and leaves out the branches of small functions: taking one takes hardly
// longer than counting it.
void Compiler::CountCall() {
  if (feedback_ == nullptr) return;
  constexpr uint32_t kSmallFunctionBytes = 200;
  is_small_ = module_->body(state_->function()).size < kSmallFunctionBytes;
  const Label hot = masm_.NewLabel();
  const Label done = masm_.NewLabel();
  masm_.CountDown(&feedback_->hot.calls, hot);
  masm_.Bind(done);
  masm_.Cold(hot, [this, done] {
    masm_.CallHot(&feedback_->hot, runtime::kNoLoop, 0);
    masm_.Jump(done);
  });
}

// Counts an iteration of the loop just begun; at the end of a round, asks whether there is better
// code to go on in. Locals are in their homes and operands in their slots.
void Compiler::CountLoop() {
  if (feedback_ == nullptr) return;
  const auto ordinal = static_cast<uint32_t>(loops_.size() - 1);
  uint32_t* const counter = &feedback_->loops()[ordinal];
  if (summary_->is_tight_loop[ordinal]) ++tight_loops_;
  const bool is_sampled = is_small_ || summary_->is_tight_loop[ordinal];
  if (!is_sampled) masm_.AddToCounter(counter, 1);
  if (!osr_exit_.IsValid()) osr_exit_ = masm_.NewLabel();
  const Label round_ends = masm_.NewLabel();
  const Label done = masm_.NewLabel();
  if (homes_.countdown().IsValid()) {
    masm_.CountDown(homes_.countdown(), round_ends);
  } else {
    masm_.CountDown(&feedback_->hot.iterations, round_ends);
  }
  masm_.Bind(done);
  masm_.Cold(round_ends, [this, ordinal, counter, is_sampled, done, slots = loops_.back().slots] {
    runtime::HotCounters* const hot = &feedback_->hot;
    if (is_sampled) masm_.AddToCounter(counter, runtime::kIterationsPerRound);
    if (homes_.countdown().IsValid()) {
      masm_.LoadCounter(homes_.countdown(), &hot->round);
    } else {
      masm_.LoadCounter(Roles().integer_result, &hot->round);
      masm_.StoreCounter(&hot->iterations, Roles().integer_result);
    }
    const Label ask = masm_.NewLabel();
    masm_.CountDown(&hot->rounds, ask);
    masm_.Jump(done);
    masm_.Bind(ask);
    masm_.CallHot(hot, ordinal, slots);
    masm_.JumpIf(masm_.TestNonZero(Type::kI64, Operand::In(Roles().integer_result)), osr_exit_);
    masm_.Jump(done);
  });
}

// wasmtier_hot has returned where to go on, and copied the frame's slots. All that depends on the
// loop lies in these; so this is the same for all loops: the other locals, and the frame goes.
void Compiler::EmitOsrExit() {
  constexpr size_t kFrame = 1;  // an integer argument's register
  const Register frame = Roles().integer_arguments[kFrame];
  masm_.Bind(osr_exit_);
  if (has_listing_) masm_.Comment("exit to better code");
  for (uint32_t local : homes_.register_locals()) {
    masm_.StoreWord(homes_.type(local), {frame, {}, static_cast<int32_t>(homes_.slot(local) * 8)},
                    Operand::In(homes_.reg(local)));
  }
  masm_.Move(Type::kI64, Roles().integer_arguments[0], Operand::In(frame));
  masm_.Move(Type::kI64, Roles().context_argument, Operand::InFrame(FrameLayout::kContextOffset));
  masm_.Epilogue(homes_.saved());
  masm_.JumpToResult();
}

// The counter of a conditional branch; null if nothing is counted: jumps back to loops, which the
// loop's counter tells, and branches in tight loops.
uint32_t* Compiler::BranchCounter(bool is_backward) {
  if (feedback_ == nullptr) return nullptr;
  uint32_t* const counter = &feedback_->branches()[next_branch_++];
  if (!is_backward && !is_small_ && tight_loops_ == 0) return counter;
  *counter = profiler::FunctionFeedback::kNotCounted;
  return nullptr;
}

// Counts a call of the function whose reference is in the register. The first target ever called is
// compared in line; all else is in cold code.
void Compiler::CountTarget(Register record) {
  if (feedback_ == nullptr) return;
  CallSite* const site = &feedback_->call_sites()[next_call_site_++];
  const Register address = values_.Allocate(false);
  masm_.LoadImmediate(address, reinterpret_cast<uint64_t>(site));
  // A register that is nobody's; only CompareWord with a constant changes it below.
  const Register entry = Roles().integer_result;
  const Address entry_of_record = {record, {}, offsetof(runtime::FunctionReference, entry)};
  masm_.LoadWord(Type::kI64, entry, entry_of_record);
  masm_.CompareWord(Operand::In(entry), {address, {}, 0});
  const Label other = masm_.NewLabel();
  const Label done = masm_.NewLabel();
  masm_.JumpIf(Condition::kNotEqual, other);
  masm_.AddToCounter(&site->targets[0].count, 1);
  masm_.Bind(done);
  masm_.Cold(other, [this, entry, entry_of_record, address, done, site] {
    // The first target that is this one, or else the first place without one.
    for (int i = 0; i < CallSite::kTargets; ++i) {
      const auto offset = static_cast<int32_t>(i * sizeof(CallSite::Target));
      const Label next = masm_.NewLabel();
      const Label count = masm_.NewLabel();
      masm_.LoadWord(Type::kI64, entry, entry_of_record);
      masm_.CompareWord(Operand::In(entry), {address, {}, offset});
      masm_.JumpIf(Condition::kEqual, count);
      masm_.CompareWord(Operand::Constant(0), {address, {}, offset});
      masm_.JumpIf(Condition::kNotEqual, next);
      masm_.LoadWord(Type::kI64, entry, entry_of_record);
      masm_.StoreWord(Type::kI64, {address, {}, offset}, Operand::In(entry));
      masm_.Bind(count);
      masm_.AddToCounter(&site->targets[i].count, 1);
      masm_.Jump(done);
      masm_.Bind(next);
    }
    masm_.AddToCounter(&site->others, 1);
    masm_.Jump(done);
  });
  values_.Free(address);
}

}  // namespace wasmtier::baseline
