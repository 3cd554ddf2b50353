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

enum class RuntimeCall : uint8_t;

// Where wasm code is: enough to walk the frames below.
struct CodePosition {
  enum class Kind : uint8_t { kNone, kInterpreter, kMachine };
  Kind kind = Kind::kNone;
  // kInterpreter only; machine code keeps it in its frame, at frame pointer - 8.
  VMContext* context = nullptr;
  // Within the bytecode instruction that runs; or an address in machine code: of the instruction
  // that faulted, or the return address of a call.
  const uint8_t* pc = nullptr;
  // The interpreter's frame; or the frame pointer.
  uint64_t* frame = nullptr;
  // kMachine, at a fault only: the stack pointer, which finds the caller from within a prologue.
  uint64_t* stack_pointer = nullptr;
};

// What the host's stack is used for while wasm waits, for profilers.
enum class HostWork : uint8_t {
  kRuntime,       // the engine itself: memory.grow, table instructions ...
  kHostFunction,  // Activation::host_function
  kTiers,         // translates, compiles, asks the tier policy
};

// One host->wasm entry; lives on the host's stack. A trap unwinds to the innermost one.
struct Activation {
  void* host_stack_pointer = nullptr;  // offset 0, known to the assembly in activation.cc
  void* wasm_stack_pointer =
      nullptr;  // offset 8, likewise: where a nested entry continues; set while the host runs
  Activation* previous = nullptr;  // of this thread
  Activation* previous_of_store = nullptr;
  StoreBlock* store_block = nullptr;
  // Where wasm code was when it last left, for a host call or a trap. This and `trap` are known to
  // the assembly in machine_calls.cc.
  CodePosition exit;
  TrapCode trap = TrapCode::kNone;
  std::string trap_message;  // where it says more than the code
  absl::Status trap_status;  // of the host function, for kHostError
  HostWork host_work = HostWork::kRuntime;
  const HostFunction* host_function = nullptr;
  VMContext* host_caller = nullptr;  // its
};

// Says what an activation's thread does on the host's stack, while this lives. Null: nobody's.
class HostWorkScope {
 public:
  HostWorkScope(Activation* activation, HostWork work) : activation_(activation) {
    if (activation_ == nullptr) return;
    outer_ = activation_->host_work;
    activation_->host_work = work;
  }
  ~HostWorkScope() {
    if (activation_ != nullptr) activation_->host_work = outer_;
  }
  HostWorkScope(const HostWorkScope&) = delete;
  HostWorkScope& operator=(const HostWorkScope&) = delete;

 private:
  Activation* const activation_;
  HostWork outer_ = HostWork::kRuntime;
};

// The innermost activation of this thread, or null. Async-signal-safe.
Activation* CurrentActivation();

// Calls `callee` with its arguments at frame[0...], where `frame` is the store's NextFrame, on the
// store's wasm stack; a host function runs directly. Null: the results are at frame[0...].
// Otherwise the trap.
std::unique_ptr<TrapInfo> CallWasm(Store& store, const FunctionReference* callee, uint64_t* frame);

// Leaves wasm code with a trap; never returns. Callable on the wasm stack only.
[[noreturn]] void RaiseTrap(Activation* activation, TrapCode code, const CodePosition& position);

// Runs function(argument) on the host's stack and returns its result. Callable on the wasm stack
// only, after activation->exit was set. Code on the wasm stack is never instrumented by sanitizers,
// so that they need not know of it.
extern "C" uint64_t wasmtier_call_on_host_stack(Activation* activation, uint64_t (*function)(void*),
                                                void* argument);

// Calls a host function with its arguments at slots[0...] and leaves the results there; traps at
// `position` if it fails. For code on the wasm stack. StoreBlock::next_frame is afterwards as it
// was before.
void CallHostFunction(const HostFunction& callee, VMContext* caller, uint64_t* slots,
                      const CodePosition& position);

// The interpreter's part of walking the stack; it may remember what it has looked up: the frames of
// a runaway recursion are of few functions.
class InterpreterFrames {
 public:
  virtual ~InterpreterFrames() = default;
  // The function and module offset of a position of its kind.
  virtual Frame Locate(const CodePosition& position) = 0;
  // The position that a frame at `position` was called from: of the interpreter's kind, or kNone if
  // the frame was called by the host, or kMachine with the frame pointer of the kInterpreter stub
  // if machine code called it.
  virtual CodePosition Caller(const CodePosition& position) = 0;
  // The same for a frame of which only this is known: its function's context, its slots and its
  // return address in bytecode (kEnter stubs keep these, see tiers/baseline/stubs.h).
  virtual CodePosition CallerOf(VMContext* context, const uint8_t* link, uint64_t* frame) = 0;
};
// The interpreter announces its own, since it lies on a higher floor; once a process.
void SetInterpreterFrames(std::unique_ptr<InterpreterFrames> (*make)());
std::unique_ptr<InterpreterFrames> MakeInterpreterFrames();

// All below are called with the wasm stack at any depth: they take none of it, so that they cannot
// run into its guard.

// What entry slots hold of functions and of host functions that have no machine code or stub yet:
// asks TierHooks and goes on there, with all argument registers as they were.
extern "C" void wasmtier_first_call();
extern "C" void wasmtier_first_host_call();

// Jumped to (by a call, so that the return address names the place) from machine code whose frame
// has been set up: edi = TrapCode, [rbp - 8] = VMContext.
extern "C" void wasmtier_trap();
// Jumped to in place of a function that finds no room for its frame, with all as at its entry: rdi
// = VMContext (for a host function: the caller's), rbp and return address are the caller's. The
// trap is reported at the call.
extern "C" void wasmtier_stack_exhausted();
// Called from machine code whose frame has been set up: eax = RuntimeCall, rdi = VMContext, rsi =
// slots, edx and ecx = immediates. Runs the runtime function on the host's stack, traps if it says
// so. Clobbers what SysV lets a callee clobber.
extern "C" void wasmtier_runtime_call();
// Both as compilers that follow the C convention call them; [rbp - 8] may be anything.
extern "C" [[noreturn]] void wasmtier_trap_with_context(VMContext* context, TrapCode code);
extern "C" void wasmtier_runtime_call_with_context(VMContext* context, uint64_t* slots,
                                                   uint32_t immediate, uint32_t immediate2,
                                                   RuntimeCall call);

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_ACTIVATION_H_
