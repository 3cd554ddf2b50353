// CapturedStreams: standard streams for a program that runs again and again, natively or in an
// engine: the same input each time, and an output that can be read afterwards.
#ifndef WASMTIER_ENGINE_CLI_BENCH_CAPTURED_STREAMS_H_
#define WASMTIER_ENGINE_CLI_BENCH_CAPTURED_STREAMS_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace wasmtier::cli {

class CapturedStreams {
 public:
  // Without a file the input is empty.
  static absl::StatusOr<std::unique_ptr<CapturedStreams>> Open(
      const std::optional<std::string>& input_file);
  ~CapturedStreams();
  CapturedStreams(const CapturedStreams&) = delete;
  CapturedStreams& operator=(const CapturedStreams&) = delete;

  int input() const { return input_; }
  int output() const { return output_; }
  int errors() const { return errors_; }

  // Input and outputs as at the beginning.
  absl::Status Rewind();
  // What was written to output() since Rewind.
  absl::StatusOr<std::string> ReadOutput() const;
  // The end of what was written to errors() since Rewind, for a message; empty if nothing was, or
  // it cannot be read.
  std::string LastErrors() const;

 private:
  CapturedStreams() = default;
  int input_ = -1;
  int output_ = -1;
  int errors_ = -1;
};

}  // namespace wasmtier::cli

#endif  // WASMTIER_ENGINE_CLI_BENCH_CAPTURED_STREAMS_H_
