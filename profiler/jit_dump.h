// JitDump: gives Linux's perf the machine code itself, so that `perf inject --jit` makes files of
// it that perf report and perf annotate can disassemble
// (tools/perf/Documentation/jitdump-specification.txt).
#ifndef WASMTIER_PROFILER_JIT_DUMP_H_
#define WASMTIER_PROFILER_JIT_DUMP_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "profiler/code_names.h"

namespace wasmtier::profiler {

// Appends records for each piece of machine code: its source lines if the module has DWARF, how its
// frames are unwound, and its name as in the perf map, its time and a copy of it. Of an address
// that held two functions, perf knows which was there when.
class JitDump : public SymbolListener {
 public:
  // jit-PID.dump in the current directory: perf knows the file by this name. Engines of one process
  // share it.
  static absl::StatusOr<std::unique_ptr<JitDump>> Open();
  static absl::StatusOr<std::unique_ptr<JitDump>> OpenAt(const std::string& path);
  ~JitDump() override;
  JitDump(const JitDump&) = delete;
  JitDump& operator=(const JitDump&) = delete;

 private:
  JitDump(int descriptor, void* marker) : descriptor_(descriptor), marker_(marker) {}
  static absl::StatusOr<std::unique_ptr<JitDump>> OpenFile(const std::string& path, bool is_new);
  void Append(const void* begin, size_t size, std::string_view symbol,
              const runtime::CompiledCode* compiled) override;

  const int descriptor_;
  void* const marker_;  // perf record sees that this was mapped, and so finds the file
};

}  // namespace wasmtier::profiler

#endif  // WASMTIER_PROFILER_JIT_DUMP_H_
