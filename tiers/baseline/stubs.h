// Stubs between machine code, the interpreter and the host: one of each kind for a signature
// (design §5), and thunks within call rel32 reach of the code for what lies outside the code
// region.
//
// Frames of stubs, known to the stack walk (runtime/stack_walk.cc), below rbp:
//   kEnter        [rbp - 8] the callee's VMContext, [rbp - 16] frame (slots), [rbp - 24] link:
//                 InterpreterFrames::CallerOf of these is the caller
//   kInterpreter  the caller is at [rbp + 8]; rbp itself lies in the slot below the frame that the
//                 interpreter runs in, where InterpreterFrames::Caller finds it
//   kHelper       the caller is at [rbp + 8]
#ifndef WASMTIER_TIERS_BASELINE_STUBS_H_
#define WASMTIER_TIERS_BASELINE_STUBS_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "runtime/code_space.h"
#include "runtime/model/types.h"
#include "runtime/module_code.h"
#include "runtime/trap.h"

namespace wasmtier::baseline {

// The interpreter as stubs call it (tiers/interpreter/interpreter.h: EnterFromMachineCode); given
// from above, since tiers do not include each other. Arguments at frame[0...], frame[-1] is the
// stub's rbp. Returns null when the results are at frame[0...], else the store's Continuation.
using InterpreterEntry = runtime::Continuation* (*)(runtime::VMContext * context,
                                                    std::atomic<void*>* slot, uint64_t* frame);

// The stubs of one CodeSpace. Thread-safe. All addresses are valid as long as the CodeSpace.
class Stubs {
 public:
  static absl::StatusOr<std::unique_ptr<Stubs>> Create(runtime::CodeSpace& space,
                                                       InterpreterEntry interpreter);

  // What depends on the kinds of parameters and results only.
  struct OfSignature {
    runtime::SignatureStubs::Enter enter;
    const void* load_arguments;
    // Entry slots of functions that run in the interpreter hold it.
    const void* interpreter;
    // Entry slots of host functions hold it.
    const void* host;
  };
  absl::StatusOr<OfSignature> For(const runtime::FuncType& type);

  // Thunks to the functions of the same names in runtime/activation.h. A trap's thunk loads edi.
  const void* trap(runtime::TrapCode code) const { return traps_[static_cast<size_t>(code)]; }
  const void* runtime_call() const { return runtime_call_; }
  const void* hot() const { return hot_; }

 private:
  explicit Stubs(runtime::CodeSpace& space, InterpreterEntry interpreter)
      : space_(space), interpreter_(interpreter) {}

  runtime::CodeSpace& space_;
  InterpreterEntry interpreter_;
  std::vector<const void*> traps_;
  const void* runtime_call_ = nullptr;
  const void* hot_ = nullptr;
  absl::Mutex mutex_;
  // By the kinds of parameters and results, a character each.
  std::map<std::string, OfSignature> by_signature_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace wasmtier::baseline

#endif  // WASMTIER_TIERS_BASELINE_STUBS_H_
