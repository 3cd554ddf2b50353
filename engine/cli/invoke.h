// `wasm-tier run --invoke`: arguments and results as text.
#ifndef WASMTIER_ENGINE_CLI_INVOKE_H_
#define WASMTIER_ENGINE_CLI_INVOKE_H_

#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "wasmtier/types.h"
#include "wasmtier/value.h"

namespace wasmtier::cli {

// Arguments for a function of this type. Integers may be decimal, signed or unsigned, or
// hexadecimal; floats as in C; vectors as a shape and its lanes, lane 0 first ("i32x4:1,-2,0x3,4",
// "f64x2:0.5,inf"); of references only null. InvalidArgument: "argument 1: not an i32:
// x", or that their number is wrong.
absl::StatusOr<std::vector<Value>> ParseArguments(const FuncType& type,
                                                  std::span<const std::string> args);

// In the form that ParseArguments takes (integers signed, floats in the shortest form that reads
// back the same, vectors as i32x4 with hexadecimal lanes).
std::string FormatResult(const Value& value);

}  // namespace wasmtier::cli

#endif  // WASMTIER_ENGINE_CLI_INVOKE_H_
