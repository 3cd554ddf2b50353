// CodeSpace: where machine code lives, and what is known about each piece of it.
#ifndef WASMTIER_RUNTIME_CODE_SPACE_H_
#define WASMTIER_RUNTIME_CODE_SPACE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "runtime/code_listener.h"
#include "runtime/range_allocator.h"

namespace wasmtier::runtime {

class ModuleCode;

// Which wasm instruction machine code was made for, at the places where it can be asked: the start
// of each instruction that may fault, and each return address. Ascending by code offset.
struct CodePositionEntry {
  uint32_t code_offset;
  uint32_t module_offset;
};

// Where the loop with this ordinal (loops reported to sinks, counted from 0 in the order of their
// Loop calls) can be entered: a function body that takes its values from interpreter slots.
// Called with the VMContext in rdi and the interpreter's frame in rsi; from then on it is a call of
// the function whose results come back as runtime/call_convention.h says.
struct OsrEntry {
  uint32_t loop;
  uint32_t code_offset;
};

// Machine code of a function within a piece that holds several (optimizing tier): a body that was
// inlined into an enclosing scope, or a function of its own, which stands in no other scope.
struct CodeScope {
  uint32_t begin;  // code offsets
  uint32_t end;
  uint32_t function;
  uint32_t call_offset;  // module offset of the call that was inlined; kNotInlined
  static constexpr uint32_t kNotInlined = 0;
};

// Where the frame pointer is the caller's: before the frame is set up, after it was dropped, and on
// paths that need none. They make no calls, but may fault.
struct FramelessRange {
  uint32_t begin;  // code offsets
  uint32_t end;
  uint32_t return_address;  // from the stack pointer, in bytes
};

// A piece of machine code. Immutable once it was added to its CodeSpace.
struct CompiledCode {
  enum class Kind : uint8_t {
    kFunction,
    // Stubs, by what their frames are (tiers/baseline/stubs.h). Backtraces go through them.
    kEnter,        // the interpreter or the host calls machine code
    kInterpreter,  // machine code calls the interpreter
    kHelper,       // a frame without a wasm function: the caller is found by the frame pointer
  };
  Kind kind = Kind::kHelper;
  const uint8_t* begin = nullptr;  // executable address
  uint32_t size = 0;               // bytes
  uint32_t prologue_size = 0;      // before it, the frame pointer is still the caller's
  // For kFunction only.
  Tier tier = Tier::kBaseline;
  // Nothing better will be made of the function: other code may call it without its entry slot.
  bool is_final = false;
  ModuleCode* code = nullptr;
  uint32_t function = 0;
  std::vector<uint8_t> positions;  // see EncodePositions
  // Positions hold up to the next one, instead of exactly there.
  bool positions_are_ranges = false;
  // By begin, outer before inner; empty: all is `function`.
  std::vector<CodeScope> scopes;
  // By begin; besides the prologue.
  std::vector<FramelessRange> frameless;
  // Module offsets, ascending, of tail calls that are calls here: those of functions that were
  // inlined. The function is not on the stack of the program any more while its callee runs.
  std::vector<uint32_t> tail_calls;
  std::vector<OsrEntry> osr_entries;
  // Memory of AllocateData that the code counts in (profiler/feedback.h); freed with the code.
  void* feedback = nullptr;
  uint32_t feedback_bytes = 0;

