// ModuleCode: the mutable side of a module: what each tier made of its functions.
#ifndef WASMTIER_RUNTIME_MODULE_CODE_H_
#define WASMTIER_RUNTIME_MODULE_CODE_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "runtime/base/arena.h"
#include "runtime/base/zeroed_array.h"
#include "runtime/code_space.h"
#include "runtime/model/module.h"
#include "runtime/relaxed_simd.h"
#include "runtime/tier_hooks.h"
#include "runtime/vm_context.h"

namespace wasmtier::runtime {

// How linear memory is kept from being left; a property of code, since code is compiled for one of
// them (design §4).
enum class MemoryStrategy : uint8_t {
  kReserved,  // 4 GiB + guard are reserved: hardware faults become traps
  kChecked,   // explicit comparison with the current size before each access
};

// What a call takes from its function's hotness countdown; an iteration of a loop takes 1.
// Compiling a usual function takes as long as a thousand iterations in the interpreter, and should
// happen after ten calls (engine/policy/tuning.h).
inline constexpr int32_t kCallHotness = 100;

// State of one function, shared by instances and threads. Its index is its distance from
// VMContext::function_states.
struct FunctionState {
  // What the interpreter runs for a call: at first the address of `translate_stub`, then bytecode,
  // and the address of `compiled_stub` once the function has machine code.
  std::atomic<const uint8_t*> bytecode;
  // Instructions of the interpreter: one translates the function, then runs it; the other calls its
  // machine code.
  int32_t translate_stub;
  int32_t compiled_stub;
};
static_assert(sizeof(FunctionState) == 16);

// Machine code for a function type (tiers/baseline/stubs.h); null until a function of the type was
// published.
struct SignatureStubs {
  // Calls `target` on behalf of the interpreter and leaves the results in frame[0...].
  using Enter = void (*)(const void* target, std::atomic<void*>* slot, VMContext* context,
                         uint64_t* frame, const uint8_t* link);
  std::atomic<Enter> enter;
  // Loads the arguments from the frame in rsi, then jumps to the entry in the slot in r10.
  std::atomic<const void*> load_arguments;
  // Slots that the parameters or the results take, whichever are more.
  std::atomic<uint32_t> frame_slots;
};

// Code of a module for one memory strategy; shared by all instances with that strategy.
// Thread-safe.
class ModuleCode : public std::enable_shared_from_this<ModuleCode> {
 public:
  // Functions start with what the hooks say is first (TierHooks). `profile` is for them only: what
  // earlier runs did (profiler/feedback_profile.h); it must live as long as they do.
  ModuleCode(std::shared_ptr<const Module> module, MemoryStrategy strategy, TierHooks& hooks,
             const void* profile = nullptr);
  ~ModuleCode();

  const Module& module() const { return *module_; }
  const std::shared_ptr<const Module>& shared_module() const { return module_; }
  MemoryStrategy strategy() const { return strategy_; }
  TierHooks& hooks() const { return hooks_; }
  const void* profile() const { return profile_; }
  // TierHooks::HostEntry, without the virtual call.
  EntryPoint host_entry() const { return host_entry_; }

  // By function index; imported functions have states, but no code.
  FunctionState* function_states() { return states_.get(); }
  // The entry table: what calls go through; publishing a tier is one release store.
  std::atomic<void*>* entries() { return entries_.get(); }
  // The function whose entry slot that is; none if it is not one of these.
  std::optional<uint32_t> FunctionOfEntry(const std::atomic<void*>* entry) const {
    const auto distance =
        reinterpret_cast<uintptr_t>(entry) - reinterpret_cast<uintptr_t>(entries_.get());
    const size_t index = distance / sizeof(std::atomic<void*>);
    if (index >= module_->function_count()) return std::nullopt;
    return static_cast<uint32_t>(index);
  }
  // By type index.
  SignatureStubs* signature_stubs() { return signature_stubs_.get(); }

  // TierHooks::RelaxedSimdResults.
  RelaxedSimd relaxed_simd() const { return relaxed_simd_; }

