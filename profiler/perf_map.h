// PerfMap: tells Linux's perf the names of machine code
// (tools/perf/Documentation/jit-interface.txt).
#ifndef WASMTIER_PROFILER_PERF_MAP_H_
#define WASMTIER_PROFILER_PERF_MAP_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "profiler/code_names.h"

namespace wasmtier::profiler {

// Appends a line for each piece of machine code, "START SIZE module!function [tier]" or "START SIZE
// wasm-tier stub NAME". The file has no way to take a line back: of an address that held two
// functions, perf knows the later one.
class PerfMap : public SymbolListener {
 public:
  // /tmp/perf-PID.map, where perf looks. Engines of one process share it; what an earlier process
  // of the same number left there is dropped.
  static absl::StatusOr<std::unique_ptr<PerfMap>> Open();
  // A file that is created, or appended to.
  static absl::StatusOr<std::unique_ptr<PerfMap>> OpenAt(const std::string& path);
  ~PerfMap() override;
  PerfMap(const PerfMap&) = delete;
  PerfMap& operator=(const PerfMap&) = delete;

 private:
  explicit PerfMap(int descriptor) : descriptor_(descriptor) {}
  void Append(const void* begin, size_t size, std::string_view symbol,
              const runtime::CompiledCode* compiled) override;

  int descriptor_;
};

}  // namespace wasmtier::profiler

#endif  // WASMTIER_PROFILER_PERF_MAP_H_
