// CompileQueue: what is to be optimized, and the threads that do it.
#ifndef WASMTIER_ENGINE_POLICY_COMPILE_QUEUE_H_
#define WASMTIER_ENGINE_POLICY_COMPILE_QUEUE_H_

#include <atomic>
#include <compare>
#include <cstdint>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "runtime/code_listener.h"
#include "runtime/module_code.h"

namespace wasmtier::engine {

// What can be compiled once.
struct CompileTask {
  uint32_t function = 0;
  std::optional<uint32_t> osr_loop = std::nullopt;
  bool is_full = true;  // the full pipeline; else the quick one
  // Of the baseline tier: what a profile says is hot, before it is optimized. Such tasks go first.
  bool is_baseline = false;

  auto operator<=>(const CompileTask&) const = default;
};

// What the threads run; it has the optimizer. Thread-safe.
class TaskCompiler {
 public:
  // What Publish needs, made by Compile.
  class Result {
   public:
    virtual ~Result() = default;
  };

  virtual ~TaskCompiler() = default;
  // Called on a compile thread. May end early with Cancelled once `is_cancelled`. Takes no lock
  // that threads that run wasm take, but those that have fork handlers of their own: another thread
  // may fork meanwhile, and the child is left with what was locked.
  virtual absl::Status Compile(runtime::ModuleCode& code, const CompileTask& task,
                               const std::atomic<bool>& is_cancelled,
                               std::unique_ptr<Result>* result) = 0;
  // What the code that the task would replace has done by now, in the unit of `hotness` below: of
  // two tasks the one that does more at this time is the better one. Nothing: it is not counted.
  // Called with the queue's lock held, and takes none.
  virtual std::optional<uint64_t> HotnessNow(runtime::ModuleCode&, const CompileTask&) {
    return std::nullopt;
  }
  // Makes the result what is run. No thread forks meanwhile.
  virtual absl::Status Publish(runtime::ModuleCode& code, const CompileTask& task,
                               std::unique_ptr<Result> result) = 0;
};

// Tasks of all modules of an engine, the most profitable first. A waiting task does not keep its
// module alive and goes with it; a running one does, until it ends. Threads start at the first
// request. Thread-safe.
//
// In a forked child there are no threads, and every request is refused.
class CompileQueue {
 public:
  struct Options {
    uint32_t threads = 0;  // 0: processors - 1, at least 1
    // Of memory that running tasks may take, by estimate; larger tasks are refused.
    uint64_t memory_ceiling = uint64_t{1} << 30;
    // Of waiting tasks; the least profitable are dropped beyond it.
    uint32_t max_waiting = 4096;
    // Hears of all steps, and must not call the queue; may be null.
    runtime::CodeListener* listener = nullptr;
  };

  enum class Outcome : uint8_t {
    kQueued,
    kKnown,    // waits already (its hotness is updated), is running, or is done
    kRefused,  // failed before, is too large, or nothing is compiled any more
  };

  // Both must outlive the queue.
  CompileQueue(TaskCompiler& compiler, const Options& options);
  // Drops what waits; running tasks are cancelled and waited for.
  ~CompileQueue();
  CompileQueue(const CompileQueue&) = delete;
  CompileQueue& operator=(const CompileQueue&) = delete;

  // `hotness`: what the code that is to be replaced has done, in whatever unit; what counts is that
  // divided by the size. `wasm_bytes`: of the body, without what is inlined into it.
  // `is_expected`: an earlier run says so, of all that this one will do; the task keeps its place
  // whatever is done until its turn comes.
  Outcome Request(const std::shared_ptr<runtime::ModuleCode>& code, const CompileTask& task,
                  uint64_t hotness, uint32_t wasm_bytes, bool is_expected = false);

  // Waiting and running tasks: longer queues raise thresholds.
  uint32_t length() const;
  // Whether the task failed or was refused for its size.
  bool HasFailed(const std::shared_ptr<runtime::ModuleCode>& code, const CompileTask& task) const;

  // Returns when nothing waits or runs.
  void WaitUntilIdle();

  // Memory that a compile of so many bytes, and of what is inlined into them, is expected to take.
  static uint64_t EstimateMemory(uint32_t wasm_bytes);

 private:
  class State;
  // Leaked in a forked child, whose copies of mutexes and threads are of no use.
  State* state_;
};

}  // namespace wasmtier::engine

#endif  // WASMTIER_ENGINE_POLICY_COMPILE_QUEUE_H_
