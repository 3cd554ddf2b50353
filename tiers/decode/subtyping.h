#ifndef WASMTIER_TIERS_DECODE_SUBTYPING_H_
#define WASMTIER_TIERS_DECODE_SUBTYPING_H_

#include "runtime/model/module.h"
#include "runtime/model/types.h"

namespace wasmtier::decode {

// Whether a value of type `type` may be used as `expected`, both types of `module` (spec:
// "Validation / Matching"). Bottom matches every type.
bool IsSubtype(const runtime::Module& module, runtime::ValueType type, runtime::ValueType expected);

// Whether the results of a tail-called function may be returned as `expected`.
bool AreSubtypes(const runtime::Module& module, const std::vector<runtime::ValueType>& types,
                 const std::vector<runtime::ValueType>& expected);

}  // namespace wasmtier::decode

#endif  // WASMTIER_TIERS_DECODE_SUBTYPING_H_
