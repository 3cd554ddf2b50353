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
  const void* begin;     // of the bytecode or machine code
  size_t size;           // bytes
  uint64_t nanoseconds;  // that making it took
};

// A step of a compile in the background.
struct CompileEvent {
  enum class Step : uint8_t { kQueued, kStarted, kPublished, kFailed };
  Step step;
  const ModuleCode* code;
  uint32_t function;
  std::optional<uint32_t> osr_loop;  // of code that begins at a loop
  uint64_t nanoseconds;              // that it took, where it has ended
};

// Thread-safe; called on the thread that made the code.
class CodeListener {
 public:
  virtual ~CodeListener() = default;
  virtual void OnCode(const CodeEvent& event) = 0;
  // Machine code that belongs to no function.
  virtual void OnStub(const void* /*begin*/, size_t /*size*/, std::string_view /*name*/) {}
  virtual void OnCompile(const CompileEvent&) {}
};

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_CODE_LISTENER_H_
