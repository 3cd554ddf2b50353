#ifndef WASMTIER_TIERS_DECODE_SUBTYPING_H_
#define WASMTIER_TIERS_DECODE_SUBTYPING_H_

#include <vector>

#include "runtime/model/subtyping.h"

namespace wasmtier::decode {

// Whether a value of type `type` may be used as `expected`, both types of `module`.
inline bool IsSubtype(const runtime::Module& module, runtime::ValueType type,
                      runtime::ValueType expected) {
  return runtime::Matches(module, type, expected);
}

// The same for lists of types, which must be equally long.
bool AreSubtypes(const runtime::Module& module, const std::vector<runtime::ValueType>& types,
                 const std::vector<runtime::ValueType>& expected);

}  // namespace wasmtier::decode

#endif  // WASMTIER_TIERS_DECODE_SUBTYPING_H_
