#include "tiers/baseline/parallel_move.h"

namespace wasmtier::baseline {

void ParallelMove::Add(Type type, Register destination, const Operand& source) {
  // An i32 moved to itself would be cut to 32 bits, which it is.
  if (source.Is(destination)) return;
  moves_[count_++] = {type, destination, source};
}

bool ParallelMove::IsSource(Register reg) const {
  for (int i = 0; i < count_; ++i) {
    if (moves_[i].source.Is(reg)) return true;
  }
  return false;
}

// As much of a register as moves read of it.
Type ParallelMove::WidestType(Register reg) const {
  for (int i = 0; i < count_; ++i) {
    if (moves_[i].source.Is(reg) && IsVector(moves_[i].type)) return Type::kV128;
  }
  return reg.is_float ? Type::kF64 : Type::kI64;
}

void ParallelMove::Emit() {
  while (count_ != 0) {
    // What no other move needs any more can be overwritten.
    int ready = 0;
    while (ready < count_ && IsSource(moves_[ready].destination)) ++ready;
    if (ready < count_) {
      const Move move = moves_[ready];
      moves_[ready] = moves_[--count_];
      masm_.Move(move.type, move.destination, move.source);
      continue;
    }
    // Only cycles are left: one of their registers waits in the frame.
    const Register reg = moves_[0].destination;
    masm_.Spill(WidestType(reg), scratch_offset_, Operand::In(reg));
    for (int i = 0; i < count_; ++i) {
      if (moves_[i].source.Is(reg)) moves_[i].source = Operand::InFrame(scratch_offset_);
    }
  }
}

}  // namespace wasmtier::baseline
