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
#include "runtime/base/zeroed_array.h"
#include "runtime/model/module.h"
#include "runtime/tier_hooks.h"

namespace wasmtier::runtime {

// How linear memory is kept from being left; a property of code, since code is compiled for one of
// them (design §4).
enum class MemoryStrategy : uint8_t {
  kReserved,  // 4 GiB + guard are reserved: hardware faults become traps
  kChecked,   // explicit comparison with the current size before each access
};

// State of one function, shared by instances and threads.
struct FunctionState {
  // The interpreter's bytecode; at first the address of `stub`.
  std::atomic<const uint8_t*> bytecode;
  // An instruction of the interpreter that translates the function and then runs it; it finds
  // `index` behind itself.
  int32_t stub;
  uint32_t index;  // function index in the module
};
static_assert(sizeof(FunctionState) == 16);

// Code of a module for one memory strategy; shared by all instances with that strategy.
// Thread-safe.
class ModuleCode {
 public:
  // Functions start with what the hooks say is first (TierHooks).
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
  // By function index - imported functions; a countdown starts when its function gets bytecode.
  int32_t* hotness() { return hotness_.get(); }

  // Guards bytecode_arena and the maps below while a function is being translated.
  absl::Mutex& translation_mutex() { return translation_mutex_; }
  Arena& bytecode_arena() ABSL_EXCLUSIVE_LOCKS_REQUIRED(translation_mutex_) {
    return bytecode_arena_;
  }

  // Records that [begin, begin + size) is the bytecode of `function`, whose return address lies in
  // frame[header_slot], and starts its countdown. To be called before the bytecode is published.
  void AddBytecode(uint32_t function, const uint8_t* begin, size_t size, uint32_t header_slot)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(translation_mutex_);

  // A function's bytecode.
  struct BytecodeRange {
    const uint8_t* begin = nullptr;
    size_t size = 0;
    uint32_t function = 0;
    uint32_t header_slot = 0;
    bool Contains(const uint8_t* pc) const {
      return pc >= begin && static_cast<size_t>(pc - begin) < size;
    }
  };
  // The range that holds an address; false if none of this module's does.
  bool FindBytecode(const uint8_t* pc, BytecodeRange* range) const;

 private:
  std::shared_ptr<const Module> module_;
  MemoryStrategy strategy_;
  TierHooks& hooks_;
  ZeroedArray<FunctionState> states_;
  ZeroedArray<std::atomic<void*>> entries_;
  ZeroedArray<int32_t> hotness_;
  mutable absl::Mutex translation_mutex_;
  Arena bytecode_arena_;
  std::map<const uint8_t*, BytecodeRange> ranges_ ABSL_GUARDED_BY(translation_mutex_);
};

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_MODULE_CODE_H_
