// Traps (spec: "Traps") and exits: how a call that did not return normally is reported.
#ifndef WASMTIER_TRAP_H_
#define WASMTIER_TRAP_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "wasmtier/source_line.h"

namespace wasmtier {

enum class TrapCode : uint8_t {
  kUnreachable,
  kIntegerDivideByZero,
  kIntegerOverflow,
  kInvalidConversionToInteger,
  kMemoryOutOfBounds,
  kTableOutOfBounds,
  kUndefinedElement,
  kUninitializedElement,
  kIndirectCallTypeMismatch,
  kCallStackExhausted,
  kNullReference,
  kNullFunctionReference,
  kInterrupted,
  kInvalidFunction,  // lazy validation found the body invalid
  kHostError,        // a host function returned an error or threw
};

// "out of bounds memory access": the spec test suite's phrases.
const char* ToString(TrapCode code);

// One wasm function that was running, from the innermost outwards.
struct TrapFrame {
  uint32_t function = 0;    // index in its module
  std::string name;         // of the function; may be empty
  std::string module_name;  // from the name section; may be empty
  uint32_t offset = 0;      // of the instruction in the module's bytes; in callers, of the call
  std::optional<SourceLine> source = std::nullopt;  // of the instruction, if the module has DWARF
};

// A copy of what was known when a function trapped: valid for ever, also after its Store is gone.
class Trap {
 public:
  // The trap that a call or an instantiation ended with, or nothing if the status is of another
  // kind. Such a status is Aborted, and its message is message().
  static std::optional<Trap> FromStatus(const absl::Status& status);

  TrapCode code() const { return code_; }
  // ToString(code()), and more where a host function or lazy validation failed.
  const std::string& message() const { return message_; }
  // The innermost 64 at most.
  const std::vector<TrapFrame>& frames() const { return frames_; }
  uint64_t omitted_frames() const { return omitted_frames_; }
  // What the host function returned, its payloads included, for kHostError; else OK.
  const absl::Status& host_status() const { return host_status_; }

  // The message, then a line for each frame:
  //   out of bounds memory access
  //     0: function 12 <sum> at 0x1f3 (src/sum.c:12:5)
  std::string ToString() const;

  // A trap as the status of a call.
  absl::Status ToStatus() const;
  Trap(TrapCode code, std::string message, std::vector<TrapFrame> frames, uint64_t omitted_frames,
       absl::Status host_status);

 private:
  TrapCode code_;
  std::string message_;
  std::vector<TrapFrame> frames_;
  uint64_t omitted_frames_ = 0;
  absl::Status host_status_;
};

// A host function returns ExitStatus(code) to end the program, as WASI's proc_exit does: the call
// from the host then ends with exactly this status (Cancelled), without a trap. `code` may be any
// value.
absl::Status ExitStatus(int32_t code);
// The code of a status made by ExitStatus, or nothing.
std::optional<int32_t> ExitCode(const absl::Status& status);

}  // namespace wasmtier

#endif  // WASMTIER_TRAP_H_
