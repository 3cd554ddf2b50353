// The optimizing tier as the engine sees it: no LLVM here. What implements it is a module of its
// own, libwasmtier-optimizer.so, which tiers/optimizing/loader.h brings in (design §9).
#ifndef WASMTIER_TIERS_OPTIMIZING_OPTIMIZER_H_
#define WASMTIER_TIERS_OPTIMIZING_OPTIMIZER_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "profiler/feedback.h"
#include "runtime/code_space.h"
#include "runtime/module_code.h"

namespace wasmtier::optimizing {

enum class Pipeline : uint8_t {
  kQuick,  // for what must be fast soon
  kFull,   // with the vectorizers
};

struct Options {
  Pipeline pipeline = Pipeline::kFull;
  // Stores to linear memory before a trap are seen, and those after it are not (design §9).
  bool precise_traps = false;
  // Code compares the stack pointer with the end of the stack instead of relying on its guard.
  bool stack_checks = false;
  // LLVM's name of a processor, for tests and comparison; empty: this one, with all it can do.
  std::string cpu;
};

// Processor time that parts of a compile took.
struct Report {
  struct Pass {
    std::string name;
    uint64_t nanoseconds = 0;  // without the passes that it runs
    uint32_t runs = 0;
  };
  uint64_t build_nanoseconds = 0;     // wasm to IR
  uint64_t optimize_nanoseconds = 0;  // IR to IR
  uint64_t generate_nanoseconds = 0;  // IR to object
  uint64_t link_nanoseconds = 0;      // object to code memory, and its tables
  uint32_t wasm_bytes = 0;            // of the bodies in the unit
  uint32_t code_bytes = 0;            // machine code and constants
  bool measure_passes = false;        // in: fill `passes`
  std::vector<Pass> passes;           // longest first

  uint64_t nanoseconds() const {
    return build_nanoseconds + optimize_nanoseconds + generate_nanoseconds + link_nanoseconds;
  }
};

struct Request {
  // Validated where the functions below are concerned; must stay alive during the call.
  runtime::ModuleCode* code = nullptr;
  uint32_t function = 0;
  // A body that begins at this loop (runtime::OsrEntry) instead of the whole function.
  std::optional<uint32_t> osr_loop;
  // Defined functions that LLVM may inline, the most desirable first.
  std::vector<uint32_t> inline_candidates;
  Options options;
  // Once true, the compile ends soon, with Cancelled. May be null.
  const std::atomic<bool>* is_cancelled = nullptr;
};

// What became of a loop of the program in the code of one function. Offsets are those of wasm
// instructions in the module; 0 stands for "not known".
struct LoopReport {
  // Why something was not done: LLVM's words, or this tier's.
  struct Reason {
    std::string text;
    uint32_t offset = 0;
  };
  uint32_t function = 0;  // whose body has it: the compiled one, or one that was inlined
  uint32_t call = 0;      // the call that was inlined, in the compiled function; 0: its own loop
  uint32_t begin = 0;     // `loop`
  uint32_t end = 0;       // its `end`
  uint32_t depth = 0;     // loops of the same body around it
  bool is_innermost = true;
  bool remains = false;          // else it was removed, unrolled completely, or never reached
  bool is_unrolled = false;      // completely
  bool is_versioned = false;     // by the range guard
  uint32_t rerolled = 0;         // copies of its body, which the producer had made, that became one
  uint32_t vector_width = 0;     // iterations in one vector; 0: scalar
  uint32_t interleaved = 0;      // vectors in one iteration; 0: not vectorized
  bool has_vector_code = false;  // of the body's own operations (SLP)
  std::vector<Reason> not_versioned;
  std::vector<Reason> not_vectorized;
};

enum class DumpKind : uint8_t { kIr, kOptimizedIr, kAssembly };

// Thread-safe; compiles do not wait for each other.
class Optimizer {
 public:
  virtual ~Optimizer() = default;

  // The code is in the host's code space but not published. With `osr_loop` it has that one OSR
  // entry. Errors: Unimplemented (an opcode of the body), ResourceExhausted (no code memory,
  // or a body of a shape that would take too long),
  // Internal (LLVM wants what it may not have, for example a libc function; the text says what).
  virtual absl::StatusOr<const runtime::CompiledCode*> Compile(const Request& request,
                                                               Report* report) = 0;
  // The same as text.
  virtual absl::StatusOr<std::string> Dump(const Request& request, DumpKind kind) = 0;
  // Compiles as Compile does, makes no code, and tells of each loop of the function, and of what
  // was inlined into it, in the order of the program.
  virtual absl::StatusOr<std::vector<LoopReport>> DescribeLoops(const Request& request) = 0;
  // "LLVM 22.1.0, znver4"
  virtual std::string Description() const = 0;
};

// What machine code may call by name (tiers/optimizing/symbols.h).
struct Symbol {
  const char* name;
  const void* address;
};

// What the module needs of the process that loads it. State is the host's alone: the module has
// only copies of functions without state (body decoder, model, position tables). Thread-safe.
class Host {
 public:
  virtual ~Host() = default;
  virtual absl::StatusOr<runtime::CodeBuffer> AllocateCode(size_t size) = 0;
  virtual void AbandonCode(const runtime::CodeBuffer& buffer) = 0;
  virtual const runtime::CompiledCode* AddCode(std::unique_ptr<runtime::CompiledCode> code,
                                               const runtime::CodeBuffer& buffer) = 0;
  virtual std::span<const Symbol> symbols() = 0;
  // ModuleCode::FindBaseline: that code has the feedback.
  virtual const runtime::CompiledCode* FindBaseline(const runtime::ModuleCode& code,
                                                    uint32_t function) = 0;
  // Code of the full pipeline, which calls may go to without a look at the entry slot; null if the
  // function has none, or if each call has to ask.
  virtual const void* FindOptimized(const runtime::ModuleCode& code, uint32_t function) = 0;
};

// The two sides share classes, so they must be of one build: sizes of what they share stand for it,
// besides the version of this interface, which is to be raised when a virtual function changes.
inline constexpr uint64_t kInterfaceVersion = 6;
inline constexpr uint64_t kHandshake =
    kInterfaceVersion << 48 ^ sizeof(runtime::ModuleCode) << 32 ^ sizeof(runtime::Module) << 20 ^
    sizeof(runtime::CompiledCode) << 12 ^ sizeof(runtime::VMContext) << 4 ^ sizeof(Report) ^
    sizeof(Request) << 8 ^ sizeof(profiler::FunctionFeedback) << 24;

// What the module exports. The host compares kHandshake before it calls the other one.
inline constexpr char kHandshakeSymbol[] = "wasmtier_optimizer_handshake";
inline constexpr char kMakeSymbol[] = "wasmtier_make_optimizer";
using MakeOptimizer = Optimizer* (*)(Host * host);  // the caller deletes it, before the host

}  // namespace wasmtier::optimizing

#endif  // WASMTIER_TIERS_OPTIMIZING_OPTIMIZER_H_
