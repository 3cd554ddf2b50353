// The end of the program, and the scheduler.
#include <sched.h>

#include "wasi/preview1/functions.h"
#include "wasmtier/trap.h"

namespace wasmtier::wasi::preview1 {

Status ProcExit(Call& /*call*/, ExitCode code) {
  return wasmtier::ExitStatus(static_cast<int32_t>(code));
}

// A guest must not send signals to the process that it is a part of. wasi-libc makes signals in
// the guest itself and does not call this.
Errno ProcRaise(Call& /*call*/, Signal /*signal*/) { return Errno::kNosys; }

Errno SchedYield(Call& /*call*/) { return CheckCall(sched_yield()); }

}  // namespace wasmtier::wasi::preview1
