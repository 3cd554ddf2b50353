#ifndef WASMTIER_RUNTIME_VM_CONTEXT_H_
#define WASMTIER_RUNTIME_VM_CONTEXT_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace wasmtier::runtime {

class Instance;
class ModuleCode;
class HostFunction;
class Store;
struct Activation;
struct FunctionReference;
struct FunctionState;

// What wasm code sees of a memory.
struct MemoryView {
  uint8_t* base;
  uint64_t byte_size;
};

// What wasm code sees of a table: one word an element (a FunctionReference*, or the embedder's
// word), 0 = null.
struct TableView {
  uint64_t* elements;
  uint64_t size;
};

// Storage of a global: one slot, or two for v128.
struct alignas(16) GlobalCell {
  uint64_t slots[2];
};

// A part of the state of a Store that wasm code sees.
struct StoreBlock {
  // The innermost host->wasm entry, null outside of wasm.
  Activation* activation;
  // End of the usable slot stack: a frame must end at or below it.
  uint64_t* slot_limit;
  // First slot above all live frames: where the host puts the arguments of its next call.
  uint64_t* next_frame;
  Store* store;
};

struct VMContext {
#define VM_CONTEXT_FIELD(Type, name) Type name;
#include "runtime/vm_context.def"
#undef VM_CONTEXT_FIELD
};

// A funcref is a pointer to one of these: immutable after it was made, alive as long as its Store.
struct FunctionReference {
  // The function's slot in its module's entry table (design §3): what to call, see EntryPoint.
  std::atomic<void*>* entry;
  // The callee's; null for host functions.
  VMContext* context;
  FunctionState* state;
  const HostFunction* host;  // null for wasm functions
  uint32_t type_id;          // canonical (TypeRegistry)
  uint32_t index;            // function index in the callee's module; 0 for host functions
  uint16_t param_slots;      // frame slots of all parameters and of all results
  uint16_t result_slots;
};

// What an entry slot holds: a function that runs a wasm function whose arguments are in frame[0...]
// and leaves the results there. Called on the wasm stack; does not return if it traps (it unwinds
// to the activation).
using EntryPoint = void (*)(const FunctionReference* callee, uint64_t* frame);

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_VM_CONTEXT_H_
