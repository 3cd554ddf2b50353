// How handlers get at linear memory. Accesses that rely on its reservation are one instruction
// each, at a place that the trap handler knows; FindInAnyMemory is for those that check.
#ifndef WASMTIER_TIERS_INTERPRETER_LINEAR_MEMORY_H_
#define WASMTIER_TIERS_INTERPRETER_LINEAR_MEMORY_H_

#include <cstdint>
#include <type_traits>

#include "tiers/interpreter/dispatch.h"

namespace wasmtier::interpreter {

// One instruction that accesses memory + address, with the interpreter's state in the registers
// where the trap handler looks for it. "R": kept by the linker's garbage collection. The handlers
// have internal linkage, since the linker would drop the text of a duplicate template instance but
// not its entry in the section.
#define FAULT_SITE(instruction)                      \
  "1: " instruction                                  \
  "\n\t.pushsection wasmtier_fault_sites,\"aR\"\n\t" \
  ".balign 4\n\t.long 1b - .\n\t.popsection"
#define FAULT_STATE "D"(pc), "S"(frame), "r"(pinned_context)
#define PIN_CONTEXT register VMContext* pinned_context asm("r12") = context

// A vector as one instruction loads and stores it.
typedef uint8_t ByteLanes __attribute__((vector_size(16)));

template <typename Stored, typename Value>
INLINE Value LoadUnchecked(VMContext* context, const uint8_t* memory, uint64_t address,
                           const uint8_t* pc, const uint64_t* frame) {
  PIN_CONTEXT;
#define LOAD(instruction, constraint)                                      \
  asm volatile(FAULT_SITE(instruction " (%[memory],%[address]), %[value]") \
               : [value] constraint(value)                                 \
               : [memory] "r"(memory), [address] "r"(address), FAULT_STATE)
  if constexpr (std::is_same_v<Stored, ByteLanes>) {
    ByteLanes value;
    LOAD("movups", "=x");
    return value;
  } else if constexpr (std::is_same_v<Stored, float>) {
    float value;
    LOAD("movss", "=x");
    return value;
  } else if constexpr (std::is_same_v<Stored, double>) {
    double value;
    LOAD("movsd", "=x");
    return value;
  } else if constexpr (sizeof(Stored) == sizeof(Value)) {
    Value value;
    LOAD("mov", "=r");
    return value;
  } else if constexpr (std::is_signed_v<Stored>) {
    std::make_signed_t<Value> value;
    if constexpr (sizeof(Stored) == 1) {
      LOAD("movsb", "=r");
    } else if constexpr (sizeof(Stored) == 2) {
      LOAD("movsw", "=r");
    } else {
      LOAD("movslq", "=r");
    }
    return static_cast<Value>(value);
  } else {
    uint32_t value;  // 32-bit moves clear the upper half
    if constexpr (sizeof(Stored) == 1) {
      LOAD("movzbl", "=r");
    } else if constexpr (sizeof(Stored) == 2) {
      LOAD("movzwl", "=r");
    } else {
      LOAD("movl", "=r");
    }
    return static_cast<Value>(value);
  }
#undef LOAD
}

template <typename Stored>
INLINE void StoreUnchecked(VMContext* context, uint8_t* memory, uint64_t address, Stored value,
                           const uint8_t* pc, const uint64_t* frame) {
  PIN_CONTEXT;
#define STORE(instruction, constraint)                                                    \
  asm volatile(FAULT_SITE(instruction " %[value], (%[memory],%[address])")                \
               :                                                                          \
               : [value] constraint(value), [memory] "r"(memory), [address] "r"(address), \
                 FAULT_STATE                                                              \
               : "memory")
  if constexpr (std::is_same_v<Stored, ByteLanes>) {
    STORE("movups", "x");
  } else if constexpr (std::is_same_v<Stored, float>) {
    STORE("movss", "x");
  } else if constexpr (std::is_same_v<Stored, double>) {
    STORE("movsd", "x");
  } else {
    STORE("mov", "r");
  }
#undef STORE
}

// The base of the memory that the instruction names, or null if the access is out of bounds. Sums
// are computed so that they cannot overflow: addresses and offsets have 64 bits.
INLINE uint8_t* FindInAnyMemory(const VMContext* context, uint32_t memory_index, uint64_t address,
                                uint64_t offset, uint64_t bytes) {
  const runtime::MemoryView& view = *context->memories[memory_index];
  uint64_t end;
  if (__builtin_add_overflow(address, offset, &address) ||
      __builtin_add_overflow(address, bytes, &end) || end > view.byte_size) [[unlikely]] {
    return nullptr;
  }
  return view.base + address;
}

}  // namespace wasmtier::interpreter

#endif  // WASMTIER_TIERS_INTERPRETER_LINEAR_MEMORY_H_
