// Counts the code that tiers make: functions, bytes and time.
#ifndef WASMTIER_PROFILER_CODE_COUNTER_H_
#define WASMTIER_PROFILER_CODE_COUNTER_H_

#include <atomic>
#include <cstdint>

#include "runtime/code_listener.h"

namespace wasmtier::profiler {

// Of one tier, since the counter was made.
struct CodeCounts {
  uint64_t functions = 0;
  uint64_t bytes = 0;
  uint64_t nanoseconds = 0;
  uint64_t wasm_bytes = 0;  // of the functions' bodies
};

// Thread-safe. Numbers read while code is being made may be of different moments.
class CodeCounter : public runtime::CodeListener {
 public:
  void OnCode(const runtime::CodeEvent& event) override;
  CodeCounts counts(runtime::Tier tier) const;

 private:
  struct Counters {
    std::atomic<uint64_t> functions{0};
    std::atomic<uint64_t> bytes{0};
    std::atomic<uint64_t> nanoseconds{0};
    std::atomic<uint64_t> wasm_bytes{0};
  };
  static constexpr int kTiers = static_cast<int>(runtime::Tier::kOptimizing) + 1;
  Counters counters_[kTiers];
};

}  // namespace wasmtier::profiler

#endif  // WASMTIER_PROFILER_CODE_COUNTER_H_
