// The functions of wasi_snapshot_preview1, each as a C++ function; stamped from functions.def.
#ifndef WASMTIER_WASI_PREVIEW1_FUNCTIONS_H_
#define WASMTIER_WASI_PREVIEW1_FUNCTIONS_H_

#include "absl/status/status.h"
#include "wasi/preview1/context.h"
#include "wasi/preview1/errno.h"
#include "wasi/preview1/types.h"

namespace wasmtier::wasi::preview1 {

using absl::Status;

#define WASI_FUNCTION(name, Function, Result, state, ...) \
  Result Function(Call& call __VA_OPT__(, ) __VA_ARGS__);
#include "wasi/preview1/functions.def"

}  // namespace wasmtier::wasi::preview1

#endif  // WASMTIER_WASI_PREVIEW1_FUNCTIONS_H_
