// What `wasm-tier bench` measures: a program that can be run again and again.
#ifndef WASMTIER_ENGINE_CLI_MEASURED_PROGRAM_H_
#define WASMTIER_ENGINE_CLI_MEASURED_PROGRAM_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/cli/captured_streams.h"
#include "wasi/preview1.h"
#include "wasmtier/wasmtier.h"

namespace wasmtier::cli {

// Seconds that a run took.
struct RunTimes {
  double wall = 0;
  double cpu = 0;          // of the thread that ran the program
  double process_cpu = 0;  // and of all others, such as those that compile
};

struct MeasuredRun {
  RunTimes times;
  int exit_code = 0;
  std::string output;
};

class MeasuredProgram {
 public:
  explicit MeasuredProgram(std::string name) : name_(std::move(name)) {}
  virtual ~MeasuredProgram() = default;
  // "native", or of a tier.
  const std::string& name() const { return name_; }
  // Errors are those of a program that could not be run, or trapped.
  virtual absl::StatusOr<MeasuredRun> Run() = 0;

 private:
  const std::string name_;
};

// The native twin: a run is a process.
class NativeProgram : public MeasuredProgram {
 public:
  // Arguments and environment are those of `config`. `streams` must outlive this.
  NativeProgram(const std::string& path, const wasi::Config& config, CapturedStreams& streams);
  absl::StatusOr<MeasuredRun> Run() override;

 private:
  const std::string path_;
  std::vector<std::string> arguments_;
  std::vector<std::string> environment_;
  CapturedStreams& streams_;
};

// A loaded module in one tier: a run makes an instance, calls _start, and destroys the instance.
class WasmProgram : public MeasuredProgram {
 public:
  // `streams` must outlive this.
  WasmProgram(Module module, const wasi::Config& config, const StoreLimits& limits,
              CapturedStreams& streams);
  absl::StatusOr<MeasuredRun> Run() override;

  const Engine& engine() const { return module_.engine(); }
  // Changes whenever code was made, or could not be.
  uint64_t compiles() const;

 private:
  // The exit code.
  absl::StatusOr<int> Start();

  const Module module_;
  wasi::Config config_;
  const StoreLimits limits_;
  CapturedStreams& streams_;
};

}  // namespace wasmtier::cli

#endif  // WASMTIER_ENGINE_CLI_MEASURED_PROGRAM_H_
