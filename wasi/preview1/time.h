// Times of preview1 (nanoseconds in 64 bits) and of the host.
#ifndef WASMTIER_WASI_PREVIEW1_TIME_H_
#define WASMTIER_WASI_PREVIEW1_TIME_H_

#include <time.h>

#include <limits>

#include "wasi/preview1/errno.h"
#include "wasi/preview1/types.h"

namespace wasmtier::wasi::preview1 {

inline constexpr uint64_t kNanosecondsPerSecond = 1'000'000'000;

// Times before 1970 become 1970, and those beyond 2554 the last that can be said.
inline Timestamp ToTimestamp(const timespec& time) {
  if (time.tv_sec < 0) return 0;
  constexpr uint64_t kLast = std::numeric_limits<Timestamp>::max();
  uint64_t seconds = static_cast<uint64_t>(time.tv_sec);
  if (seconds >= kLast / kNanosecondsPerSecond) return kLast;
  return seconds * kNanosecondsPerSecond + static_cast<uint64_t>(time.tv_nsec);
}

inline timespec ToTimespec(Timestamp time) {
  timespec result;
  result.tv_sec = static_cast<time_t>(time / kNanosecondsPerSecond);
  result.tv_nsec = static_cast<long>(time % kNanosecondsPerSecond);  // NOLINT: the field's type
  return result;
}

// EINVAL for an id that preview1 does not know.
ErrnoOr<clockid_t> HostClock(ClockId id);

// utimensat's two times of what a guest asks for. EINVAL for unknown or contradictory flags.
struct FileTimes {
  timespec access_and_modification[2];
};
ErrnoOr<FileTimes> MakeFileTimes(Timestamp access, Timestamp modification, Flags times_flags);

}  // namespace wasmtier::wasi::preview1

#endif  // WASMTIER_WASI_PREVIEW1_TIME_H_
