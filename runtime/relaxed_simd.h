#ifndef WASMTIER_RUNTIME_RELAXED_SIMD_H_
#define WASMTIER_RUNTIME_RELAXED_SIMD_H_

#include <cstdint>

namespace wasmtier::runtime {

// Which of the results that the spec allows the relaxed vector instructions have, in every tier
// (tiers/semantics/vector_relaxed.h).
enum class RelaxedSimd : uint8_t {
  kDeterministic,  // those of the spec's deterministic profile, on every processor
  kFast,           // those of the processor's own instructions; multiply-add has two roundings
  kFastFused,      // the same, and the processor has FMA: multiply-add has one
};

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_RELAXED_SIMD_H_
