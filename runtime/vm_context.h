#ifndef WASMTIER_RUNTIME_VM_CONTEXT_H_
#define WASMTIER_RUNTIME_VM_CONTEXT_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace wasmtier::runtime {

class CodeSpace;
class Instance;
class ModuleCode;
class HostFunction;
class Store;
struct Activation;
struct FunctionReference;
struct FunctionState;
struct VMContext;

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

// Where the stub that machine code called the interpreter through goes on, instead of returning:
// how the interpreter's last act for that call, a tail call or an entry into a loop's machine code,
// takes no stack. The stub drops its frame, loads rdi = context, r10 = slot, rsi = frame, and jumps
// to target.
struct Continuation {
  const void* target;
  std::atomic<void*>* slot;
  VMContext* context;
  uint64_t* frame;
};

// Slots of the call area (runtime/call_convention.h): 1,000 values of v128.
inline constexpr uint32_t kCallAreaSlots = 2000;

// A part of the state of a Store that wasm code sees.
struct StoreBlock {
  // The innermost host->wasm entry, null outside of wasm.
  Activation* activation;
  // End of the usable slot stack: a frame must end at or below it.
  uint64_t* slot_limit;
  // First slot above all live frames: where the host, or machine code that calls the interpreter or
  // a host function, puts arguments. The interpreter sets it whenever it leaves; machine code
  // leaves it as it was.
  uint64_t* next_frame;
  // Lowest native stack pointer from which machine code may call C++ on the wasm stack.
  uint8_t* native_limit;
  Store* store;
  // Where machine code lies that may run in this store: null as long as the engine has made none.
  // Itself null if it never will.
  const std::atomic<const CodeSpace*>* code_space;
  Continuation continuation;
  alignas(16) uint64_t call_area[kCallAreaSlots];
};

// Null if the store's engine has made no machine code. Async-signal-safe.
inline const CodeSpace* CodeSpaceOf(const StoreBlock& block) {
  return block.code_space == nullptr ? nullptr : block.code_space->load(std::memory_order_acquire);
}

struct VMContext {
#define VM_CONTEXT_FIELD(Type, name) Type name;
#include "runtime/vm_context.def"
#undef VM_CONTEXT_FIELD
};

// A funcref is a pointer to one of these: immutable after it was made, alive as long as its Store.
struct FunctionReference {
  // The function's slot in its module's entry table, or its HostFunction's (design §3): the machine
  // code to call, as runtime/call_convention.h says.
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

// How the host calls a wasm function, whatever its tier: the arguments are in frame[0...] and the
// results are left there. Called on the wasm stack; does not return if it traps (it unwinds to the
// activation).
using EntryPoint = void (*)(const FunctionReference* callee, uint64_t* frame);

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_VM_CONTEXT_H_
