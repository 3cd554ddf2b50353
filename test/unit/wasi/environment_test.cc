// Arguments, environment, clocks, random bytes, the program's end, sockets.
#include <time.h>

#include <algorithm>

#include "test/unit/wasi/guest.h"
#include "wasmtier/trap.h"

namespace wasmtier::wasi::preview1 {
namespace {

using testing::HasSubstr;

TEST(Args, SizesAndContents) {
  Guest guest(Resolver::kAuto, Config{.args = {"program", "", "zwölf"}});
  ASSERT_EQ(ArgsSizesGet(guest.call(), 16, 20), Errno::kSuccess);
  EXPECT_EQ(guest.Get<Size>(16), 3u);
  EXPECT_EQ(guest.Get<Size>(20), 8u + 1 + 7);
  ASSERT_EQ(ArgsGet(guest.call(), 100, 200), Errno::kSuccess);
  EXPECT_EQ(guest.Get<Pointer>(100), 200u);
  EXPECT_EQ(guest.Get<Pointer>(104), 208u);
  EXPECT_EQ(guest.Get<Pointer>(108), 209u);
  EXPECT_EQ(guest.GetText(200, 16), std::string("program\0\0zwölf\0", 16));
}

TEST(Args, OutOfBoundsIsFault) {
  Guest guest(Resolver::kAuto, Config{.args = {"program"}, .environment = {{"A", "b"}}});
  EXPECT_EQ(ArgsSizesGet(guest.call(), Guest::kOutOfBounds, 20), Errno::kFault);
  EXPECT_EQ(ArgsSizesGet(guest.call(), 20, 0xffffffff), Errno::kFault);
  EXPECT_EQ(ArgsGet(guest.call(), Guest::kOutOfBounds, 200), Errno::kFault);
  EXPECT_EQ(ArgsGet(guest.call(), 200, Guest::kMemorySize - 7), Errno::kFault);
  EXPECT_EQ(ArgsGet(guest.call(), 200, Guest::kMemorySize - 8), Errno::kSuccess);
  EXPECT_EQ(EnvironGet(guest.call(), 0xffffffff, 200), Errno::kFault);
  EXPECT_EQ(EnvironSizesGet(guest.call(), 0xfffffffe, 200), Errno::kFault);
}

TEST(Args, NoneNeedNoMemory) {
  Guest guest;
  EXPECT_EQ(ArgsGet(guest.call(), Guest::kMemorySize, Guest::kMemorySize), Errno::kSuccess);
  EXPECT_EQ(EnvironGet(guest.call(), 0, 0), Errno::kSuccess);
}

TEST(Environment, NamesAndValues) {
  Guest guest(Resolver::kAuto, Config{.environment = {{"HOME", "/"}, {"EMPTY", ""}}});
  ASSERT_EQ(EnvironSizesGet(guest.call(), 16, 20), Errno::kSuccess);
  EXPECT_EQ(guest.Get<Size>(16), 2u);
  EXPECT_EQ(guest.Get<Size>(20), 14u);
  ASSERT_EQ(EnvironGet(guest.call(), 100, 200), Errno::kSuccess);
  EXPECT_EQ(guest.GetText(200, 14), std::string("HOME=/\0EMPTY=\0", 14));
}

TEST(Config, RefusesWhatCStringsCannotHold) {
  auto error = [](const Config& config) {
    return std::string(Context::Create(config).status().message());
  };
  EXPECT_EQ(error({.args = {"a", std::string("b\0c", 3)}}), "argument 1 holds a NUL byte");
  EXPECT_THAT(error({.environment = {{"", "x"}}}), HasSubstr("must not be empty"));
  EXPECT_THAT(error({.environment = {{"A=B", "x"}}}), HasSubstr("'A=B'"));
  EXPECT_EQ(error({.environment = {{"A", std::string("\0", 1)}}}),
            "environment variable 'A': the value holds a NUL byte");
}

TEST(Config, NamesThePreopenThatCannotBeOpened) {
  absl::Status status =
      Context::Create(Config{.preopens = {{"/nonexistent/x", "/", false}}}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(status.message(),
            "cannot open directory '/nonexistent/x' for --dir: No such file or directory");
  status = Context::Create(Config{.preopens = {{"/dev/null", "/", false}}}).status();
  EXPECT_EQ(status.message(), "cannot open directory '/dev/null' for --dir: Not a directory");
}

TEST(Clock, TimesAreThoseOfTheHost) {
  Guest guest;
  timespec now;
  for (ClockId id = kClockRealtime; id <= kClockThreadCputime; ++id) {
    ASSERT_EQ(ClockResGet(guest.call(), id, 16), Errno::kSuccess);
    EXPECT_GE(guest.Get<Timestamp>(16), 1u);
    ASSERT_EQ(ClockTimeGet(guest.call(), id, 0, 24), Errno::kSuccess);
    EXPECT_GT(guest.Get<Timestamp>(24), 0u);
  }
  ASSERT_EQ(ClockTimeGet(guest.call(), kClockMonotonic, 0, 16), Errno::kSuccess);
  clock_gettime(CLOCK_MONOTONIC, &now);
  EXPECT_LE(guest.Get<Timestamp>(16), uint64_t(now.tv_sec) * 1'000'000'000 + now.tv_nsec);
}

TEST(Clock, HostileArguments) {
  Guest guest;
  EXPECT_EQ(ClockTimeGet(guest.call(), 4, 0, 16), Errno::kInval);
  EXPECT_EQ(ClockResGet(guest.call(), 0xffffffff, 16), Errno::kInval);
  EXPECT_EQ(ClockTimeGet(guest.call(), 0, 0, Guest::kMemorySize - 7), Errno::kFault);
  EXPECT_EQ(ClockTimeGet(guest.call(), 0, ~0ull, Guest::kMemorySize - 8), Errno::kSuccess);
}

TEST(Random, FillsTheBufferOnly) {
  Guest guest;
  ASSERT_EQ(RandomGet(guest.call(), 1000, 256), Errno::kSuccess);
  // All zero with a probability of 2^-2048.
  EXPECT_NE(guest.GetText(1000, 256), std::string(256, '\0'));
  EXPECT_EQ(guest.GetText(1256, 256), std::string(256, '\0'));
  EXPECT_EQ(guest.GetText(0, 1000), std::string(1000, '\0'));
  EXPECT_EQ(RandomGet(guest.call(), 0, 0), Errno::kSuccess);
  EXPECT_EQ(RandomGet(guest.call(), Guest::kMemorySize, 0), Errno::kSuccess);
  EXPECT_EQ(RandomGet(guest.call(), Guest::kMemorySize, 1), Errno::kFault);
  EXPECT_EQ(RandomGet(guest.call(), 16, 0xffffffff), Errno::kFault);
}

TEST(Process, ExitCarriesTheCode) {
  Guest guest;
  for (int32_t code : {0, 1, 42, 255, 256, -1}) {
    absl::Status status = ProcExit(guest.call(), static_cast<uint32_t>(code));
    EXPECT_EQ(wasmtier::ExitCode(status), code);
  }
  EXPECT_EQ(ProcRaise(guest.call(), 6), Errno::kNosys);
  EXPECT_EQ(SchedYield(guest.call()), Errno::kSuccess);
}

TEST(Sockets, AreRefusedByWhatTheDescriptorIs) {
  Guest guest;
  EXPECT_EQ(SockShutdown(guest.call(), 99, 0), Errno::kBadf);
  EXPECT_EQ(SockShutdown(guest.call(), Guest::kPreopen, 0), Errno::kNotsock);
  EXPECT_EQ(SockAccept(guest.call(), Guest::kPreopen, 0, 16), Errno::kNotsock);
  EXPECT_EQ(SockRecv(guest.call(), Guest::kPreopen, 0, 0, 0, 0, 0), Errno::kNotsock);
  EXPECT_EQ(SockSend(guest.call(), 99, 0, 0, 0, 0), Errno::kBadf);
}

}  // namespace
}  // namespace wasmtier::wasi::preview1
