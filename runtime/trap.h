#ifndef WASMTIER_RUNTIME_TRAP_H_
#define WASMTIER_RUNTIME_TRAP_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "runtime/model/module.h"

namespace wasmtier::runtime {

enum class TrapCode : uint8_t {
  kNone,
#define TRAP(Name, message) k##Name,
#include "runtime/traps.def"
#undef TRAP
};

const char* TrapMessage(TrapCode code);

// One wasm function on the stack when it trapped.
struct Frame {
  std::shared_ptr<const Module> module;
  uint32_t function;  // index
  uint32_t offset;    // byte offset in the module of the instruction (of the call, in callers)
};

// A trap as a value. Frames go from the innermost outwards; at most kMaxFrames are kept.
struct TrapInfo {
  static constexpr size_t kMaxFrames = 64;
  TrapCode code = TrapCode::kNone;
  std::string message;  // TrapMessage(code), or more where a host function or a lazily validated
                        // body failed
  std::vector<Frame> frames;
  size_t omitted_frames = 0;
  absl::Status host_status;  // what the host function returned, for kHostError

  // "unreachable\n  0: function 12 <name> at 0x1f3\n ..."
  std::string ToString() const;
};

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_TRAP_H_
