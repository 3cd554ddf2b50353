// Profiler: samples the stacks of running programs: wasm functions of all tiers with what was
// inlined into them, host functions, the engine's own work.
#ifndef WASMTIER_PROFILER_H_
#define WASMTIER_PROFILER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "wasmtier/engine.h"

namespace wasmtier {

namespace internal {
struct ProfilerState;
struct ProfileState;
}  // namespace internal

struct ProfilerOptions {
  // Samples for each second of a thread's CPU time, from 1 to 10,000. Linux looks at timers of CPU
  // time at its clock ticks: of what is wanted more often, there are 250 a second on most systems
  // (each then counts for the time since the one before).
  uint32_t frequency = 1000;
  // Whether threads that compile in the background are sampled, too.
  bool compile_threads = true;
};

// CPU time of a function, in nanoseconds.
struct ProfiledFunction {
  std::string name;    // "function-12" where a wasm function has none
  std::string module;  // of a wasm function; may be empty
  bool is_wasm =
      false;           // otherwise a host function, "module.name" as imported, or the engine's work
  uint32_t index = 0;  // of a wasm function in its module
  uint64_t self = 0;   // in its own code
  uint64_t total = 0;  // and in what it called
  // Parts of `self`, of wasm functions: in each tier; and where it had been inlined.
  uint64_t interpreter = 0;
  uint64_t baseline = 0;
  uint64_t optimizing = 0;
  uint64_t inlined = 0;
};

enum class ProfileFormat : uint8_t {
  kText,        // a table
  kFolded,      // "main [baseline];sort [optimizing] 1200": stacks, and microseconds
  kSpeedscope,  // JSON for https://www.speedscope.app
  kFirefox,     // JSON for https://profiler.firefox.com
  kHtml,        // a page with a flame graph, which needs nothing else
};

// What a Profiler found. A cheap handle to something immutable.
class Profile {
 public:
  // CPU time of all sampled threads, in nanoseconds.
  uint64_t cpu_nanoseconds() const;
  uint64_t samples() const;
  // Samples for which there was no room.
  uint64_t lost_samples() const;
  // Most self time first.
  std::vector<ProfiledFunction> functions() const;
  // `title`: the program's name, for those who read it. Names from modules are shown without
  // control characters.
  std::string Format(ProfileFormat format, const std::string& title) const;

 private:
  friend class Profiler;
  explicit Profile(std::shared_ptr<const internal::ProfileState> state)
      : state_(std::move(state)) {}
  std::shared_ptr<const internal::ProfileState> state_;
};

// Samples all threads of the process that run code of one engine, and the one that started it, from
// Start to Stop; others are interrupted, too, but left out of the profile. Movable; used by one
// thread at a time, but not always the same one.
//
// It uses timers and the signal SIGPROF, whose handler it installs (and leaves there); other
// signals of that number go on to the handler that was there before. System calls are restarted
// (SA_RESTART), but for those that never are (signal(7): poll, nanosleep ... may fail with EINTR).
// A forked child is not sampled.
class Profiler {
 public:
  // FailedPrecondition: the engine was made without Config::profiling, or a Profiler of this
  // process is running. InvalidArgument: an option is out of its range. Other codes: the system
  // grants no timer.
  static absl::StatusOr<Profiler> Start(const Engine& engine,
                                        const ProfilerOptions& options = ProfilerOptions());
  Profiler(Profiler&&) noexcept;
  Profiler& operator=(Profiler&&) noexcept;
  // Stops it.
  ~Profiler();

  // To be called once.
  Profile Stop();

 private:
  explicit Profiler(std::unique_ptr<internal::ProfilerState> state);
  std::unique_ptr<internal::ProfilerState> state_;
};

}  // namespace wasmtier

#endif  // WASMTIER_PROFILER_H_
