// Activations: entries from the host into wasm, the switch between the host's stack and the wasm
// stack, and how a trap leaves.
#ifndef WASMTIER_RUNTIME_ACTIVATION_H_
#define WASMTIER_RUNTIME_ACTIVATION_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "runtime/trap.h"
#include "runtime/vm_context.h"

namespace wasmtier::runtime {

// Where interpreted code is (`pc`: within the instruction that runs): enough to walk the frames
// below.
struct InterpreterPosition {
  VMContext* context = nullptr;
  const uint8_t* pc = nullptr;
  uint64_t* frame = nullptr;
};

// One host->wasm entry; lives on the host's stack. A trap unwinds to the innermost one.
struct Activation {
  void* host_stack_pointer = nullptr;  // offset 0, known to the assembly in activation.cc
  void* wasm_stack_pointer =
      nullptr;  // offset 8, likewise: where a nested entry continues; set while the host runs
  Activation* previous = nullptr;  // of this thread
  Activation* previous_of_store = nullptr;
  StoreBlock* store_block = nullptr;
  // Where wasm code was when it last left, for a host call or a trap.
  InterpreterPosition exit;
  TrapCode trap = TrapCode::kNone;
  std::string trap_message;  // where it says more than the code
  absl::Status trap_status;  // of the host function, for kHostError
};

// The innermost activation of this thread, or null. Async-signal-safe.
Activation* CurrentActivation();

// Calls `callee` with its arguments at frame[0...], where `frame` is the store's NextFrame, on the
// store's wasm stack; a host function runs directly. Null: the results are at frame[0...].
// Otherwise the trap.
std::unique_ptr<TrapInfo> CallWasm(Store& store, const FunctionReference* callee, uint64_t* frame);

// Leaves wasm code with a trap; never returns. Callable on the wasm stack only.
[[noreturn]] void RaiseTrap(Activation* activation, TrapCode code,
                            const InterpreterPosition& position);

// Runs function(argument) on the host's stack and returns its result. Callable on the wasm stack
// only, after activation->exit was set. Code on the wasm stack is never instrumented by sanitizers,
// so that they need not know of it.
extern "C" uint64_t wasmtier_call_on_host_stack(Activation* activation, uint64_t (*function)(void*),
                                                void* argument);

// One walk over the frames of a tier, which may remember what it has looked up: the frames of a
// runaway recursion are of few functions.
class FrameWalk {
 public:
  virtual ~FrameWalk() = default;
  // Moves to the caller's frame; false at the outermost frame of the activation.
  virtual bool MoveToCaller(InterpreterPosition* position) = 0;
  // The function and module offset of a position.
  virtual Frame Locate(const InterpreterPosition& position) = 0;
};
// The interpreter announces its own, since it lies on a higher floor; once a process.
void SetFrameWalk(std::unique_ptr<FrameWalk> (*make)());

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_ACTIVATION_H_
