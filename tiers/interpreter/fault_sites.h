// The instructions of handlers that may fault on linear memory; each leaves its address in a
// section of its own.
#ifndef WASMTIER_TIERS_INTERPRETER_FAULT_SITES_H_
#define WASMTIER_TIERS_INTERPRETER_FAULT_SITES_H_

#include <span>

#include "runtime/trap_handler.h"

namespace wasmtier::interpreter {

std::span<const runtime::FaultSite> FaultSites();

// How many handlers access linear memory without a check: as many sites must there be (a test
// compares).
int UncheckedMemoryHandlerCount();

}  // namespace wasmtier::interpreter

#endif  // WASMTIER_TIERS_INTERPRETER_FAULT_SITES_H_
