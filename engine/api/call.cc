// The call from the host that all others end in.
#include "engine/api/store_state.h"
#include "engine/api/trap_access.h"
#include "engine/policy/tuning.h"
#include "runtime/activation.h"
#include "wasmtier/func.h"
#include "wasmtier/trap.h"

namespace wasmtier::internal {
namespace {

// Nested calls continue below what the outer ones use of the store's native stack.
bool NativeStackExhausted(runtime::Store& store) {
  const runtime::Activation* outer = store.block().activation;
  if (outer == nullptr) [[likely]]
    return false;
  const auto used = store.stack().native_top() - static_cast<uint8_t*>(outer->wasm_stack_pointer);
  return static_cast<uint64_t>(used) > engine::kNativeStackBytes - engine::kNativeStackReserve;
}

}  // namespace

absl::Status CallFunction(StoreState& store, const runtime::FunctionReference* function,
                          uint64_t* frame) {
  if (NativeStackExhausted(*store.store)) {
    return Trap(TrapCode::kCallStackExhausted, ToString(TrapCode::kCallStackExhausted), {}, 0,
                absl::OkStatus())
        .ToStatus();
  }
  const std::unique_ptr<runtime::TrapInfo> trap = runtime::CallWasm(*store.store, function, frame);
  if (trap == nullptr) [[likely]]
    return absl::OkStatus();
  return ToStatus(*trap);
}

}  // namespace wasmtier::internal
