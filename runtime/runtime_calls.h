// Runtime functions that wasm code calls, one list for all tiers (design §3).
#ifndef WASMTIER_RUNTIME_RUNTIME_CALLS_H_
#define WASMTIER_RUNTIME_RUNTIME_CALLS_H_

#include <cstdint>

#include "runtime/trap.h"
#include "runtime/vm_context.h"

namespace wasmtier::runtime {

enum class RuntimeCall : uint8_t {
#define RUNTIME_CALL(Name, operands, results) k##Name,
#include "runtime/runtime_calls.def"
#undef RUNTIME_CALL
};

// Operands at slots[0...], results left there. Runs on the host's stack. The trap, or kNone.
using RuntimeFunction = TrapCode (*)(VMContext* context, uint64_t* slots, uint32_t immediate,
                                     uint32_t immediate2);

// Indexed by RuntimeCall.
extern const RuntimeFunction kRuntimeFunctions[];

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_RUNTIME_CALLS_H_