  // TierHooks::AskAtEveryCall.
  bool asks_at_every_call() const { return asks_at_every_call_; }

  // Makes machine code of a defined function what calls reach in every tier, from now on. `code`
  // belongs to this ModuleCode afterwards and is removed from `space`, which must outlive this,
  // when this dies; not before, since threads may be running it. If asks_at_every_call, calls go on
  // asking. Takes translation_mutex.
  void Publish(uint32_t function, const CompiledCode* code, CodeSpace& space,
               SignatureStubs::Enter enter, const void* load_arguments);
  // The machine code of the highest tier, of the last call of Publish with it; null if there is
  // none.
  const CompiledCode* FindCompiled(uint32_t function) const;
  // That of the baseline tier, which the other may have superseded: it has the feedback and entries
  // for all loops. Takes no lock: compile threads look here while another thread may fork, whose
  // child would find the lock taken for ever.
  const CompiledCode* FindBaseline(uint32_t function) const;

  // Code that is entered at one loop of a function only; `code` has that OSR entry and belongs to
  // this afterwards, as with Publish.
  void PublishLoop(uint32_t function, uint32_t loop, const CompiledCode* code, CodeSpace& space);
  // Its entry, if there is one.
  const void* FindLoopEntry(uint32_t function, uint32_t loop) const;
  // Those of a function that there is code for; ascending.
  std::vector<uint32_t> LoopsWithCode(uint32_t function) const;

  // What the tier policy remembers of each function, by its index; 0 at first. Of the way to any
  // machine code, and on to optimized code.
  std::atomic<uint8_t>* policy_states() { return policy_states_.get(); }
  std::atomic<uint8_t>* optimizing_states() { return optimizing_states_.get(); }

  // By function index - imported functions; a countdown starts when its function gets bytecode.
  int32_t* hotness() { return hotness_.get(); }

  // Guards bytecode_arena and the maps below while a function is being translated.
  absl::Mutex& translation_mutex() { return translation_mutex_; }
  Arena& bytecode_arena() ABSL_EXCLUSIVE_LOCKS_REQUIRED(translation_mutex_) {
    return bytecode_arena_;
  }

  // By function index, where calls are not to find it (asks_at_every_call).
  std::map<uint32_t, const uint8_t*>& unpublished_bytecode()
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(translation_mutex_) {
    return unpublished_bytecode_;
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
  const void* const profile_;
  CodeListener& listener_;  // of hooks_, which may be in its destructor when this dies
  const EntryPoint host_entry_;
  const bool asks_at_every_call_;
  const RelaxedSimd relaxed_simd_;
  ZeroedArray<FunctionState> states_;
  ZeroedArray<std::atomic<void*>> entries_;
  ZeroedArray<SignatureStubs> signature_stubs_;
  ZeroedArray<std::atomic<uint8_t>> policy_states_;
  ZeroedArray<std::atomic<uint8_t>> optimizing_states_;
  ZeroedArray<int32_t> hotness_;
  // By function index - imported functions.
  ZeroedArray<std::atomic<const CompiledCode*>> compiled_;
  // Of the baseline tier, where compiled_ has better code.
  ZeroedArray<std::atomic<const CompiledCode*>> superseded_;
  mutable absl::Mutex translation_mutex_;
  Arena bytecode_arena_;
  std::map<uint32_t, const uint8_t*> unpublished_bytecode_ ABSL_GUARDED_BY(translation_mutex_);
  std::map<const uint8_t*, BytecodeRange> ranges_ ABSL_GUARDED_BY(translation_mutex_);
  struct OwnedCode {
    CodeSpace* space;
    const CompiledCode* code;
  };
  std::vector<OwnedCode> owned_code_ ABSL_GUARDED_BY(translation_mutex_);
  // By function and loop.
  std::map<std::pair<uint32_t, uint32_t>, const void*> loop_entries_
      ABSL_GUARDED_BY(translation_mutex_);
};

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_MODULE_CODE_H_
