// Engine: what all modules and stores of an embedder share.
#ifndef WASMTIER_ENGINE_H_
#define WASMTIER_ENGINE_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "wasmtier/config.h"

namespace wasmtier {

namespace internal {
struct EngineState;
struct EngineAccess;
}  // namespace internal

// The version of the library: "0.1.0".
const char* Version();

// Code made so far by one tier, of all modules of an engine.
struct CodeStatistics {
  uint64_t functions = 0;    // functions translated or compiled
  uint64_t bytes = 0;        // bytecode or machine code
  uint64_t nanoseconds = 0;  // that making it took, all threads together
};

// A cheap handle: copies share one engine, which lives until the last handle, module and store of
// it is gone. Thread-safe.
class Engine {
 public:
  // InvalidArgument: a value of the config is out of its range, or a limit has no such name; the
  // message names it. Unimplemented: the tier does not exist: "tier baseline does not exist in this
  // version".
  static absl::StatusOr<Engine> Create(const Config& config = Config());

  const Config& config() const;

  // Of the interpreter, the one tier that exists.
  CodeStatistics interpreter_statistics() const;
  // How often a function or loop became hot (Config::hotness_threshold).
  uint64_t hot_events() const;

  // For hosts that own the handlers of SIGSEGV and SIGBUS: call it first. True if the fault was a
  // trap of wasm code: then return from the handler at once, with the changed context. Arguments as
  // given to a handler with SA_SIGINFO. Async-signal-safe.
  static bool HandleSignal(int signal, void* siginfo, void* ucontext);

 private:
  friend struct internal::EngineAccess;
  explicit Engine(std::shared_ptr<internal::EngineState> state) : state_(std::move(state)) {}
  std::shared_ptr<internal::EngineState> state_;
};

}  // namespace wasmtier

#endif  // WASMTIER_ENGINE_H_
