#ifndef WASMTIER_ENGINE_POLICY_AUTO_H_
#define WASMTIER_ENGINE_POLICY_AUTO_H_

#include "engine/policy/tiered.h"

namespace wasmtier::engine {

// Functions are compiled when their calls and loop iterations say that it pays (tuning.h).
class Auto : public Tiered {
 public:
  using Tiered::Tiered;
};

}  // namespace wasmtier::engine

#endif  // WASMTIER_ENGINE_POLICY_AUTO_H_
