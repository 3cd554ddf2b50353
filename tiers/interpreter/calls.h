// Handlers that leave the instance or the interpreter: calls of host functions and of other
// instances, of the runtime, of the translator and of the tier policy; and how an entry from the
// host begins and ends.
#ifndef WASMTIER_TIERS_INTERPRETER_CALLS_H_
#define WASMTIER_TIERS_INTERPRETER_CALLS_H_

#include "tiers/interpreter/dispatch.h"

namespace wasmtier::interpreter {

// Calls the FunctionReference in `accumulator`, a host function's or another instance's; `pc` is
// the return address.
COLD_HANDLER CallOutside(HANDLER_PARAMETERS);
// The same as a tail call; `pc` is at its `source` field.
COLD_HANDLER ReturnCallOutside(HANDLER_PARAMETERS);
// Back from another instance's function; `frame` is at the bridge.
HANDLER ReturnFromBridge(HANDLER_PARAMETERS);
// Ends an entry from the host.
HANDLER Halt(HANDLER_PARAMETERS);
// FunctionState::stub: `pc` is at it, `link` is the return address.
COLD_HANDLER Translate(HANDLER_PARAMETERS);
// The frame at Enter does not fit; `link` is the return address.
COLD_HANDLER StackIsExhausted(HANDLER_PARAMETERS);
// A function's countdown ran out at its Enter, after that has done its work.
COLD_HANDLER HotFunction(HANDLER_PARAMETERS);
HANDLER CallRuntime(HANDLER_PARAMETERS);
HANDLER MemoryCopy(HANDLER_PARAMETERS);
HANDLER MemoryFill(HANDLER_PARAMETERS);

// Return addresses that are not behind a call: an entry from the host returns to the one, calls of
// other instances to the other.
const uint8_t* HaltAddress();
const uint8_t* BridgeAddress();
// Fills in what stands there; once a process.
void InitializeReturnAddresses();

}  // namespace wasmtier::interpreter

#endif  // WASMTIER_TIERS_INTERPRETER_CALLS_H_
