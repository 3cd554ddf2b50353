#include "runtime/activation.h"

#include <pthread.h>

#include <atomic>
#include <cstddef>
#include <utility>

#include "runtime/host_function.h"
#include "runtime/module_code.h"
#include "runtime/stack_walk.h"
#include "runtime/store.h"
#include "runtime/trap_handler.h"

// wasmtier_enter_wasm(activation, wasm stack top, entry point, callee, frame): saves what SysV says
// the callee keeps, moves to the wasm stack, calls the entry point and comes back with 0.
// wasmtier_unwind(activation) comes back with 1 from anywhere on the wasm stack;
// wasmtier_call_on_host_stack visits the host's stack. rbp links the stacks, and the CFA is given
// by it, so that debuggers, perf and C++ exceptions (which stop at HostFunction::Invoke) see one
// stack.
asm(R"(
  .text
  .globl wasmtier_enter_wasm
  .type wasmtier_enter_wasm, @function
  .p2align 4
wasmtier_enter_wasm:
  .cfi_startproc
  pushq %rbp
  .cfi_def_cfa_offset 16
  .cfi_offset %rbp, -16
  movq %rsp, %rbp
  .cfi_def_cfa_register %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  .cfi_offset %rbx, -24
  .cfi_offset %r12, -32
  .cfi_offset %r13, -40
  .cfi_offset %r14, -48
  .cfi_offset %r15, -56
  subq $8, %rsp
  movq %rdi, %rbx
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  movq %rdx, %rax
  movq %rcx, %rdi
  movq %r8, %rsi
  callq *%rax
  movq (%rbx), %rsp
  xorl %eax, %eax
wasmtier_leave_wasm:
  addq $8, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  .cfi_def_cfa %rsp, 8
  retq
  .cfi_endproc
  .size wasmtier_enter_wasm, .-wasmtier_enter_wasm

  .globl wasmtier_unwind
  .type wasmtier_unwind, @function
  .p2align 4
wasmtier_unwind:
  movq (%rdi), %rsp
  movl $1, %eax
  jmp wasmtier_leave_wasm
  .size wasmtier_unwind, .-wasmtier_unwind

  .globl wasmtier_call_on_host_stack
  .type wasmtier_call_on_host_stack, @function
  .p2align 4
wasmtier_call_on_host_stack:
  .cfi_startproc
  pushq %rbp
  .cfi_def_cfa_offset 16
  .cfi_offset %rbp, -16
  movq %rsp, %rbp
  .cfi_def_cfa_register %rbp
  pushq %rbx
  .cfi_offset %rbx, -24
  subq $8, %rsp
  movq %rdi, %rbx
  movq %rsp, 8(%rdi)
  movq (%rdi), %rsp
  movq %rdx, %rdi
  callq *%rsi
  movq 8(%rbx), %rsp
  addq $8, %rsp
  popq %rbx
  popq %rbp
  .cfi_def_cfa %rsp, 8
  retq
  .cfi_endproc
  .size wasmtier_call_on_host_stack, .-wasmtier_call_on_host_stack
)");

extern "C" {
uint64_t wasmtier_enter_wasm(wasmtier::runtime::Activation* activation, void* stack_top,
                             wasmtier::runtime::EntryPoint entry,
                             const wasmtier::runtime::FunctionReference* callee, uint64_t* frame);
[[noreturn]] void wasmtier_unwind(wasmtier::runtime::Activation* activation);
}

