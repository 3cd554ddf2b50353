// Waiting for times and files.
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include "wasi/preview1/functions.h"
#include "wasi/preview1/time.h"

namespace wasmtier::wasi::preview1 {
namespace {

// More than there can be descriptors, with a time for each. Bounds what a call takes of the host.
constexpr Size kMaximumSubscriptions = 2 * FdTable::kMaximumDescriptors;

constexpr size_t kSubscriptionSize = 48;
constexpr size_t kEventSize = 32;

struct Event {
  uint64_t userdata = 0;
  Errno error = Errno::kSuccess;
  EventType type = EventType::kClock;
  FileSize readable_size = 0;
  uint16_t flags = 0;
};

// A time of a clock that is waited for.
struct Alarm {
  uint64_t userdata;
  clockid_t clock;
  Timestamp time;
};

// A file that is waited for; its pollfd has the same index.
struct Waiter {
  uint64_t userdata;
  EventType type;
  std::shared_ptr<Descriptor> descriptor;
};

// One call of poll_oneoff.
class Poll {
 public:
  // EINVAL for a kind of subscription that preview1 does not know. What is wrong within one is an
  // event.
  Errno Subscribe(const FdTable& descriptors, const uint8_t* subscription);
  // Until there is an event. Signals are the host's matter, not the program's.
  Errno Wait();
  const std::vector<Event>& events() const { return events_; }

 private:
  Errno SubscribeClock(uint64_t userdata, const uint8_t* subscription);
  void SubscribeFile(const FdTable& descriptors, uint64_t userdata, EventType type, Fd fd);
  // How long until the first alarm, at most; nothing if there is none.
  std::optional<Timestamp> TimeLeft() const;
  void AddDueAlarms();
  void AddReadyFiles();

