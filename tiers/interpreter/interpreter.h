// The interpreter tier: slot bytecode, translated lazily, one function at a time (design §7).
#ifndef WASMTIER_TIERS_INTERPRETER_INTERPRETER_H_
#define WASMTIER_TIERS_INTERPRETER_INTERPRETER_H_

#include <cstdint>

#include "runtime/vm_context.h"

namespace wasmtier::interpreter {

// An EntryPoint (runtime/vm_context.h): what entry tables hold for functions without machine code.
void Enter(const runtime::FunctionReference* callee, uint64_t* frame);

// FunctionState::stub: an instruction that translates the function, then runs it.
int32_t TranslateInstruction();

// Once a process, before the first Enter: announces the fault sites of the handlers to the trap
// handler.
void Initialize();

}  // namespace wasmtier::interpreter

#endif  // WASMTIER_TIERS_INTERPRETER_INTERPRETER_H_
