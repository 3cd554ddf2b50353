// Takes the stack of the calling thread at a signal.
#ifndef WASMTIER_PROFILER_STACK_SAMPLER_H_
#define WASMTIER_PROFILER_STACK_SAMPLER_H_

#include <sys/ucontext.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "profiler/code_index.h"

namespace wasmtier::profiler {

// A frame before anything was looked up for it.
struct RawFrame {
  enum class Kind : uint8_t {
    kCode,          // `code`, at `address`: wasm functions
    kHostFunction,  // import number `address` of `module`; null: one that is no import
    kRuntime,       // the engine itself, working for the wasm code that called it
    kTiers,         // the same: translating or compiling
    kNative,        // a thread outside of wasm
    kCompile,       // function `address` of `module` is compiled by this thread
  };
  Kind kind = Kind::kNative;
  // The frames below it, outwards, were left out: there are too many, or a signal came when they
  // could not be found.
  bool is_cut = false;
  union {
    const IndexedCode* code = nullptr;
    const IndexedModule* module;
  };
  // In code: of the instruction that runs, or within that of the call.
  uintptr_t address = 0;
};

// Fills `frames` from the innermost frame outwards, as far as there is room; how many. `registers`:
// as the signal found them. Async-signal-safe: takes no lock, allocates nothing, and reads no
// memory that it does not know to be there, whatever the thread was doing. To be called while a
// CodeIndex::Reader lives.
size_t SampleStack(const CodeIndex& index, const gregset_t& registers, std::span<RawFrame> frames);

}  // namespace wasmtier::profiler

#endif  // WASMTIER_PROFILER_STACK_SAMPLER_H_
