#ifndef WASMTIER_RUNTIME_MODEL_SUBTYPING_H_
#define WASMTIER_RUNTIME_MODEL_SUBTYPING_H_

#include "runtime/model/module.h"
#include "runtime/model/types.h"

namespace wasmtier::runtime {

// Whether a value of type `type` may be used as `expected`, both types of `module` (spec:
// "Validation / Matching"). Bottom matches every type. Type indices are one type if they are equal
// or have one canonical id (module.canonical_types, which may still be empty).
bool Matches(const Module& module, ValueType type, ValueType expected);

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_MODEL_SUBTYPING_H_
