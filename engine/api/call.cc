// The call from the host that all others end in.
#include "engine/api/store_state.h"
#include "engine/api/trap_access.h"
#include "runtime/activation.h"
#include "wasmtier/func.h"

namespace wasmtier::internal {
absl::Status CallFunction(StoreState& store, const runtime::FunctionReference* function,
                          uint64_t* frame) {
  const std::unique_ptr<runtime::TrapInfo> trap = runtime::CallWasm(*store.store, function, frame);
  if (trap == nullptr) [[likely]]
    return absl::OkStatus();
  return ToStatus(*trap);
}

}  // namespace wasmtier::internal
