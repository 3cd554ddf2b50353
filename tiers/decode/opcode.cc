#include "tiers/decode/opcode.h"

namespace wasmtier::decode {

std::optional<Opcode> FindOpcode(uint32_t code) {
  switch (code) {
#define WASM_OPCODE(Name, code, text, immediates, signature, shape, feature) \
  case code:                                                                 \
    return Opcode::k##Name;
#include "tiers/decode/opcodes.def"
#undef WASM_OPCODE
    default:
      return std::nullopt;
  }
}

}  // namespace wasmtier::decode
