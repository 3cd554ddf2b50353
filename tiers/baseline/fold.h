#ifndef WASMTIER_TIERS_BASELINE_FOLD_H_
#define WASMTIER_TIERS_BASELINE_FOLD_H_

#include <cstdint>
#include <cstring>

#include "tiers/semantics/operation.h"

namespace wasmtier::baseline {

template <typename T>
T FromStackBits(uint64_t bits) {
  T value;
  std::memcpy(&value, &bits, sizeof(T));
  return value;
}

template <typename T>
uint64_t ToStackBits(T value) {
  uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof(T));
  return bits;
}

// What an instruction makes of constants; false if it traps. `b` is ignored by those of one
// operand.
template <decode::Opcode op>
bool Fold(uint64_t a, uint64_t b, uint64_t* result) {
  using Operation = semantics::Operation<op>;
  using T = typename Operation::Operand;
  if constexpr (Operation::kOperands == 2) {
    const T left = FromStackBits<T>(a);
    const T right = FromStackBits<T>(b);
    if (Operation::Trap(left, right) != runtime::TrapCode::kNone) return false;
    *result = ToStackBits(Operation::Apply(left, right));
  } else {
    const T operand = FromStackBits<T>(a);
    if (Operation::Trap(operand) != runtime::TrapCode::kNone) return false;
    *result = ToStackBits(Operation::Apply(operand));
  }
  return true;
}

}  // namespace wasmtier::baseline

#endif  // WASMTIER_TIERS_BASELINE_FOLD_H_