namespace wasmtier::runtime {
namespace {

static_assert(offsetof(Activation, host_stack_pointer) == 0);
static_assert(offsetof(Activation, wasm_stack_pointer) == 8);

thread_local Activation* current_activation = nullptr;
// How many activations this thread has, and (once there are many) the lowest address its stack may
// be used down to.
thread_local uint32_t nesting = 0;
thread_local uintptr_t host_stack_limit = 0;

std::unique_ptr<InterpreterFrames> (*make_interpreter_frames)() = nullptr;

// Room that a host function must find on its stack.
constexpr size_t kHostStackReserve = 256 << 10;
// Fewer nested entries than this cannot exhaust any sensible host stack, and finding its limit
// costs a look into /proc.
constexpr uint32_t kUncheckedNesting = 16;

uintptr_t FindHostStackLimit() {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return 1;
  void* lowest = nullptr;
  size_t size = 0;
  pthread_attr_getstack(&attributes, &lowest, &size);
  pthread_attr_destroy(&attributes);
  return reinterpret_cast<uintptr_t>(lowest) +
         (size > 2 * kHostStackReserve ? kHostStackReserve : size / 2);
}

// Recursion through host functions must end in a trap, too.
bool HostStackExhausted() {
  if (nesting < kUncheckedNesting) return false;
  if (host_stack_limit == 0) host_stack_limit = FindHostStackLimit();
  return reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) < host_stack_limit;
}

std::unique_ptr<TrapInfo> NewTrap(TrapCode code) {
  auto trap = std::make_unique<TrapInfo>();
  trap->code = code;
  trap->message = TrapMessage(code);
  return trap;
}

std::unique_ptr<TrapInfo> TakeTrap(Activation& activation) {
  auto trap = NewTrap(activation.trap);
  if (!activation.trap_message.empty()) trap->message = std::move(activation.trap_message);
  trap->host_status = std::move(activation.trap_status);
  AppendFrames(*trap, &activation);
  return trap;
}

// The host's or the wasm stack cannot take another entry.
std::unique_ptr<TrapInfo> NestingTrap() {
  auto trap = NewTrap(TrapCode::kCallStackExhausted);
  AppendFrames(*trap, current_activation);
  return trap;
}

std::unique_ptr<TrapInfo> CallHost(StoreBlock& block, const FunctionReference* callee,
                                   uint64_t* frame) {
  if (frame + callee->host->frame_slots() > block.slot_limit) return NestingTrap();
  uint64_t* const outer_next_frame =
      std::exchange(block.next_frame, frame + callee->host->frame_slots());
  absl::Status status = callee->host->Invoke(nullptr, frame);
  block.next_frame = outer_next_frame;
  if (status.ok()) return nullptr;
  auto trap = NewTrap(TrapCode::kHostError);
  trap->message = std::string(status.message());
  trap->host_status = std::move(status);
  return trap;
}

// A nested entry continues below what the suspended one uses of the wasm stack.
void* StackTop(Store& store) {
  const Activation* outer = store.block().activation;
  if (outer == nullptr) return store.stack().native_top();
  return reinterpret_cast<void*>(reinterpret_cast<uintptr_t>(outer->wasm_stack_pointer) &
                                 ~uintptr_t{15});
}

}  // namespace

Activation* CurrentActivation() { return current_activation; }

void SetInterpreterFrames(std::unique_ptr<InterpreterFrames> (*make)()) {
  make_interpreter_frames = make;
}

std::unique_ptr<InterpreterFrames> MakeInterpreterFrames() { return make_interpreter_frames(); }

std::unique_ptr<TrapInfo> CallWasm(Store& store, const FunctionReference* callee, uint64_t* frame) {
  StoreBlock& block = store.block();
  if (HostStackExhausted()) return NestingTrap();
  if (callee->host != nullptr) return CallHost(block, callee, frame);
  void* const stack_top = StackTop(store);
  if (stack_top < block.native_limit) return NestingTrap();
  PrepareThread();
  Activation activation;
  activation.previous = current_activation;
  activation.previous_of_store = block.activation;
  activation.store_block = &block;
  uint64_t* const outer_next_frame = block.next_frame;
  block.activation = &activation;
  // Signal handlers of this thread find what it points to.
  std::atomic_signal_fence(std::memory_order_release);
  current_activation = &activation;
  ++nesting;
  const bool trapped = wasmtier_enter_wasm(&activation, stack_top,
                                           callee->context->code->host_entry(), callee, frame) != 0;
  std::unique_ptr<TrapInfo> trap;
  if (trapped) trap = TakeTrap(activation);
  --nesting;
  current_activation = activation.previous;
  block.activation = activation.previous_of_store;
  block.next_frame = outer_next_frame;
  return trap;
}

#define ON_WASM_STACK __attribute__((no_sanitize("address", "thread", "undefined")))

ON_WASM_STACK void RaiseTrap(Activation* activation, TrapCode code, const CodePosition& position) {
  activation->trap = code;
  activation->exit = position;
  wasmtier_unwind(activation);
}

namespace {

struct HostCall {
  Activation* activation;
  const HostFunction* callee;
  VMContext* caller;
  uint64_t* slots;
};

uint64_t InvokeHostFunction(void* argument) {
  auto& call = *static_cast<HostCall*>(argument);
  call.activation->host_function = call.callee;
  call.activation->host_caller = call.caller;
  const HostWorkScope work(call.activation, HostWork::kHostFunction);
  absl::Status status = call.callee->Invoke(call.caller, call.slots);
  if (status.ok()) [[likely]]
    return 0;
  call.activation->trap_message = std::string(status.message());
  call.activation->trap_status = std::move(status);
  return 1;
}

}  // namespace

ON_WASM_STACK void CallHostFunction(const HostFunction& callee, VMContext* caller, uint64_t* slots,
                                    const CodePosition& position) {
  StoreBlock* const block = caller->store_block;
  Activation* const activation = block->activation;
  activation->exit = position;
  uint64_t* const outer_next_frame = block->next_frame;
  block->next_frame = slots + callee.frame_slots();
  HostCall call{activation, &callee, caller, slots};
  if (wasmtier_call_on_host_stack(activation, InvokeHostFunction, &call) != 0) {
    RaiseTrap(activation, TrapCode::kHostError, position);
  }
  block->next_frame = outer_next_frame;
}

}  // namespace wasmtier::runtime
