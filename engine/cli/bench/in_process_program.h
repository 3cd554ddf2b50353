// InProcessProgram: a program in one tier, run again and again in one process.
#ifndef WASMTIER_ENGINE_CLI_BENCH_IN_PROCESS_PROGRAM_H_
#define WASMTIER_ENGINE_CLI_BENCH_IN_PROCESS_PROGRAM_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "engine/cli/bench/captured_streams.h"
#include "engine/cli/bench/tier_events.h"
#include "engine/cli/engine_options.h"
#include "wasi/preview1.h"
#include "wasmtier/wasmtier.h"

namespace wasmtier::cli {

// Seconds that a run took.
struct InProcessTimes {
  double wall = 0;
  double cpu = 0;          // of the thread that ran the program
  double process_cpu = 0;  // and of all others, such as those that compile
  double instantiate = 0;  // of `wall`, until the program itself could begin
};

// A run makes an instance of the loaded module, calls _start, and destroys the instance.
class InProcessProgram {
 public:
  // An engine of its own for `options`, which says the tier. `streams` must outlive this.
  static absl::StatusOr<std::unique_ptr<InProcessProgram>> Create(const EngineOptions& options,
                                                                  const wasi::Config& config,
                                                                  const StoreLimits& limits,
                                                                  CapturedStreams& streams);
  ~InProcessProgram();
  InProcessProgram(const InProcessProgram&) = delete;
  InProcessProgram& operator=(const InProcessProgram&) = delete;

  // Loads the file that Run runs. Errors are those of LoadModuleFile.
  absl::Status Load(const std::string& file);
  // Seconds that it takes to load the same file once more.
  absl::StatusOr<double> LoadAgain() const;

  struct Result {
    InProcessTimes times;
    int exit_code = 0;
    std::string output;
  };
  // Errors are those of a program that could not be run, or trapped.
  absl::StatusOr<Result> Run();

  const Engine& engine() const { return engine_; }
  // Since the engine was made.
  double seconds() const;
  // What the tiers did until now, by that clock.
  absl::StatusOr<TierEvents> Events() const;
  // Changes whenever code was made, or could not be.
  uint64_t compiles() const;

 private:
  InProcessProgram(Engine engine, const wasi::Config& config, const StoreLimits& limits,
                   CapturedStreams& streams, int trace, double start);
  // The exit code.
  absl::StatusOr<int> Start(InProcessTimes& times);

  Engine engine_;
  std::string file_;
  std::optional<Module> module_;
  wasi::Config config_;
  const StoreLimits limits_;
  CapturedStreams& streams_;
  const int trace_;     // a file in memory
  const double start_;  // of CLOCK_MONOTONIC
};

}  // namespace wasmtier::cli

#endif  // WASMTIER_ENGINE_CLI_BENCH_IN_PROCESS_PROGRAM_H_
