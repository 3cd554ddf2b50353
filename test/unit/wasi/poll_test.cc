// Waiting for clocks and files.
#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "test/unit/wasi/guest.h"

namespace wasmtier::wasi::preview1 {
namespace {

constexpr Pointer kIn = 0x2000;
constexpr Pointer kOut = 0x6000;
constexpr Timestamp kMillisecond = 1'000'000;

Timestamp Now(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return static_cast<Timestamp>(now.tv_sec) * 1'000'000'000 + static_cast<Timestamp>(now.tv_nsec);
}

class PollTest : public testing::Test {
 protected:
  PollTest() {
    EXPECT_EQ(pipe2(input_, O_CLOEXEC), 0);
    guest_.emplace(Resolver::kAuto, Config{.stdin_fd = input_[0], .stdout_fd = -1});
  }
  ~PollTest() override {
    close(input_[0]);
    if (input_[1] >= 0) close(input_[1]);
  }

  void Subscribe(uint64_t userdata, uint8_t type) {
    Pointer place = kIn + 48 * count_++;
    std::fill_n(guest_->bytes() + place, 48, 0);
    Put<uint64_t>(place, userdata);
    Put<uint8_t>(place + 8, type);
  }
  void SubscribeClock(uint64_t userdata, ClockId id, Timestamp time, uint16_t flags = 0) {
    Subscribe(userdata, 0);
    Pointer place = kIn + 48 * (count_ - 1);
    Put<ClockId>(place + 16, id);
    Put<Timestamp>(place + 24, time);
    Put<uint16_t>(place + 40, flags);
  }
  void SubscribeFd(uint64_t userdata, EventType type, Fd fd) {
    Subscribe(userdata, static_cast<uint8_t>(type));
    Put<Fd>(kIn + 48 * (count_ - 1) + 16, fd);
  }
  // How many events there were; the subscriptions are forgotten.
  Size Poll() {
    EXPECT_EQ(PollOneoff(guest_->call(), kIn, kOut, count_, Guest::kResult), Errno::kSuccess);
    count_ = 0;
    return guest_->Get<Size>(Guest::kResult);
  }
  uint64_t Userdata(Size i) { return guest_->Get<uint64_t>(kOut + 32 * i); }
  Errno Error(Size i) { return static_cast<Errno>(guest_->Get<uint16_t>(kOut + 32 * i + 8)); }
  EventType Type(Size i) {
    return static_cast<EventType>(guest_->Get<uint8_t>(kOut + 32 * i + 10));
  }
  FileSize ReadableSize(Size i) { return guest_->Get<FileSize>(kOut + 32 * i + 16); }
  uint16_t EventFlags(Size i) { return guest_->Get<uint16_t>(kOut + 32 * i + 24); }

  template <typename T>
  void Put(Pointer place, T value) {
    ASSERT_TRUE(guest_->memory().Write(place, value));
  }

