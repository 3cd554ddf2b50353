// Backtraces over the frames of all tiers.
#ifndef WASMTIER_RUNTIME_STACK_WALK_H_
#define WASMTIER_RUNTIME_STACK_WALK_H_

#include "runtime/activation.h"
#include "runtime/trap.h"

namespace wasmtier::runtime {

// Appends the wasm frames of a thread's activations, from the innermost one outwards, to the
// trap's; those of outer activations stand at their host calls. `innermost` may be null.
void AppendFrames(TrapInfo& trap, const Activation* innermost);

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_STACK_WALK_H_
