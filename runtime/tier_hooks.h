// What the lower floors ask of the tiers and of the tier policy, declared here so that nothing
// includes upwards.
#ifndef WASMTIER_RUNTIME_TIER_HOOKS_H_
#define WASMTIER_RUNTIME_TIER_HOOKS_H_

#include <cstdint>
#include <string>

#include "runtime/code_listener.h"
#include "runtime/relaxed_simd.h"
#include "runtime/vm_context.h"

namespace wasmtier::runtime {

class HostFunction;
class ModuleCode;

// Why a hotness countdown ran out.
enum class HotReason : uint8_t { kCalls, kLoop };

// Implemented by engine/policy; one per Engine. Thread-safe.
class TierHooks {
 public:
  virtual ~TierHooks() = default;

  // How the host calls wasm functions: the interpreter's, which goes on to machine code where there
  // is some.
  virtual EntryPoint HostEntry() = 0;
  // FunctionState::translate_stub and compiled_stub.
  virtual int32_t FirstInstruction() = 0;
  virtual int32_t CompiledInstruction() = 0;
  // The first value of a function's hotness countdown.
  virtual int32_t FirstCountdown(uint32_t body_bytes) = 0;

  // Fixed when a ModuleCode is made.
  virtual RelaxedSimd RelaxedSimdResults() { return RelaxedSimd::kDeterministic; }

  // Called when the interpreter is to run a function for the first time, before it is translated.
  // True if the function has been published as machine code instead.
  virtual bool CompileAtFirstCall(ModuleCode&, uint32_t) { return false; }
  // Called when the interpreter cannot run a function because its frame is too large. True if the
  // function has been published as machine code.
  virtual bool CompileInstead(ModuleCode&, uint32_t) { return false; }
  // For tests that switch tiers all the time, fixed when a ModuleCode is made: nothing is published
  // where calls would find it, so that CompileAtFirstCall is asked at every call by the interpreter
  // (true: there is machine code and it takes this call) and ResolveCall at every one by machine
  // code, unless it changes the entry slot.
  virtual bool AskAtEveryCall() { return false; }
  // Machine code called the function through its entry slot, which still holds the runtime's first
  // entry (wasmtier_first_call). Returns where the call goes on: machine code that takes it as
  // runtime/call_convention.h says. The entry slot may be changed to spare later calls this way.
  // Null: there is no memory for it; the call traps (call stack exhausted).
  virtual const void* ResolveCall(ModuleCode&, uint32_t) { return nullptr; }
  // The same for a host function.
  virtual const void* ResolveHostCall(const HostFunction&) { return nullptr; }
  // Where the interpreter, at the jump back of a loop whose countdown ran out, may enter machine
  // code of the function (OsrEntry); null: it goes on itself. Called after OnHot.
  virtual const void* FindOsrEntry(ModuleCode&, uint32_t, uint32_t /*loop*/) { return nullptr; }

  // Called before a function is translated for the first time when validation is lazy; an empty
  // string, or why it is invalid.
  virtual std::string ValidateLazily(const ModuleCode& code, uint32_t function) = 0;

  // A countdown fell below zero. Returns the value that it starts again from.
  virtual int32_t OnHot(ModuleCode& code, uint32_t function, HotReason reason) = 0;

  // A countdown of machine code fell below zero (runtime/hot_counters.h): of calls, or of rounds of
  // iterations, where `loop` has just begun. `countdown` is the value that it starts again from;
  // `entry`, where this call of the function is to go on instead (OsrEntry of the loop), or null.
  struct HotAnswer {
    int32_t countdown;
    const void* entry;
  };
  virtual HotAnswer OnHotMachineCode(ModuleCode&, uint32_t /*function*/, HotReason,
                                     uint32_t /*loop*/) {
    return {INT32_MAX, nullptr};
  }

  // Never null.
  virtual CodeListener& listener() = 0;
};

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_TIER_HOOKS_H_
