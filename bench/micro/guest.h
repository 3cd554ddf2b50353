// What the micro benchmarks share: an engine, and guests from guests/*.wat.
#ifndef WASMTIER_BENCH_MICRO_GUEST_H_
#define WASMTIER_BENCH_MICRO_GUEST_H_

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "wasmtier/wasmtier.h"

namespace wasmtier::bench {

// One tier with defaults: the tier whose cost a phase measures is fixed.
Config InterpreterConfig();
Config BaselineConfig();

// Registers NAME/interpreter, NAME/baseline and, where it is installed, NAME/optimizing; returns
// true.
bool RegisterInEachTier(const std::string& name,
                        const std::function<void(benchmark::State&, const Config&)>& run,
                        benchmark::TimeUnit unit);
#define BENCHMARK_IN_EACH_TIER(function, unit)           \
  [[maybe_unused]] const bool function##_is_registered = \
      RegisterInEachTier(#function, function, benchmark::unit)

// Ends the process with a message if the status is not OK: a benchmark of something else than
// intended is worthless.
void Check(const absl::Status& status);
void Check(bool condition, const char* what);
template <typename T>
T Require(absl::StatusOr<T> value) {
  Check(value.status());
  return *std::move(value);
}

// A guest of guests/, instantiated in a store of its own with the host functions that the guests
// import.
class Guest {
 public:
  explicit Guest(const std::string& name, const Config& config = InterpreterConfig());

  Engine& engine() { return engine_; }
  Module& module() { return module_; }
  Store& store() { return store_; }
  Linker& linker() { return linker_; }
  Instance& instance() { return *instance_; }
  template <typename Signature>
  TypedFunc<Signature> Function(const char* name) {
    return Require(instance_->GetTypedFunc<Signature>(name));
  }

 private:
  Engine engine_;
  Module module_;
  Store store_;
  Linker linker_;
  std::optional<Instance> instance_;
};

// Times the export `loop` of the guest `calls`, which calls something `kCallsPerLoop` times, and
// reports what a call costs beyond the same loop without it, as the counters "per_call", in
// seconds, and "cycles", of the time stamp counter (at the processor's nominal frequency).
void TimeLoop(benchmark::State& state, const char* loop,
              const Config& config = InterpreterConfig());
inline constexpr int32_t kCallsPerLoop = 10'000;

}  // namespace wasmtier::bench

#endif  // WASMTIER_BENCH_MICRO_GUEST_H_
