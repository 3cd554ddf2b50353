// Globals (spec: "Global Instances").
#ifndef WASMTIER_RUNTIME_GLOBAL_H_
#define WASMTIER_RUNTIME_GLOBAL_H_

#include "runtime/model/types.h"
#include "runtime/vm_context.h"

namespace wasmtier::runtime {

// A host-made global, or one of an instance: type and storage. Lives as long as its Store.
struct Global {
  GlobalType type;
  GlobalCell cell;
};

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_GLOBAL_H_
