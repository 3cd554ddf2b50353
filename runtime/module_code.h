// ModuleCode: the mutable side of a module: what each tier made of its functions.
#ifndef WASMTIER_RUNTIME_MODULE_CODE_H_
#define WASMTIER_RUNTIME_MODULE_CODE_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "runtime/base/arena.h"
#include "runtime/model/module.h"
#include "runtime/tier_hooks.h"

namespace wasmtier::runtime {

// How linear memory is kept from being left; a property of code, since code is compiled for one of them (design §4).
enum class MemoryStrategy : uint8_t {
  kReserved,  // 4 GiB + guard are reserved: hardware faults become traps
  kChecked,   // explicit comparison with the current size before each access
};

// State of one function, shared by instances and threads.
struct FunctionState {
  // The interpreter's bytecode; at first a stub that translates the function.
  std::atomic<const uint8_t*> bytecode;
  uint32_t index;       // function index in the module
  uint32_t frame_slots;  // slots of parameters, locals, header and operands; known once translated
};

// Code of a module for one memory strategy; shared by all instances with that strategy. Thread-safe.
class ModuleCode {
 public:
  // `entry` and `bytecode_stub` are the first tier's (see TierHooks).
  ModuleCode(std::shared_ptr<const Module> module, MemoryStrategy strategy, TierHooks& hooks);
  ~ModuleCode();

  const Module& module() const { return *module_; }
  const std::shared_ptr<const Module>& shared_module() const { return module_; }
  MemoryStrategy strategy() const { return strategy_; }
  TierHooks& hooks() const { return hooks_; }

  // By function index; imported functions have states, but no code.
  FunctionState* function_states() { return states_.get(); }
  // The entry table: what calls go through; publishing a tier is one release store.
  std::atomic<void*>* entries() { return entries_.get(); }
  // By function index - imported functions.
  int32_t* hotness() { return hotness_.get(); }

  // Guards bytecode_arena and the maps below while a function is being translated.
  absl::Mutex& translation_mutex() { return translation_mutex_; }
  Arena& bytecode_arena() ABSL_EXCLUSIVE_LOCKS_REQUIRED(translation_mutex_) { return bytecode_arena_; }

  // Records that [begin, begin + size) is the bytecode of `function`, with its (bytecode offset, module offset) pairs for
  // backtraces, sorted by the former.
  struct SourcePosition {
    uint32_t bytecode_offset;
    uint32_t module_offset;
  };
  void AddBytecode(uint32_t function, const uint8_t* begin, size_t size, std::vector<SourcePosition> positions)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(translation_mutex_);

  struct BytecodeLocation {
    uint32_t function;
    uint32_t module_offset;
  };
  // The function and module offset of an address in bytecode; false if it is none of this module's.
  bool FindBytecode(const uint8_t* pc, BytecodeLocation* location) const;

 private:
  struct BytecodeRange {
    uint32_t function;
    size_t size;
    std::vector<SourcePosition> positions;
  };

  std::shared_ptr<const Module> module_;
  MemoryStrategy strategy_;
  TierHooks& hooks_;
  std::unique_ptr<FunctionState[]> states_;
  std::unique_ptr<std::atomic<void*>[]> entries_;
  std::unique_ptr<int32_t[]> hotness_;
  mutable absl::Mutex translation_mutex_;
  Arena bytecode_arena_;
  std::map<const uint8_t*, BytecodeRange> ranges_ ABSL_GUARDED_BY(translation_mutex_);
};

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_MODULE_CODE_H_
