#ifndef WASMTIER_TIERS_BASELINE_PARALLEL_MOVE_H_
#define WASMTIER_TIERS_BASELINE_PARALLEL_MOVE_H_

#include <cstdint>

#include "tiers/baseline/masm.h"

namespace wasmtier::baseline {

// Moves into several registers that happen as if at once: arguments of a call to where they belong.
class ParallelMove {
 public:
  // `scratch_offset`: of a frame slot, of two where v128 are moved, that breaks cycles.
  ParallelMove(Masm& masm, int32_t scratch_offset) : masm_(masm), scratch_offset_(scratch_offset) {}

  // Destinations must differ from each other.
  void Add(Type type, Register destination, const Operand& source);
  void Emit();

 private:
  // All argument registers, and two for the callee.
  static constexpr int kMaxMoves = 64;
  struct Move {
    Type type;
    Register destination;
    Operand source;
  };
  bool IsSource(Register reg) const;
  Type WidestType(Register reg) const;

  Masm& masm_;
  int32_t scratch_offset_;
  int count_ = 0;
  Move moves_[kMaxMoves];
};

}  // namespace wasmtier::baseline

#endif  // WASMTIER_TIERS_BASELINE_PARALLEL_MOVE_H_
