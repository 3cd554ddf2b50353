// Which callees are compiled together with a function.
#ifndef WASMTIER_ENGINE_POLICY_INLINE_CANDIDATES_H_
#define WASMTIER_ENGINE_POLICY_INLINE_CANDIDATES_H_

#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "runtime/module_code.h"

namespace wasmtier::engine {

// Defined functions that `function` calls, directly or through what it calls, and that are hot by
// the feedback of the baseline tier, or so small that a call is most of what they cost; the most
// desirable first, and together not larger than the optimizer can make good use of (tuning.h).
// Only those that `may_inline` lets pass, which is asked before a body is looked into: those that
// it lets pass, and `function`, must be valid.
std::vector<uint32_t> InlineCandidates(const runtime::ModuleCode& code, uint32_t function,
                                       absl::FunctionRef<bool(uint32_t)> may_inline);

}  // namespace wasmtier::engine

#endif  // WASMTIER_ENGINE_POLICY_INLINE_CANDIDATES_H_