  // The module offset recorded for a code address (of an instruction that may fault, or the return
  // address of a call); false if there is none.
  bool FindPosition(const uint8_t* pc, uint32_t* module_offset) const;
  // Null if there is no entry for the loop.
  const void* FindOsrEntry(uint32_t loop) const;
  // The functions whose code an address within is, from the innermost one outwards: those that
  // were inlined, with the module offset of the call that was (CodeScope::call_offset), then the
  // one that they were inlined into.
  void ForEachFunction(
      const uint8_t* pc,
      absl::FunctionRef<void(uint32_t function, uint32_t call_offset)> visit) const;
  // Null if the function's frame is set up at the address.
  const FramelessRange* FindFrameless(const uint8_t* pc) const;
};

// Deltas of both fields as LEB128: two to three bytes an entry. Module offsets may descend (code
// that was put behind the rest).
std::vector<uint8_t> EncodePositions(std::span<const CodePositionEntry> entries);
std::vector<CodePositionEntry> DecodePositions(std::span<const uint8_t> positions);

// Memory for one piece of code: the same bytes at two addresses.
struct CodeBuffer {
  uint8_t* executable = nullptr;  // where it will run
  uint8_t* writable = nullptr;    // where it is written
  size_t size = 0;
  bool held_code = false;  // other code may have run here
};

// One reserved region of address space for an Engine's code, so that all of it is within reach of
// call rel32, and data for code (counters), within reach of rip-relative addressing. Code memory is
// mapped twice, writable and executable, never both at one address (design §13, §14). Thread-safe.
//
// After fork the memory is shared with the child. The child makes no new code (Allocate fails
// there; what exists goes on running, and the interpreter), and neither side reuses or overwrites
// what it frees of the memory that both know.
class CodeSpace {
 public:
  // Pages are taken from the system as they are used. ResourceExhausted if there is no address
  // space, or the system grants no memory that can be executed.
  static absl::StatusOr<std::unique_ptr<CodeSpace>> Create();
  ~CodeSpace();
  CodeSpace(const CodeSpace&) = delete;
  CodeSpace& operator=(const CodeSpace&) = delete;

  // Create does so, too. What holds a lock over fork while it may use a space calls this before it
  // installs its own handlers: those that are installed last run first, and take the outer lock.
  static void InstallForkHandlers();

  // Room for `size` bytes of code, 64-byte aligned. ResourceExhausted when the region is full;
  // FailedPrecondition in a forked child.
  absl::StatusOr<CodeBuffer> Allocate(size_t size);
  // Gives back what was allocated and never added.
  void Abandon(const CodeBuffer& buffer);
  // The code was written and may be run from now on (by any thread: memory that held other code
  // before is synchronized with membarrier). `code->begin` and `size` lie within `buffer`.
  const CompiledCode* Add(std::unique_ptr<CompiledCode> code, const CodeBuffer& buffer);
  // No thread may be executing it or hold its address. Frees `code`.
  void Remove(const CompiledCode* code);

  // Zeroed read-write memory within rip-relative reach of the code, 64-byte aligned. Null when
  // full.
  void* AllocateData(size_t size);
  void FreeData(void* data, size_t size);

  // Whether an address lies in the code region. Async-signal-safe.
  bool Contains(const void* pc) const {
    return static_cast<size_t>(static_cast<const uint8_t*>(pc) - code_begin_) < code_size_;
  }
  // The code that holds an address; null if none does. A return address behind a call that ends a
  // piece of code must be looked up by its last byte.
  const CompiledCode* Find(const void* pc) const;

  // Bytes of code that exist.
  size_t code_bytes() const;

 private:
  struct Piece {
    std::unique_ptr<CompiledCode> code;
    CodeBuffer buffer;
    uint64_t forks;  // when it was added
  };

  CodeSpace(size_t code_size, size_t data_size);
  absl::Status Map();
  // Makes memory that held code available again.
  void Recycle(const CodeBuffer& buffer);
  static void BeforeFork();
  static void AfterForkInParent();
  static void AfterForkInChild();

  uint8_t* code_begin_ = nullptr;
  const size_t code_size_;
  uint8_t* writable_begin_ = nullptr;  // the same memory
  const size_t data_size_;             // the data lies behind the code
  // Whether other threads can be made to see that code has changed.
  bool can_synchronize_ = false;

  // Held over fork, which a Mutex of Abseil does not survive: it knows the threads that wait.
  mutable std::mutex mutex_;
  RangeAllocator free_code_;
  RangeAllocator free_data_;
  std::map<const uint8_t*, Piece> pieces_;  // by CompiledCode::begin
  size_t code_bytes_ = 0;
  size_t written_bytes_ = 0;  // through pages that are still mapped for it
  uint64_t forks_ = 0;
  bool is_forked_child_ = false;
};

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_CODE_SPACE_H_
