// How long something took.
#ifndef WASMTIER_RUNTIME_BASE_ELAPSED_H_
#define WASMTIER_RUNTIME_BASE_ELAPSED_H_

#include <chrono>
#include <cstdint>

namespace wasmtier::runtime {

inline uint64_t NanosecondsSince(std::chrono::steady_clock::time_point start) {
  const auto duration = std::chrono::steady_clock::now() - start;
  return static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(duration).count());
}

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_BASE_ELAPSED_H_
