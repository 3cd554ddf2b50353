// Vectors in frames: how handlers read and write them, and the handlers that only move them.
#ifndef WASMTIER_TIERS_INTERPRETER_VECTOR_SLOTS_H_
#define WASMTIER_TIERS_INTERPRETER_VECTOR_SLOTS_H_

#include <cstdint>
#include <cstring>

#include "tiers/interpreter/dispatch.h"
#include "tiers/semantics/vector.h"

namespace wasmtier::interpreter {

// The operand whose slot the field at `offset` names: a V128, or a scalar.
template <typename T>
INLINE T ReadSlots(const uint8_t* pc, int offset, const uint64_t* frame) {
  T value;
  std::memcpy(&value, &frame[ReadField<uint16_t>(pc, offset)], sizeof(T));
  return value;
}
INLINE void PutVector(const semantics::V128& vector, const uint8_t* pc, int offset,
                      uint64_t* frame) {
  std::memcpy(&frame[ReadField<uint16_t>(pc, offset)], &vector, sizeof(vector));
}

HANDLER VectorConst(HANDLER_PARAMETERS);
HANDLER VectorCopy(HANDLER_PARAMETERS);
HANDLER VectorSelect(HANDLER_PARAMETERS);
HANDLER VectorGlobalGet(HANDLER_PARAMETERS);
HANDLER VectorGlobalSet(HANDLER_PARAMETERS);

}  // namespace wasmtier::interpreter

#endif  // WASMTIER_TIERS_INTERPRETER_VECTOR_SLOTS_H_
