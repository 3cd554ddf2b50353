// Activations: entries from the host into wasm, the switch between the host's stack and the wasm stack, and how a trap leaves.
#ifndef WASMTIER_RUNTIME_ACTIVATION_H_
#define WASMTIER_RUNTIME_ACTIVATION_H_

#include <cstdint>

#include "runtime/trap.h"
#include "runtime/vm_context.h"

namespace wasmtier::runtime {

// Where interpreted code is: enough to walk the frames below.
struct InterpreterPosition {
  VMContext* context = nullptr;
  const uint8_t* pc = nullptr;
  uint64_t* frame = nullptr;
};

// One host->wasm entry; lives on the host's stack. A trap unwinds to the innermost one.
struct Activation {
  void* host_stack_pointer;  // offset 0: known to the assembly in activation.cc
  void* wasm_stack_pointer;  // offset 8: where a nested entry continues on the wasm stack; set while the host runs
  Activation* previous;
  StoreBlock* store_block;
  // Where wasm code was when it last left: for a host call or a trap.
  InterpreterPosition exit;
  TrapCode trap;
  // What a trap needs beyond its code; owned, deleted by CallWasm.
  std::string* trap_message;
  absl::Status* trap_status;
};

// The innermost activation of this thread, for the signal handler.
Activation* CurrentActivation();

// Calls `callee` with arguments at frame[0...] (slots on the store's slot stack, or above), on the store's wasm stack, and
// returns its trap, if any (null: the results are at frame[0...]). `callee` may be a host function: then it runs directly.
std::unique_ptr<TrapInfo> CallWasm(Store& store, const FunctionReference* callee, uint64_t* frame);

// Where the caller of CallWasm may put arguments: above all live frames of the store.
uint64_t* NextFrame(Store& store);

// Leaves wasm code with a trap: never returns. Callable on the wasm stack only.
[[noreturn]] void RaiseTrap(Activation* activation, TrapCode code, const InterpreterPosition& position);

// Runs function(argument) on the host's stack. Callable on the wasm stack only; activation->exit must be set (for walks and
// nested entries). Returns what the function returns.
uint64_t CallOnHostStack(Activation* activation, uint64_t (*function)(void*), void* argument);

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_ACTIVATION_H_
