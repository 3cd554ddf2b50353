#ifndef WASMTIER_RUNTIME_MODEL_LIMITS_H_
#define WASMTIER_RUNTIME_MODEL_LIMITS_H_

#include <cstdint>

namespace wasmtier::runtime {

// What a module may at most contain; each limit is checked while it is parsed or validated.
struct ModuleLimits {
#define MODULE_LIMIT(name, value, what) uint64_t name = value;
#include "runtime/model/limits.def"
#undef MODULE_LIMIT
};

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_MODEL_LIMITS_H_
