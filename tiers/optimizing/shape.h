// Bodies whose shape would keep LLVM busy for many seconds, or break it.
#ifndef WASMTIER_TIERS_OPTIMIZING_SHAPE_H_
#define WASMTIER_TIERS_OPTIMIZING_SHAPE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "runtime/model/module.h"

namespace wasmtier::optimizing {

// ResourceExhausted if a defined function, which is valid, had better stay as it is. What compilers
// make of programs is far from these limits.
absl::Status CheckShape(const runtime::Module& module, uint32_t function);

}  // namespace wasmtier::optimizing

#endif  // WASMTIER_TIERS_OPTIMIZING_SHAPE_H_
