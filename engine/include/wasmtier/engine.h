// Engine: what all modules and stores of an embedder share.
#ifndef WASMTIER_ENGINE_H_
#define WASMTIER_ENGINE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "wasmtier/config.h"

namespace wasmtier {

namespace internal {
struct EngineState;
struct EngineAccess;
}  // namespace internal

// The version of the library: "0.1.0".
const char* Version();
// Where the module of the optimizing tier is that engines load when a function is hot; an error
// says why there is none.
absl::StatusOr<std::string> OptimizerModule();

enum class Tier : uint8_t { kInterpreter, kBaseline, kOptimizing };

// Code made so far by one tier, of all modules of an engine.
struct CodeStatistics {
  uint64_t functions = 0;    // functions translated or compiled
  uint64_t bytes = 0;        // bytecode or machine code
  uint64_t nanoseconds = 0;  // that making it took, all threads together
  uint64_t wasm_bytes = 0;   // of the functions' bodies
};

// A cheap handle: copies share one engine, which lives until the last handle, module and store of
// it is gone. Thread-safe.
class Engine {
 public:
  // InvalidArgument: a value of the config is out of its range, or a limit has no such name; the
  // message names it. NotFound: TierMode::kOptimizing, but the tier is not installed. DataLoss:
  // profile_in is damaged. Other codes: it cannot be read or is no profile; a file for perf or of a
  // trace cannot be written.
  static absl::StatusOr<Engine> Create(const Config& config = Config());

  const Config& config() const;

  CodeStatistics statistics(Tier tier) const;
  // How often the tier policy was asked about a function that became hot
  // (Config::hotness_threshold).
  uint64_t hot_events() const;
  // Functions that stay in the interpreter although the policy wanted them compiled: they are too
  // large, or there was no memory for their code.
  uint64_t refused_functions() const;
  // Compiles that the optimizing tier refused; the functions go on in the baseline tier's code.
  uint64_t refused_optimizations() const;
  // Returns when nothing is compiled in the background any more, nor waits for it: what was hot
  // until now has its code then.
  void FinishCompiles() const;
  // Writes what functions did until now to Config::profile_out; what was in the file stays if that
  // fails. FailedPrecondition: there is none. Functions may be running; what they count is read as
  // it stands.
  absl::Status WriteProfile() const;
  // Why nothing can be optimized; OK if it can be, or nobody has tried.
  absl::Status optimizer_status() const;
  // Why nothing can be compiled: the system grants no memory that can be executed, say. OK as long
  // as nobody has tried. The engine runs everything in the interpreter then.
  absl::Status machine_code_status() const;

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
