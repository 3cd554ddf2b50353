// The interpreter tier: slot bytecode, translated lazily, one function at a time (design §7).
#ifndef WASMTIER_TIERS_INTERPRETER_INTERPRETER_H_
#define WASMTIER_TIERS_INTERPRETER_INTERPRETER_H_

#include <atomic>
#include <cstdint>

#include "runtime/vm_context.h"

namespace wasmtier::interpreter {

// TierHooks::HostEntry.
void Enter(const runtime::FunctionReference* callee, uint64_t* frame);

// How machine code calls the interpreter, through a stub (tiers/baseline/stubs.h): runs the
// function that the entry slot is of, with its arguments at frame[0...]; frame[-1] holds the frame
// pointer of the stub. Null: the results are at frame[0...]. Otherwise the call goes on there.
runtime::Continuation* EnterFromMachineCode(runtime::VMContext* context, std::atomic<void*>* slot,
                                            uint64_t* frame);

// FunctionState::translate_stub and compiled_stub: instructions that translate the function, then
// run it; that call its machine code.
int32_t TranslateInstruction();
int32_t CompiledInstruction();

// Once a process, before the first Enter: announces the fault sites of the handlers to the trap
// handler.
void Initialize();

}  // namespace wasmtier::interpreter

#endif  // WASMTIER_TIERS_INTERPRETER_INTERPRETER_H_
