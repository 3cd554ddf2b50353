#ifndef WASMTIER_TIERS_INTERPRETER_OPERAND_H_
#define WASMTIER_TIERS_INTERPRETER_OPERAND_H_

#include <cstdint>

#include "runtime/model/types.h"

namespace wasmtier::interpreter {

// Whether values of the type are left in the float accumulator.
inline bool IsFloat(runtime::ValueType type) {
  return type.kind() == runtime::ValueKind::kF32 || type.kind() == runtime::ValueKind::kF64;
}

// An entry of the translator's operand stack: what wasm pushed, as far as it has not been computed
// into a slot yet.
struct Operand {
  enum class Kind : uint8_t {
    kSlot,      // in its own slot
    kLocal,     // what the local in slot `local` holds, until that is written
    kConstant,  // `bits`
  };
  Kind kind = Kind::kSlot;
  bool is_float = false;
  bool is_64 = false;      // i64, f64 or a reference
  bool is_vector = false;  // never a constant
  uint16_t local = 0;      // slot
  uint32_t slot = 0;       // its own
  uint64_t bits = 0;

  bool IsConstant() const { return kind == Kind::kConstant; }
  uint32_t slots() const { return is_vector ? 2 : 1; }
  // The slot to read it from; not for constants.
  uint32_t source() const { return kind == Kind::kLocal ? local : slot; }
};

}  // namespace wasmtier::interpreter

#endif  // WASMTIER_TIERS_INTERPRETER_OPERAND_H_
