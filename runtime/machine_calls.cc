// How machine code reaches the runtime. All of it moves to the host's stack first and keeps there
// what it must remember: the wasm stack may have no room left, and a fault here would kill the
// process. The caller's frame pointer and return address are copied, so that debuggers and perf see
// one stack.
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "runtime/activation.h"
#include "runtime/host_function.h"
#include "runtime/hot_counters.h"
#include "runtime/interpreter_frame.h"
#include "runtime/module_code.h"
#include "runtime/runtime_calls.h"
#include "runtime/tier_hooks.h"
#include "runtime/trap.h"
#include "runtime/vm_context.h"

namespace wasmtier::runtime {
namespace {

// What the assembly below knows.
static_assert(offsetof(VMContext, store_block) == 0);
static_assert(offsetof(StoreBlock, activation) == 0);
static_assert(offsetof(Activation, host_stack_pointer) == 0);
static_assert(offsetof(Activation, wasm_stack_pointer) == 8);
static_assert(offsetof(Activation, exit) == 40);
static_assert(offsetof(CodePosition, kind) == 0);
static_assert(offsetof(CodePosition, context) == 8);
static_assert(offsetof(CodePosition, pc) == 16);
static_assert(offsetof(CodePosition, frame) == 24);
static_assert(offsetof(CodePosition, stack_pointer) == 32);
static_assert(offsetof(Activation, trap) == 80);
static_assert(static_cast<int>(CodePosition::Kind::kMachine) == 2);
static_assert(static_cast<int>(TrapCode::kNone) == 0);
static_assert(static_cast<int>(TrapCode::kCallStackExhausted) == 10);

}  // namespace

// Called by the assembly, on the host's stack.
extern "C" {

[[gnu::used]] const void* wasmtier_resolve_call(VMContext* context,
                                                const std::atomic<void*>* slot) {
  const HostWorkScope work(context->store_block->activation, HostWork::kTiers);
  ModuleCode& code = *context->code;
  return code.hooks().ResolveCall(code, static_cast<uint32_t>(slot - code.entries()));
}

[[gnu::used]] const void* wasmtier_resolve_host_call(VMContext* caller,
                                                     const std::atomic<void*>* slot) {
  const HostWorkScope work(caller->store_block->activation, HostWork::kTiers);
  return caller->code->hooks().ResolveHostCall(HostFunction::OfEntry(slot));
}

[[gnu::used]] TrapCode wasmtier_run_runtime_function(VMContext* context, uint64_t* slots,
                                                     uint32_t immediate, uint32_t immediate2,
                                                     RuntimeCall call) {
  return kRuntimeFunctions[static_cast<size_t>(call)](context, slots, immediate, immediate2);
}

// `frame_pointer`: of the machine code that asks.
[[gnu::used]] HotExit wasmtier_ask_policy(VMContext* context, HotCounters* counters, uint32_t loop,
                                          uint32_t operands, const uint8_t* frame_pointer) {
  const HostWorkScope work(context->store_block->activation, HostWork::kTiers);
  ModuleCode& code = *context->code;
  const bool is_call = loop == kNoLoop;
  const TierHooks::HotAnswer answer = code.hooks().OnHotMachineCode(
      code, counters->function, is_call ? HotReason::kCalls : HotReason::kLoop, loop);
  // Other threads may ask at this moment, and compile threads read what was counted.
  constexpr auto kRelaxed = std::memory_order_relaxed;
  if (is_call) {
    std::atomic_ref<int32_t> calls(counters->calls);
    const uint32_t left = static_cast<uint32_t>(calls.load(kRelaxed));
    std::atomic_ref<uint32_t>(counters->calls_granted)
        .fetch_add(static_cast<uint32_t>(answer.countdown) - left, kRelaxed);
    calls.store(answer.countdown, kRelaxed);
  } else {
    std::atomic_ref<int32_t>(counters->rounds).store(answer.countdown, kRelaxed);
  }
  if (is_call || answer.entry == nullptr) return {nullptr, nullptr};
  // The slot below is left free, as where machine code calls the interpreter. Nobody else writes
  // here before the entry has read it.
  StoreBlock& block = *context->store_block;
  uint64_t* const frame = block.next_frame + 1;
  const uint32_t locals = counters->local_slots;
  const size_t slots = size_t{locals} + kHeaderSlots + operands;
  if (block.slot_limit < frame || static_cast<size_t>(block.slot_limit - frame) < slots) {
    return {nullptr, nullptr};
  }
  const uint8_t* const values = frame_pointer - counters->frame_bytes;
  std::memcpy(frame, values, size_t{locals} * 8);
  std::memcpy(frame + locals + kHeaderSlots, values + size_t{locals} * 8, size_t{operands} * 8);
  code.hooks().listener().OnLoopEntry(
      {&code, counters->function, loop, Tier::kBaseline, answer.entry});
  return {answer.entry, frame};
}

}  // extern "C"
}  // namespace wasmtier::runtime

