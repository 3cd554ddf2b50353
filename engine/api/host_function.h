// Makes host functions of the public forms.
#ifndef WASMTIER_ENGINE_API_HOST_FUNCTION_H_
#define WASMTIER_ENGINE_API_HOST_FUNCTION_H_

#include "engine/api/store_state.h"
#include "runtime/host_function.h"
#include "wasmtier/func.h"

namespace wasmtier::internal {

// Lives as long as the store.
const runtime::HostFunction* NewHostFunction(StoreState& state, const FuncType& type,
                                             RawCallback callback);

// A raw callback that converts to and from values, and checks the results.
RawCallback MakeRaw(FuncType type, DynamicCallback callback);

}  // namespace wasmtier::internal

#endif  // WASMTIER_ENGINE_API_HOST_FUNCTION_H_
