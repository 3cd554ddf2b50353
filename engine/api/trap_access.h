// The runtime's traps as statuses.
#ifndef WASMTIER_ENGINE_API_TRAP_ACCESS_H_
#define WASMTIER_ENGINE_API_TRAP_ACCESS_H_

#include "absl/status/status.h"
#include "runtime/trap.h"

namespace wasmtier::internal {

// An exit (wasmtier::ExitStatus) or the trap of a nested call, returned by a host function, goes
// through unchanged.
absl::Status ToStatus(const runtime::TrapInfo& trap);

}  // namespace wasmtier::internal

#endif  // WASMTIER_ENGINE_API_TRAP_ACCESS_H_