asm(R"(
  .text
  .set ACTIVATION_HOST_STACK, 0
  .set ACTIVATION_WASM_STACK, 8
  .set EXIT_KIND, 40
  .set EXIT_PC, 56
  .set EXIT_FRAME, 64
  .set EXIT_STACK_POINTER, 72
  .set ACTIVATION_TRAP, 80
  .set KIND_MACHINE, 2
  .set CALL_STACK_EXHAUSTED, 10

  # \activation = that of the VMContext in \context; its exit = the caller of what runs, before that
  # has changed rsp or rbp. \return_address = the return address.
  .macro RECORD_EXIT context, activation, return_address
  movq (\context), \activation
  movq (\activation), \activation
  movq (%rsp), \return_address
  movb $KIND_MACHINE, EXIT_KIND(\activation)
  movq \return_address, EXIT_PC(\activation)
  movq %rbp, EXIT_FRAME(\activation)
  movq $0, EXIT_STACK_POINTER(\activation)
  .endm

  # Goes to the host's stack and begins a frame there.
  .macro MOVE_TO_HOST_STACK activation, return_address
  movq %rsp, ACTIVATION_WASM_STACK(\activation)
  movq ACTIVATION_HOST_STACK(\activation), %rsp
  .cfi_def_cfa %rsp, 0
  .cfi_register %rip, \return_address
  pushq \return_address
  .cfi_def_cfa_offset 8
  .cfi_offset %rip, -8
  pushq %rbp
  .cfi_def_cfa_offset 16
  .cfi_offset %rbp, -16
  movq %rsp, %rbp
  .cfi_def_cfa_register %rbp
  .endm

  # And back, to where the return address is on top.
  .macro MOVE_TO_WASM_STACK activation
  movq ACTIVATION_WASM_STACK(\activation), \activation
  movq (%rbp), %rbp
  .cfi_restore %rbp
  movq \activation, %rsp
  .cfi_def_cfa %rsp, 8
  .endm

  # rbx and r12 - r15 are not touched; rax and r11 carry no arguments.
  .macro FIRST_CALL name, resolver
  .globl \name
  .type \name, @function
  .p2align 4
\name:
  .cfi_startproc
  RECORD_EXIT %rdi, %r11, %rax
  MOVE_TO_HOST_STACK %r11, %rax
  subq $192, %rsp
  movq %r11, -8(%rbp)
  movq %rdi, -16(%rbp)
  movq %rsi, -24(%rbp)
  movq %rdx, -32(%rbp)
  movq %rcx, -40(%rbp)
  movq %r8, -48(%rbp)
  movq %r9, -56(%rbp)
  movq %r10, -64(%rbp)
  movaps %xmm0, -80(%rbp)
  movaps %xmm1, -96(%rbp)
  movaps %xmm2, -112(%rbp)
  movaps %xmm3, -128(%rbp)
  movaps %xmm4, -144(%rbp)
  movaps %xmm5, -160(%rbp)
  movaps %xmm6, -176(%rbp)
  movaps %xmm7, -192(%rbp)
  movq %r10, %rsi
  callq \resolver
  movq -8(%rbp), %r11
  testq %rax, %rax
  je .Lexhausted_\name
  movq -16(%rbp), %rdi
  movq -24(%rbp), %rsi
  movq -32(%rbp), %rdx
  movq -40(%rbp), %rcx
  movq -48(%rbp), %r8
  movq -56(%rbp), %r9
  movq -64(%rbp), %r10
  movaps -80(%rbp), %xmm0
  movaps -96(%rbp), %xmm1
  movaps -112(%rbp), %xmm2
  movaps -128(%rbp), %xmm3
  movaps -144(%rbp), %xmm4
  movaps -160(%rbp), %xmm5
  movaps -176(%rbp), %xmm6
  movaps -192(%rbp), %xmm7
  MOVE_TO_WASM_STACK %r11
  jmpq *%rax
.Lexhausted_\name:
  .cfi_def_cfa %rbp, 16
  .cfi_offset %rbp, -16
  movb $CALL_STACK_EXHAUSTED, ACTIVATION_TRAP(%r11)
  movq %r11, %rdi
  jmp wasmtier_unwind
  .cfi_endproc
  .size \name, .-\name
  .endm

  FIRST_CALL wasmtier_first_call, wasmtier_resolve_call
  FIRST_CALL wasmtier_first_host_call, wasmtier_resolve_host_call

  .globl wasmtier_hot
  .type wasmtier_hot, @function
  .p2align 4
wasmtier_hot:
  .cfi_startproc
  RECORD_EXIT %rdi, %r8, %rax
  MOVE_TO_HOST_STACK %r8, %rax
  subq $176, %rsp
  movq %r8, -8(%rbp)
  movq %r9, -16(%rbp)
  movq %r10, -24(%rbp)
  movq %r11, -32(%rbp)
  movaps %xmm7, -48(%rbp)
  movaps %xmm8, -64(%rbp)
  movaps %xmm9, -80(%rbp)
  movaps %xmm10, -96(%rbp)
  movaps %xmm11, -112(%rbp)
  movaps %xmm12, -128(%rbp)
  movaps %xmm13, -144(%rbp)
  movaps %xmm14, -160(%rbp)
  movaps %xmm15, -176(%rbp)
  movq (%rbp), %r8
  callq wasmtier_ask_policy
  movq -8(%rbp), %r8
  movq -16(%rbp), %r9
  movq -24(%rbp), %r10
  movq -32(%rbp), %r11
  movaps -48(%rbp), %xmm7
  movaps -64(%rbp), %xmm8
  movaps -80(%rbp), %xmm9
  movaps -96(%rbp), %xmm10
  movaps -112(%rbp), %xmm11
  movaps -128(%rbp), %xmm12
  movaps -144(%rbp), %xmm13
  movaps -160(%rbp), %xmm14
  movaps -176(%rbp), %xmm15
  MOVE_TO_WASM_STACK %r8
  retq
  .cfi_endproc
  .size wasmtier_hot, .-wasmtier_hot

  .globl wasmtier_trap
  .type wasmtier_trap, @function
  .p2align 4
wasmtier_trap:
  .cfi_startproc
  movq -8(%rbp), %rsi
  RECORD_EXIT %rsi, %rax, %rcx
  movb %dil, ACTIVATION_TRAP(%rax)
  movq %rax, %rdi
  jmp wasmtier_unwind
  .cfi_endproc
  .size wasmtier_trap, .-wasmtier_trap

  .globl wasmtier_stack_exhausted
  .type wasmtier_stack_exhausted, @function
  .p2align 4
wasmtier_stack_exhausted:
  .cfi_startproc
  RECORD_EXIT %rdi, %rax, %rcx
  movb $CALL_STACK_EXHAUSTED, ACTIVATION_TRAP(%rax)
  movq %rax, %rdi
  jmp wasmtier_unwind
  .cfi_endproc
  .size wasmtier_stack_exhausted, .-wasmtier_stack_exhausted

  .globl wasmtier_runtime_call
  .type wasmtier_runtime_call, @function
  .p2align 4
wasmtier_runtime_call:
  .cfi_startproc
  RECORD_EXIT %rdi, %r11, %r10
  MOVE_TO_HOST_STACK %r11, %r10
  pushq %r11
  subq $8, %rsp
  movl %eax, %r8d
  callq wasmtier_run_runtime_function
  movq -8(%rbp), %r11
  testb %al, %al
  jne .Lruntime_call_traps
  MOVE_TO_WASM_STACK %r11
  retq
.Lruntime_call_traps:
  .cfi_def_cfa %rbp, 16
  .cfi_offset %rbp, -16
  movb %al, ACTIVATION_TRAP(%r11)
  movq %r11, %rdi
  jmp wasmtier_unwind
  .cfi_endproc
  .size wasmtier_runtime_call, .-wasmtier_runtime_call

  .globl wasmtier_trap_with_context
  .type wasmtier_trap_with_context, @function
  .p2align 4
wasmtier_trap_with_context:
  .cfi_startproc
  RECORD_EXIT %rdi, %rax, %rcx
  movb %sil, ACTIVATION_TRAP(%rax)
  movq %rax, %rdi
  jmp wasmtier_unwind
  .cfi_endproc
  .size wasmtier_trap_with_context, .-wasmtier_trap_with_context

  .globl wasmtier_runtime_call_with_context
  .type wasmtier_runtime_call_with_context, @function
  .p2align 4
wasmtier_runtime_call_with_context:
  .cfi_startproc
  movl %r8d, %eax
  jmp wasmtier_runtime_call
  .cfi_endproc
  .size wasmtier_runtime_call_with_context, .-wasmtier_runtime_call_with_context

  .purgem RECORD_EXIT
  .purgem MOVE_TO_HOST_STACK
  .purgem MOVE_TO_WASM_STACK
  .purgem FIRST_CALL
)");