  std::vector<Event> events_;
  std::vector<Alarm> alarms_;
  std::vector<Waiter> waiters_;
  std::vector<pollfd> pollfds_;
};

Timestamp Now(clockid_t clock) {
  timespec now = {};
  clock_gettime(clock, &now);
  return ToTimestamp(now);
}

Errno Poll::Subscribe(const FdTable& descriptors, const uint8_t* subscription) {
  uint64_t userdata = GetField<uint64_t>(subscription, 0);
  auto type = static_cast<EventType>(GetField<uint8_t>(subscription, 8));
  switch (type) {
    case EventType::kClock:
      return SubscribeClock(userdata, subscription);
    case EventType::kFdRead:
    case EventType::kFdWrite:
      SubscribeFile(descriptors, userdata, type, GetField<Fd>(subscription, 16));
      return Errno::kSuccess;
  }
  return Errno::kInval;
}

Errno Poll::SubscribeClock(uint64_t userdata, const uint8_t* subscription) {
  Flags flags = GetField<uint16_t>(subscription, 40);
  if ((flags & ~kSubscriptionAbsoluteTime) != 0) return Errno::kInval;
  ErrnoOr<clockid_t> clock = HostClock(GetField<ClockId>(subscription, 16));
  // While it waits, the program's own time stands still.
  if (clock.ok() && *clock != CLOCK_REALTIME && *clock != CLOCK_MONOTONIC) clock = Errno::kNotsup;
  if (!clock.ok()) {
    events_.push_back({.userdata = userdata, .error = clock.error()});
    return Errno::kSuccess;
  }
  Timestamp time = GetField<Timestamp>(subscription, 24);
  clockid_t host_clock = *clock;
  if ((flags & kSubscriptionAbsoluteTime) == 0) {
    // A wait is not shortened or lengthened by someone who sets the clock.
    host_clock = CLOCK_MONOTONIC;
    Timestamp now = Now(host_clock);
    time = time > std::numeric_limits<Timestamp>::max() - now
               ? std::numeric_limits<Timestamp>::max()
               : now + time;
  }
  alarms_.push_back({userdata, host_clock, time});
  return Errno::kSuccess;
}

void Poll::SubscribeFile(const FdTable& descriptors, uint64_t userdata, EventType type, Fd fd) {
  Rights access = type == EventType::kFdRead ? kRightFdRead : kRightFdWrite;
  auto descriptor = descriptors.Get(fd, kRightPollFdReadwrite | access);
  // The kernel would pass over the negative number of a stream that is not open.
  if (descriptor.ok() && (*descriptor)->host.get() < 0) descriptor = Errno::kBadf;
  if (!descriptor.ok()) {
    events_.push_back({.userdata = userdata, .error = descriptor.error(), .type = type});
    return;
  }
  short wanted = type == EventType::kFdRead ? POLLIN : POLLOUT;  // NOLINT: pollfd's type
  pollfds_.push_back({(*descriptor)->host.get(), wanted, 0});
  waiters_.push_back({userdata, type, std::move(*descriptor)});
}

std::optional<Timestamp> Poll::TimeLeft() const {
  std::optional<Timestamp> least;
  for (const Alarm& alarm : alarms_) {
    Timestamp now = Now(alarm.clock);
    Timestamp left = alarm.time > now ? alarm.time - now : 0;
    least = std::min(left, least.value_or(left));
  }
  return least;
}

Errno Poll::Wait() {
  do {
    // What is known to have failed is told at once, with what is ready now.
    std::optional<Timestamp> time_left = TimeLeft();
    if (!events_.empty()) time_left = 0;
    timespec timeout = ToTimespec(time_left.value_or(0));
    int ready = ppoll(pollfds_.data(), pollfds_.size(), time_left ? &timeout : nullptr, nullptr);
    if (ready < 0 && errno == EINTR) continue;
    if (ready < 0) return LastErrno();
    AddReadyFiles();
    AddDueAlarms();
    // Again if a clock was set back meanwhile.
  } while (events_.empty());
  return Errno::kSuccess;
}

void Poll::AddDueAlarms() {
  for (const Alarm& alarm : alarms_) {
    if (Now(alarm.clock) >= alarm.time) events_.push_back({.userdata = alarm.userdata});
  }
}

// Of a file what is left, of a stream what has arrived.
FileSize ReadableSize(int host_fd, FileType type) {
  if (type == FileType::kRegularFile) {
    struct stat status;
    off_t position = lseek(host_fd, 0, SEEK_CUR);
    if (position < 0 || fstat(host_fd, &status) != 0 || status.st_size < position) return 0;
    return static_cast<FileSize>(status.st_size - position);
  }
  int available = 0;
  if (ioctl(host_fd, FIONREAD, &available) != 0 || available < 0) return 0;
  return static_cast<FileSize>(available);
}

void Poll::AddReadyFiles() {
  for (size_t i = 0; i < waiters_.size(); ++i) {
    const Waiter& waiter = waiters_[i];
    short happened = pollfds_[i].revents;  // NOLINT: pollfd's type
    if (happened == 0) continue;
    Event event{.userdata = waiter.userdata, .type = waiter.type};
    if ((happened & POLLNVAL) != 0) {
      event.error = Errno::kBadf;
    } else {
      if ((happened & (POLLHUP | POLLERR)) != 0) event.flags |= kEventHangup;
      if (waiter.type == EventType::kFdRead) {
        event.readable_size = ReadableSize(pollfds_[i].fd, waiter.descriptor->type);
      }
    }
    events_.push_back(event);
  }
}

void PutEvent(uint8_t* place, const Event& event) {
  uint8_t record[kEventSize] = {};
  PutField(record, 0, event.userdata);
  PutField(record, 8, static_cast<uint16_t>(event.error));
  PutField(record, 10, static_cast<uint8_t>(event.type));
  PutField(record, 16, event.readable_size);
  PutField(record, 24, event.flags);
  std::memcpy(place, record, sizeof(record));
}

}  // namespace

Errno PollOneoff(Call& call, Pointer subscriptions, Pointer events, Size subscription_count,
                 Pointer event_count) {
  if (subscription_count == 0 || subscription_count > kMaximumSubscriptions) return Errno::kInval;
  auto in = call.memory.Range(subscriptions, uint64_t{subscription_count} * kSubscriptionSize);
  auto out = call.memory.Range(events, uint64_t{subscription_count} * kEventSize);
  if (!in || !out || !call.memory.Holds<Size>(event_count)) return Errno::kFault;
  Poll poll;
  for (Size i = 0; i < subscription_count; ++i) {
    uint8_t subscription[kSubscriptionSize];
    std::memcpy(subscription, in->data() + i * kSubscriptionSize, kSubscriptionSize);
    Errno subscribed = poll.Subscribe(call.context.descriptors(), subscription);
    if (subscribed != Errno::kSuccess) return subscribed;
  }
  Errno waited = poll.Wait();
  if (waited != Errno::kSuccess) return waited;
  for (size_t i = 0; i < poll.events().size(); ++i) {
    PutEvent(out->data() + i * kEventSize, poll.events()[i]);
  }
  (void)call.memory.Write(event_count, static_cast<Size>(poll.events().size()));
  return Errno::kSuccess;
}

}  // namespace wasmtier::wasi::preview1
