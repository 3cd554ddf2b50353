// Hardware faults in wasm code become traps (design §4).
#ifndef WASMTIER_RUNTIME_TRAP_HANDLER_H_
#define WASMTIER_RUNTIME_TRAP_HANDLER_H_

#include <cstdint>
#include <span>

#include "absl/status/status.h"
#include "runtime/activation.h"

namespace wasmtier::runtime {

// One instruction of ours that may fault on linear memory: an entry of the section that the
// interpreter's loads and stores write, with addresses relative to the entry itself so that it
// needs no relocation.
struct FaultSite {
  int32_t instruction;
  uint64_t Address() const {
    return reinterpret_cast<uint64_t>(&instruction) + static_cast<int64_t>(instruction);
  }
};

// At a fault site the interpreter's state is in these registers (see tiers/interpreter/dispatch.h).
// rdi: bytecode pc, rsi: frame, r12: VMContext.

// Installs the handlers for SIGSEGV and SIGBUS, once for the process; handlers that were there are
// called for faults that are not ours. Called again (when a Store is made), it puts ours back on
// top if another library has replaced it.
absl::Status InstallTrapHandlers();
// Called once a process, by the interpreter.
void RegisterFaultSites(std::span<const FaultSite> sites);
// Gives the calling thread its alternate signal stack; cheap when it has one.
void PrepareThread();
// Called by each thread that is prepared for the first time from now on. Null: none.
void SetThreadHook(void (*hook)());

// For hosts that own the handler: true if the signal was a wasm trap and the context was changed to
// leave wasm code.
bool HandleSignal(int signal, void* siginfo, void* ucontext);

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_TRAP_HANDLER_H_
