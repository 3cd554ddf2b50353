// Who wants to know of new code: event timeline, perf map, statistics.
#ifndef WASMTIER_RUNTIME_CODE_LISTENER_H_
#define WASMTIER_RUNTIME_CODE_LISTENER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace wasmtier::runtime {

class ModuleCode;
struct CompiledCode;

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
  // Of machine code; lives until OnCodeGone.
  const CompiledCode* compiled = nullptr;
  // Of bytecode: the slot of the frame that holds the return address.
  uint32_t header_slot = 0;
};

// Machine code that belongs to no function; it lives as long as its engine.
struct StubEvent {
  const void* begin;
  size_t size;  // bytes
  std::string_view name;
  const CompiledCode* compiled = nullptr;  // which may hold several
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

// memory.grow or table.grow in wasm code.
struct GrowthEvent {
  enum class What : uint8_t { kMemory, kTable };
  What what;
  const ModuleCode* code;
  uint32_t index;  // of the memory or table, in the module
  uint64_t size;   // pages or elements, before
  uint64_t added;
  bool is_refused;
};

// Thread-safe; called on the thread that made the code, before any thread can run it.
class CodeListener {
 public:
  virtual ~CodeListener() = default;
  virtual void OnCode(const CodeEvent& event) = 0;
  virtual void OnStub(const StubEvent&) {}
  virtual void OnCompile(const CompileEvent&) {}
  virtual void OnLoopEntry(const LoopEntryEvent&) {}
  virtual void OnGrowth(const GrowthEvent&) {}
  // All code that was made for it is about to be freed. No thread runs it.
  virtual void OnCodeGone(const ModuleCode&) {}
};

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_CODE_LISTENER_H_
