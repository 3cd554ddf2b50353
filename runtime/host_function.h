// Host functions: what a plugin or the embedder gives to wasm.
#ifndef WASMTIER_RUNTIME_HOST_FUNCTION_H_
#define WASMTIER_RUNTIME_HOST_FUNCTION_H_

#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "runtime/model/types.h"
#include "runtime/vm_context.h"

namespace wasmtier::runtime {

// The one raw form that all host functions are wrapped into: slots[0...] hold the arguments (design
// §6: 8-byte slots, i32 and f32 zero-extended, v128 two) and receive the results. `caller` is the
// calling instance's context, null if the host called. Runs on the host's stack. A non-OK status
// becomes a trap; exceptions are caught by the caller of this and become one too.
using HostCallback = std::function<absl::Status(VMContext* caller, uint64_t* slots)>;

class HostFunction {
 public:
  HostFunction(FuncType type, uint32_t type_id, HostCallback callback);
  HostFunction(const HostFunction&) = delete;
  HostFunction& operator=(const HostFunction&) = delete;

  const FuncType& type() const { return type_; }
  const FunctionReference& reference() const { return reference_; }
  // Slots that its arguments or its results take, whichever are more.
  uint32_t frame_slots() const { return frame_slots_; }

  // The entry slot, which machine code calls it through: at first wasmtier_first_host_call.
  std::atomic<void*>* entry() const { return reference_.entry; }
  // The host function that an entry slot is of.
  static const HostFunction& OfEntry(const std::atomic<void*>* entry);

  // Calls it on the current (host) stack; catches exceptions.
  absl::Status Invoke(VMContext* caller, uint64_t* slots) const;

 private:
  std::atomic<void*> entry_;  // first: OfEntry
  FuncType type_;
  HostCallback callback_;
  uint32_t frame_slots_;
  FunctionReference reference_;
};

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_HOST_FUNCTION_H_
