// Matching of types within one module (spec: "Validation / Matching").
#ifndef WASMTIER_RUNTIME_MODEL_SUBTYPING_H_
#define WASMTIER_RUNTIME_MODEL_SUBTYPING_H_

#include "runtime/model/module.h"
#include "runtime/model/types.h"

namespace wasmtier::runtime {

// Whether a value of type `sub` may stand where `super` is expected. module.canonical_types must be
// filled: type indices with one canonical id are one type.
bool Matches(const Module& module, ValueType sub, ValueType super);

// Whether the definition of `type` is a valid refinement of that of its declared supertype.
bool MatchesDefinition(const Module& module, const TypeDefinition& type,
                       const TypeDefinition& supertype);

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_MODEL_SUBTYPING_H_
