// Who wants to know of new code: event timeline, perf map, statistics.
#ifndef WASMTIER_RUNTIME_CODE_LISTENER_H_
#define WASMTIER_RUNTIME_CODE_LISTENER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace wasmtier::runtime {

class ModuleCode;

enum class Tier : uint8_t { kInterpreter, kBaseline, kOptimizing };

struct CodeEvent {
  const ModuleCode* code;
  uint32_t function;
  Tier tier;
  const void* begin;                                // of the bytecode or machine code
  size_t size;                                      // bytes
  uint64_t nanoseconds;                             // that making it took
  std::optional<uint32_t> osr_loop = std::nullopt;  // of code that begins at a loop
  bool is_quick = false;  // of the optimizing tier: it was made soon rather than well
};

// A step of a compile in the background, or of one that failed, wherever.
struct CompileEvent {
  enum class Step : uint8_t {
    kQueued,
    kStarted,
    kPublished,
    kFailed,
    kDropped,  // before it was started
  };
  Step step;
  const ModuleCode* code;
  uint32_t function;
  std::optional<uint32_t> osr_loop;  // of code that begins at a loop
  uint64_t nanoseconds;              // that it took, where it has ended
  bool is_quick = false;             // as in CodeEvent
  Tier tier = Tier::kOptimizing;
  std::string_view reason = {};  // of a failure
};

// A running loop goes on in other code (on-stack replacement).
struct LoopEntryEvent {
  const ModuleCode* code;
  uint32_t function;
  uint32_t loop;
  Tier from;
  const void* entry;
};

// Thread-safe; called on the thread that made the code.
class CodeListener {
 public:
  virtual ~CodeListener() = default;
  virtual void OnCode(const CodeEvent& event) = 0;
  // Machine code that belongs to no function.
  virtual void OnStub(const void* /*begin*/, size_t /*size*/, std::string_view /*name*/) {}
  virtual void OnCompile(const CompileEvent&) {}
  virtual void OnLoopEntry(const LoopEntryEvent&) {}
};

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_CODE_LISTENER_H_
