// Compiler: counting for the optimizer (profiler/feedback.h).
#include <cstddef>

#include "tiers/baseline/compiler.h"

namespace wasmtier::baseline {

using profiler::CallSite;

// In small functions only callees are counted: their callers' counters tell as much, and a call
// takes hardly longer than counting it (recursion: 20 %, 2026-11-22).
void Compiler::CountCall() {
  if (feedback_ == nullptr) return;
  constexpr uint32_t kSmallFunctionBytes = 200;
  is_small_ = module_->body(state_->function()).size < kSmallFunctionBytes;
  if (is_small_) {
    feedback_->calls = profiler::FunctionFeedback::kNotCounted;
  } else {
    masm_.AddToCounter(&feedback_->calls, 1);
  }
}

// Of the loop just begun. Tight loops are not counted: that would cost too much.
void Compiler::CountLoop() {
  if (feedback_ == nullptr) return;
  const size_t ordinal = loops_.size() - 1;
  if (summary_->is_tight_loop[ordinal]) ++tight_loops_;
  if (is_small_ || summary_->is_tight_loop[ordinal]) {
    feedback_->loops()[ordinal] = profiler::FunctionFeedback::kNotCounted;
  } else {
    masm_.AddToCounter(&feedback_->loops()[ordinal], 1);
  }
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
  masm_.CompareWord(Operand::In(record), {address, {}, 0});
  const Label other = masm_.NewLabel();
  const Label done = masm_.NewLabel();
  masm_.JumpIf(Condition::kNotEqual, other);
  masm_.AddToCounter(&site->targets[0].count, 1);
  masm_.Bind(done);
  masm_.Cold(other, [this, record, address, done, site] {
    // The first target that is this one, or else the first place without one.
    for (int i = 0; i < CallSite::kTargets; ++i) {
      const auto offset = static_cast<int32_t>(i * sizeof(CallSite::Target));
      const Label next = masm_.NewLabel();
      const Label count = masm_.NewLabel();
      masm_.CompareWord(Operand::In(record), {address, {}, offset});
      masm_.JumpIf(Condition::kEqual, count);
      masm_.CompareWord(Operand::Constant(0), {address, {}, offset});
      masm_.JumpIf(Condition::kNotEqual, next);
      masm_.StoreWord(Type::kI64, {address, {}, offset}, Operand::In(record));
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
