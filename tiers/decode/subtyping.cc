#include "tiers/decode/subtyping.h"

namespace wasmtier::decode {

bool AreSubtypes(const runtime::Module& module, const std::vector<runtime::ValueType>& types,
                 const std::vector<runtime::ValueType>& expected) {
  if (types.size() != expected.size()) return false;
  for (size_t i = 0; i < types.size(); ++i) {
    if (!IsSubtype(module, types[i], expected[i])) return false;
  }
  return true;
}

}  // namespace wasmtier::decode
