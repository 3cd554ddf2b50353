// Clocks.
#include "wasi/preview1/functions.h"
#include "wasi/preview1/time.h"

namespace wasmtier::wasi::preview1 {

Errno ClockResGet(Call& call, ClockId id, Pointer resolution) {
  ErrnoOr<clockid_t> clock = HostClock(id);
  if (!clock.ok()) return clock.error();
  timespec value;
  if (clock_getres(*clock, &value) != 0) return LastErrno();
  return call.memory.Write(resolution, ToTimestamp(value)) ? Errno::kSuccess : Errno::kFault;
}

// The time is always exact, whatever lag the guest would allow.
Errno ClockTimeGet(Call& call, ClockId id, Timestamp /*precision*/, Pointer time) {
  ErrnoOr<clockid_t> clock = HostClock(id);
  if (!clock.ok()) return clock.error();
  timespec value;
  if (clock_gettime(*clock, &value) != 0) return LastErrno();
  return call.memory.Write(time, ToTimestamp(value)) ? Errno::kSuccess : Errno::kFault;
}

}  // namespace wasmtier::wasi::preview1
