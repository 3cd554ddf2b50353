// ProcessSpawner: runs commands as whole processes, and measures them.
#ifndef WASMTIER_ENGINE_CLI_BENCH_PROCESS_SPAWNER_H_
#define WASMTIER_ENGINE_CLI_BENCH_PROCESS_SPAWNER_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/cli/bench/captured_streams.h"

namespace wasmtier::cli {

struct ProcessCommand {
  std::vector<std::string> argv;                        // argv[0] is looked up in PATH
  std::optional<std::vector<std::string>> environment;  // NAME=VALUE; none: ours
};

// From just before the command's file replaced the process's until the process was gone.
struct ProcessTimes {
  double wall = 0;                     // seconds
  double cpu = 0;                      // seconds, of all its threads and of children it waited for
  std::optional<double> first_output;  // seconds until it wrote to its standard output
  int64_t peak_kilobytes = 0;          // of resident memory
};

// All commands are started by one small process, forked when this is made: a child begins with the
// peak of memory of the process that it was forked from, and an engine's would hide its own
// (getrusage(2); exec does not reset it). So make this before an engine, and before any thread.
class ProcessSpawner {
 public:
  // `streams` must outlive this.
  static absl::StatusOr<std::unique_ptr<ProcessSpawner>> Start(std::vector<ProcessCommand> commands,
                                                               CapturedStreams& streams);
  ~ProcessSpawner();
  ProcessSpawner(const ProcessSpawner&) = delete;
  ProcessSpawner& operator=(const ProcessSpawner&) = delete;

  struct Result {
    ProcessTimes times;
    int exit_code = 0;  // 128 + the signal's number where one ended it, as in a shell
    std::string output;
  };
  // Runs a command of those given, by its index, with the input of the streams. NotFound and others
  // (of errno): it cannot be started, or its output is too large to be kept.
  absl::StatusOr<Result> Run(size_t command);

 private:
  ProcessSpawner(std::vector<ProcessCommand> commands, CapturedStreams& streams)
      : commands_(std::move(commands)), streams_(streams) {}

  const std::vector<ProcessCommand> commands_;
  CapturedStreams& streams_;
  pid_t spawner_ = -1;
  int socket_ = -1;
};

}  // namespace wasmtier::cli

#endif  // WASMTIER_ENGINE_CLI_BENCH_PROCESS_SPAWNER_H_
