// Walking over immediates of validated code, by their kind.
#ifndef WASMTIER_TIERS_DECODE_IMMEDIATES_H_
#define WASMTIER_TIERS_DECODE_IMMEDIATES_H_

#include <cstdint>

#include "tiers/decode/opcode.h"

namespace wasmtier::decode {

// The position after the unreachable code at `pc`: of the `else` or `end` that closes its block.
// The code must be valid.
const uint8_t* SkipUnreachable(const uint8_t* pc);

// The position after an opcode's immediates. The code must be valid.
const uint8_t* SkipImmediates(ImmediateKind kind, const uint8_t* pc);

}  // namespace wasmtier::decode

#endif  // WASMTIER_TIERS_DECODE_IMMEDIATES_H_
