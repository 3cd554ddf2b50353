// What the lower floors ask of the tiers and of the tier policy, declared here so that nothing
// includes upwards.
#ifndef WASMTIER_RUNTIME_TIER_HOOKS_H_
#define WASMTIER_RUNTIME_TIER_HOOKS_H_

#include <cstdint>
#include <string>

#include "runtime/code_listener.h"

namespace wasmtier::runtime {

class ModuleCode;

// Why a hotness countdown ran out.
enum class HotReason : uint8_t { kCalls, kLoop };

// Implemented by engine/policy; one per Engine. Thread-safe.
class TierHooks {
 public:
  virtual ~TierHooks() = default;

  // Code that new functions start with: the entry point for calls (an EntryPoint) and
  // FunctionState::stub.
  virtual void* FirstEntryPoint() = 0;
  virtual int32_t FirstInstruction() = 0;
  // The first value of a function's hotness countdown.
  virtual int32_t FirstCountdown(uint32_t body_bytes) = 0;

  // Called before a function is translated for the first time when validation is lazy; an empty
  // string, or why it is invalid.
  virtual std::string ValidateLazily(const ModuleCode& code, uint32_t function) = 0;

  // A countdown fell below zero. Returns the value that it starts again from.
  virtual int32_t OnHot(ModuleCode& code, uint32_t function, HotReason reason) = 0;

  // Never null.
  virtual CodeListener& listener() = 0;
};

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_TIER_HOOKS_H_