  int input_[2];
  std::optional<Guest> guest_;
  Size count_ = 0;
};

TEST_F(PollTest, SleepsAtLeastThatLong) {
  for (ClockId id : {kClockRealtime, kClockMonotonic}) {
    Timestamp begin = Now(CLOCK_MONOTONIC);
    SubscribeClock(7, id, 5 * kMillisecond);
    ASSERT_EQ(Poll(), 1u);
    EXPECT_GE(Now(CLOCK_MONOTONIC) - begin, 5 * kMillisecond);
    EXPECT_EQ(Userdata(0), 7u);
    EXPECT_EQ(Error(0), Errno::kSuccess);
    EXPECT_EQ(Type(0), EventType::kClock);
  }
}

// A host's timers, a profiler's for instance, are nothing that the program knows of.
TEST_F(PollTest, SignalsDoNotEndIt) {
  struct sigaction action{};
  action.sa_handler = [](int) {};
  sigaction(SIGUSR1, &action, nullptr);
  const pthread_t thread = pthread_self();
  std::atomic<bool> is_done = false;
  std::thread interrupter([&] {
    while (!is_done) {
      pthread_kill(thread, SIGUSR1);
      usleep(500);
    }
  });
  Timestamp begin = Now(CLOCK_MONOTONIC);
  SubscribeClock(7, kClockMonotonic, 10 * kMillisecond);
  EXPECT_EQ(Poll(), 1u);
  EXPECT_GE(Now(CLOCK_MONOTONIC) - begin, 10 * kMillisecond);
  is_done = true;
  interrupter.join();
}

TEST_F(PollTest, AbsoluteTimes) {
  Timestamp until = Now(CLOCK_MONOTONIC) + 5 * kMillisecond;
  SubscribeClock(1, kClockMonotonic, until, kSubscriptionAbsoluteTime);
  ASSERT_EQ(Poll(), 1u);
  EXPECT_GE(Now(CLOCK_MONOTONIC), until);
  until = Now(CLOCK_REALTIME) + 5 * kMillisecond;
  SubscribeClock(1, kClockRealtime, until, kSubscriptionAbsoluteTime);
  ASSERT_EQ(Poll(), 1u);
  EXPECT_GE(Now(CLOCK_REALTIME), until);
  // Long past.
  SubscribeClock(1, kClockRealtime, 1, kSubscriptionAbsoluteTime);
  EXPECT_EQ(Poll(), 1u);
}

TEST_F(PollTest, TheFirstOfSeveralTimes) {
  SubscribeClock(1, kClockMonotonic, ~0ull);
  SubscribeClock(2, kClockMonotonic, 2 * kMillisecond);
  SubscribeClock(3, kClockRealtime, ~0ull, kSubscriptionAbsoluteTime);
  ASSERT_EQ(Poll(), 1u);
  EXPECT_EQ(Userdata(0), 2u);
}

TEST_F(PollTest, InputThatIsThere) {
  ASSERT_EQ(write(input_[1], "abc", 3), 3);
  SubscribeClock(1, kClockMonotonic, ~0ull);
  SubscribeFd(2, EventType::kFdRead, 0);
  ASSERT_EQ(Poll(), 1u);
  EXPECT_EQ(Userdata(0), 2u);
  EXPECT_EQ(Type(0), EventType::kFdRead);
  EXPECT_EQ(Error(0), Errno::kSuccess);
  EXPECT_EQ(ReadableSize(0), 3u);
  EXPECT_EQ(EventFlags(0), 0u);
}

TEST_F(PollTest, InputThatDoesNotCome) {
  SubscribeFd(2, EventType::kFdRead, 0);
  SubscribeClock(1, kClockMonotonic, 2 * kMillisecond);
  ASSERT_EQ(Poll(), 1u);
  EXPECT_EQ(Userdata(0), 1u);
}

TEST_F(PollTest, TheEndOfInputIsAHangup) {
  close(std::exchange(input_[1], -1));
  SubscribeFd(2, EventType::kFdRead, 0);
  ASSERT_EQ(Poll(), 1u);
  EXPECT_EQ(EventFlags(0), kEventHangup);
  EXPECT_EQ(ReadableSize(0), 0u);
}

TEST_F(PollTest, FilesAreAlwaysReady) {
  WriteFile(guest_->root() / "file", "12345");
  Fd fd = guest_->Open("file").fd;
  EXPECT_EQ(guest_->Read(fd, 2), "12");
  SubscribeFd(1, EventType::kFdRead, fd);
  SubscribeFd(2, EventType::kFdWrite, fd);
  SubscribeFd(3, EventType::kFdRead, 0);
  ASSERT_EQ(Poll(), 2u);
  EXPECT_EQ(Userdata(0), 1u);
  EXPECT_EQ(ReadableSize(0), 3u);
  EXPECT_EQ(Userdata(1), 2u);
  EXPECT_EQ(Type(1), EventType::kFdWrite);
}

TEST_F(PollTest, WhatIsWrongIsAnEvent) {
  SubscribeFd(1, EventType::kFdRead, 77);
  SubscribeFd(2, EventType::kFdWrite, 0xffffffff);
  SubscribeFd(3, EventType::kFdRead, Guest::kPreopen);
  SubscribeFd(4, EventType::kFdWrite, 1);  // not open on the host
  SubscribeClock(5, 99, 0);
  SubscribeClock(6, kClockThreadCputime, 0);
  ASSERT_EQ(Poll(), 6u);
  const Errno expected[] = {Errno::kBadf, Errno::kBadf,  Errno::kNotcapable,
                            Errno::kBadf, Errno::kInval, Errno::kNotsup};
  for (Size i = 0; i < 6; ++i) {
    EXPECT_EQ(Userdata(i), i + 1);
    EXPECT_EQ(Error(i), expected[i]) << i;
  }
}

TEST_F(PollTest, EventsMayOverwriteSubscriptions) {
  SubscribeClock(1, kClockMonotonic, 0);
  SubscribeClock(2, kClockMonotonic, 0);
  SubscribeClock(3, kClockMonotonic, 0);
  ASSERT_EQ(PollOneoff(guest_->call(), kIn, kIn, 3, Guest::kResult), Errno::kSuccess);
  EXPECT_EQ(guest_->Get<Size>(Guest::kResult), 3u);
  EXPECT_EQ(guest_->Get<uint64_t>(kIn + 64), 3u);
}

TEST_F(PollTest, HostileArguments) {
  Call& call = guest_->call();
  SubscribeClock(1, kClockMonotonic, 0);
  EXPECT_EQ(PollOneoff(call, kIn, kOut, 0, 16), Errno::kInval);
  EXPECT_EQ(PollOneoff(call, kIn, kOut, 0xffffffff, 16), Errno::kInval);
  EXPECT_EQ(PollOneoff(call, kIn, kOut, 100'000, 16), Errno::kFault);
  EXPECT_EQ(PollOneoff(call, Guest::kMemorySize - 47, kOut, 1, 16), Errno::kFault);
  EXPECT_EQ(PollOneoff(call, kIn, Guest::kMemorySize - 31, 1, 16), Errno::kFault);
  EXPECT_EQ(PollOneoff(call, kIn, kOut, 1, Guest::kMemorySize - 3), Errno::kFault);
  Subscribe(1, 3);
  EXPECT_EQ(PollOneoff(call, kIn, kOut, 2, 16), Errno::kInval);
  count_ = 0;
  SubscribeClock(1, kClockMonotonic, 0, 2);
  EXPECT_EQ(PollOneoff(call, kIn, kOut, 1, 16), Errno::kInval);
}

}  // namespace
}  // namespace wasmtier::wasi::preview1
