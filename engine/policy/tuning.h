// Every threshold and size that was chosen rather than given. None of them may change a program's
// result (running out of stack or memory excepted). Each stands with its reason, and with what was
// measured once something was.
#ifndef WASMTIER_ENGINE_POLICY_TUNING_H_
#define WASMTIER_ENGINE_POLICY_TUNING_H_

#include <cstdint>

namespace wasmtier::engine {

// Slot stack of a Store: 65,536 calls of small functions must fit (design §4). A frame is 8 bytes a
// slot, 16 slots a small one. Only pages that are used are resident.
inline constexpr uint64_t kStackBytes = uint64_t{8} << 20;
// In low-memory mode: the deepest of our test programs that do not recurse on purpose uses a tenth
// of it.
inline constexpr uint64_t kLowMemoryStackBytes = uint64_t{256} << 10;
// What Config::stack_bytes may be. Below, the largest frames of usual programs do not fit.
inline constexpr uint64_t kMinStackBytes = uint64_t{64} << 10;
inline constexpr uint64_t kMaxStackBytes = uint64_t{1} << 30;

// Native stack of a Store: a nested host->wasm call takes 300 bytes of it, and several times that
// of the host's stack (8 MiB usually), so that the two end about together.
inline constexpr uint64_t kNativeStackBytes = uint64_t{4} << 20;

// More threads than this do not validate faster: they wait for memory.
inline constexpr uint32_t kMaxValidationThreads = 64;

}  // namespace wasmtier::engine

#endif  // WASMTIER_ENGINE_POLICY_TUNING_H_
