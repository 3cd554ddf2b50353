// BenchPlan: what `wasm-tier bench` runs, as its options say.
#ifndef WASMTIER_ENGINE_CLI_BENCH_PLAN_H_
#define WASMTIER_ENGINE_CLI_BENCH_PLAN_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/cli/bench/options.h"
#include "engine/cli/bench/process_spawner.h"
#include "wasi/preview1.h"
#include "wasmtier/store.h"

namespace wasmtier::cli {

enum class ProcessKind : uint8_t { kNative, kTier, kOther };
// "native", "tier", "other"
const char* ToString(ProcessKind kind);

struct PlannedProcess {
  std::string name;  // "native", of a tier, or of another engine
  ProcessKind kind = ProcessKind::kNative;
  size_t command = 0;  // of the plan's
};

struct PlannedFile {
  std::string path;
  std::vector<std::string> args;
  wasi::Config wasi;  // without streams
  StoreLimits limits;
  std::vector<PlannedProcess> processes;  // the native twin first, other engines last
};

// A module that does nothing, in a file in memory that other processes can read as well.
class EmptyModule {
 public:
  static absl::StatusOr<std::unique_ptr<EmptyModule>> Create();
  ~EmptyModule();
  EmptyModule(const EmptyModule&) = delete;
  EmptyModule& operator=(const EmptyModule&) = delete;
  // As long as this lives.
  const std::string& path() const { return path_; }

 private:
  explicit EmptyModule(int descriptor);
  const int descriptor_;
  const std::string path_;
};

struct BenchPlan {
  std::unique_ptr<EmptyModule> empty_module;
  std::vector<PlannedProcess> start_up;  // of tiers and engines that run the empty module
  std::vector<PlannedFile> files;
  std::vector<ProcessCommand> commands;
};

// InvalidArgument names the option that makes no sense. Others (of errno): the native twin cannot
// be executed, or the system refuses something.
absl::StatusOr<BenchPlan> MakePlan(const BenchOptions& options);

}  // namespace wasmtier::cli

#endif  // WASMTIER_ENGINE_CLI_BENCH_PLAN_H_
