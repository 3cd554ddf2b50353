// The form in which a Trap travels as the payload of a status.
#ifndef WASMTIER_ENGINE_API_TRAP_PAYLOAD_H_
#define WASMTIER_ENGINE_API_TRAP_PAYLOAD_H_

#include <optional>
#include <string>
#include <string_view>

#include "wasmtier/trap.h"

namespace wasmtier::internal {

std::string EncodeTrap(const Trap& trap);
// Nothing if the bytes are not those of EncodeTrap.
std::optional<Trap> DecodeTrap(std::string_view bytes);

}  // namespace wasmtier::internal

#endif  // WASMTIER_ENGINE_API_TRAP_PAYLOAD_H_
