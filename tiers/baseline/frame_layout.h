#ifndef WASMTIER_TIERS_BASELINE_FRAME_LAYOUT_H_
#define WASMTIER_TIERS_BASELINE_FRAME_LAYOUT_H_

#include <cstdint>

namespace wasmtier::baseline {

// A frame, relative to the frame pointer: the context, preserved registers (Masm::Prologue), then
// slots: one a local, one an operand, and one that is free for a moment (parallel moves). A v128
// takes two slots; all counts and positions are of slots.
class FrameLayout {
 public:
  static constexpr int32_t kContextOffset = -8;
  static constexpr uint32_t kHeadBytes = 48;

  FrameLayout() = default;
  // `scratch`: slots that are free for a moment, two where there are v128.
  FrameLayout(uint32_t locals, uint32_t operands, uint32_t scratch)
      : locals_(locals), operands_(operands), scratch_(scratch) {}

  uint32_t bytes() const { return (kHeadBytes + (locals_ + operands_ + scratch_) * 8 + 15) & ~15u; }
  int32_t LocalOffset(uint32_t local) const {
    return static_cast<int32_t>(local * 8) - static_cast<int32_t>(bytes());
  }
  int32_t OperandOffset(uint32_t position) const { return LocalOffset(locals_ + position); }
  int32_t ScratchOffset() const { return OperandOffset(operands_); }

  uint32_t locals() const { return locals_; }

 private:
  uint32_t locals_ = 0;
  uint32_t operands_ = 0;
  uint32_t scratch_ = 1;
};

}  // namespace wasmtier::baseline

#endif  // WASMTIER_TIERS_BASELINE_FRAME_LAYOUT_H_
