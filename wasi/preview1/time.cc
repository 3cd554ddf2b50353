#include "wasi/preview1/time.h"

#include <sys/stat.h>

namespace wasmtier::wasi::preview1 {

ErrnoOr<clockid_t> HostClock(ClockId id) {
  switch (id) {
    case kClockRealtime:
      return CLOCK_REALTIME;
    case kClockMonotonic:
      return CLOCK_MONOTONIC;
    case kClockProcessCputime:
      return CLOCK_PROCESS_CPUTIME_ID;
    case kClockThreadCputime:
      return CLOCK_THREAD_CPUTIME_ID;
    default:
      return Errno::kInval;
  }
}

ErrnoOr<FileTimes> MakeFileTimes(Timestamp access, Timestamp modification, Flags times_flags) {
  if ((times_flags & ~kAllTimesFlags) != 0) return Errno::kInval;
  auto pick = [times_flags](Flags given, Flags now, Timestamp time) -> timespec {
    if ((times_flags & now) != 0) return {0, UTIME_NOW};
    if ((times_flags & given) != 0) return ToTimespec(time);
    return {0, UTIME_OMIT};
  };
  auto are_both_set = [times_flags](Flags flags) { return (times_flags & flags) == flags; };
  if (are_both_set(kTimesAccess | kTimesAccessNow) ||
      are_both_set(kTimesModification | kTimesModificationNow)) {
    return Errno::kInval;
  }
  return FileTimes{{pick(kTimesAccess, kTimesAccessNow, access),
                    pick(kTimesModification, kTimesModificationNow, modification)}};
}

}  // namespace wasmtier::wasi::preview1
