// Validation of function bodies and constant expressions (spec: "Validation"): BodyDecoder with
// checks and no sink.
#ifndef WASMTIER_TIERS_DECODE_VALIDATE_H_
#define WASMTIER_TIERS_DECODE_VALIDATE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/model/features.h"
#include "runtime/model/limits.h"
#include "runtime/model/module.h"

namespace wasmtier::decode {

struct BodySummary {
  runtime::FeatureSet features;  // what the body uses
};

// Validates one defined function. Errors are InvalidArgument:
// "type mismatch: expected i32, found f32 (at offset 0x1f3 in function 12 <name>)". Thread-safe for
// one module.
absl::StatusOr<BodySummary> ValidateFunction(const runtime::Module& module, uint32_t function,
                                             const runtime::ModuleLimits& limits);

// Validates all bodies, on up to `threads` threads for modules over 1 MB of code, and adds the
// features they use to module.features. Reports the error with the lowest offset, whatever the
// number of threads.
absl::Status ValidateBodies(runtime::Module& module, const runtime::ModuleLimits& limits,
                            int threads);

struct ConstExpressionSummary {
  uint32_t end_offset = 0;  // first byte after the final `end`
  runtime::FeatureSet features;
};

// Validates the constant expression that starts at `offset` in the module's bytes and must yield
// `expected`, before `end_limit` (the end of its section). `visible_globals`: globals with a lower
// index may be read (imported and, in Wasm 3.0, earlier defined immutable ones). Functions named by
// ref.func are added to module.declared_functions.
absl::StatusOr<ConstExpressionSummary> ValidateConstExpression(runtime::Module& module,
                                                               uint32_t offset, uint32_t end_limit,
                                                               runtime::ValueType expected,
                                                               uint32_t visible_globals);

}  // namespace wasmtier::decode

#endif  // WASMTIER_TIERS_DECODE_VALIDATE_H_
