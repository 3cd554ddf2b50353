// Reading, writing, seeking.
#include <climits>

#include "test/unit/wasi/guest.h"

namespace wasmtier::wasi::preview1 {
namespace {

// A pipe whose ends are closed at the end.
struct Pipe {
  Pipe() { EXPECT_EQ(pipe2(ends, O_CLOEXEC), 0); }
  ~Pipe() {
    close(ends[0]);
    close(ends[1]);
  }
  int ends[2];
};

class FdIo : public testing::Test {
 protected:
  FdIo() {
    WriteFile(guest_.root() / "digits", "0123456789");
    digits_ = guest_.Open("digits").fd;
  }
  Errno Seek(int64_t offset, Whence whence) {
    return FdSeek(guest_.call(), digits_, static_cast<FileDelta>(offset), whence, Guest::kResult);
  }
  FileSize Position() { return guest_.Get<FileSize>(Guest::kResult); }

  Guest guest_;
  Fd digits_;
};

TEST_F(FdIo, ReadsOnUntilTheEnd) {
  EXPECT_EQ(guest_.Read(digits_, 4), "0123");
  EXPECT_EQ(guest_.Read(digits_, 4), "4567");
  EXPECT_EQ(guest_.Read(digits_, 4), "89");
  EXPECT_EQ(guest_.Read(digits_, 4), "");
}

TEST_F(FdIo, ScattersAndGathers) {
  Pointer iovecs = guest_.PutIovecs({{1000, 2}, {0, 0}, {2001, 3}, {Guest::kMemorySize, 0}});
  ASSERT_EQ(FdRead(guest_.call(), digits_, iovecs, 4, Guest::kResult), Errno::kSuccess);
  EXPECT_EQ(guest_.Get<Size>(Guest::kResult), 5u);
  EXPECT_EQ(guest_.GetText(1000, 3), std::string("01\0", 3));
  EXPECT_EQ(guest_.GetText(2001, 4), std::string("234\0", 4));
  ASSERT_EQ(FdWrite(guest_.call(), digits_, iovecs, 3, Guest::kResult), Errno::kSuccess);
  EXPECT_EQ(guest_.Get<Size>(Guest::kResult), 5u);
  EXPECT_EQ(ReadFile(guest_.root() / "digits"), "0123401234");
}

TEST_F(FdIo, PositionedTransfersLeaveThePosition) {
  Pointer iovecs = guest_.PutIovecs({{1000, 3}});
  ASSERT_EQ(FdPread(guest_.call(), digits_, iovecs, 1, 6, Guest::kResult), Errno::kSuccess);
  EXPECT_EQ(guest_.GetText(1000, 3), "678");
  ASSERT_EQ(FdPwrite(guest_.call(), digits_, iovecs, 1, 1, Guest::kResult), Errno::kSuccess);
  EXPECT_EQ(guest_.Read(digits_), "0678456789");
  ASSERT_EQ(FdPread(guest_.call(), digits_, iovecs, 1, 100, Guest::kResult), Errno::kSuccess);
  EXPECT_EQ(guest_.Get<Size>(Guest::kResult), 0u);
  EXPECT_EQ(FdPread(guest_.call(), digits_, iovecs, 1, ~0ull, Guest::kResult), Errno::kInval);
  EXPECT_EQ(FdPwrite(guest_.call(), digits_, iovecs, 1, 1ull << 63, Guest::kResult), Errno::kInval);
}

TEST_F(FdIo, HostileBuffers) {
  Call& call = guest_.call();
  // The list itself out of bounds, also where its size overflows 32 bits.
  EXPECT_EQ(FdRead(call, digits_, Guest::kOutOfBounds, 1, 16), Errno::kFault);
  EXPECT_EQ(FdRead(call, digits_, 0, 0x20000000, 16), Errno::kFault);
  EXPECT_EQ(FdRead(call, digits_, 0, 0xffffffff, 16), Errno::kFault);
  EXPECT_EQ(FdWrite(call, digits_, 0xffffffff, 0xffffffff, 16), Errno::kFault);
  // One buffer out of bounds, after a good one.
  for (auto bad : {std::pair<Pointer, Size>{Guest::kMemorySize, 1},
                   {Guest::kOutOfBounds, 2},
                   {0xffffffff, 0xffffffff},
                   {1, 0xffffffff},
                   {0, Guest::kMemorySize + 1}}) {
    Pointer iovecs = guest_.PutIovecs({{1000, 4}, bad});
    EXPECT_EQ(FdRead(call, digits_, iovecs, 2, 16), Errno::kFault);
    EXPECT_EQ(FdWrite(call, digits_, iovecs, 2, 16), Errno::kFault);
  }
  // No place for the result: nothing is transferred.
  Pointer iovecs = guest_.PutIovecs({{1000, 4}});
  EXPECT_EQ(FdRead(call, digits_, iovecs, 1, Guest::kMemorySize - 3), Errno::kFault);
  EXPECT_EQ(FdWrite(call, digits_, iovecs, 1, Guest::kMemorySize - 3), Errno::kFault);
  EXPECT_EQ(guest_.Read(digits_), "0123456789");
}

TEST_F(FdIo, NoBuffersAreNoError) {
  ASSERT_EQ(FdRead(guest_.call(), digits_, 0, 0, 16), Errno::kSuccess);
  EXPECT_EQ(guest_.Get<Size>(16), 0u);
  ASSERT_EQ(FdWrite(guest_.call(), digits_, Guest::kMemorySize, 0, 16), Errno::kSuccess);
  EXPECT_EQ(guest_.Get<Size>(16), 0u);
}

// Whole memory thousands of times is more than 4 GiB: the sum neither wraps nor faults.
TEST_F(FdIo, MoreBuffersThanTheHostTakes) {
  constexpr Size kCount = 6000;
  for (Size i = 0; i < kCount; ++i) {
    ASSERT_TRUE(guest_.memory().Write<Pointer>(0x20000 + 8 * i, 0x80000 + i % 16));
    ASSERT_TRUE(guest_.memory().Write<Size>(0x20000 + 8 * i + 4, i < 2000 ? 0 : 1));
  }
  // The empty ones at the front must not make it look like the end of the file.
  ASSERT_EQ(FdRead(guest_.call(), digits_, 0x20000, kCount, 16), Errno::kSuccess);
  EXPECT_EQ(guest_.Get<Size>(16), 10u);
  for (Size i = 0; i < kCount; ++i) {
    ASSERT_TRUE(guest_.memory().Write<Pointer>(0x20000 + 8 * i, 0));
    ASSERT_TRUE(guest_.memory().Write<Size>(0x20000 + 8 * i + 4, Guest::kMemorySize));
  }
  Fd null = guest_.Open("digits").fd;
  EXPECT_EQ(FdPread(guest_.call(), null, 0x20000, kCount, 1000, 16), Errno::kSuccess);
  EXPECT_EQ(guest_.Get<Size>(16), 0u);
}

TEST_F(FdIo, SeeksAndTells) {
  ASSERT_EQ(Seek(4, 0), Errno::kSuccess);
  EXPECT_EQ(Position(), 4u);
  ASSERT_EQ(Seek(-1, 1), Errno::kSuccess);
  EXPECT_EQ(Position(), 3u);
  ASSERT_EQ(Seek(-2, 2), Errno::kSuccess);
  EXPECT_EQ(Position(), 8u);
  EXPECT_EQ(guest_.Read(digits_), "89");
  ASSERT_EQ(FdTell(guest_.call(), digits_, Guest::kResult), Errno::kSuccess);
  EXPECT_EQ(Position(), 10u);
  ASSERT_EQ(Seek(1ll << 40, 0), Errno::kSuccess);
  EXPECT_EQ(guest_.Read(digits_), "");
}

TEST_F(FdIo, HostileSeeks) {
  EXPECT_EQ(Seek(-1, 0), Errno::kInval);
  EXPECT_EQ(Seek(INT64_MIN, 1), Errno::kInval);
  EXPECT_EQ(Seek(0, 3), Errno::kInval);
  EXPECT_EQ(Seek(0, 0xffffffff), Errno::kInval);
  EXPECT_EQ(FdSeek(guest_.call(), digits_, 5, 0, Guest::kOutOfBounds), Errno::kFault);
  EXPECT_EQ(FdTell(guest_.call(), digits_, Guest::kOutOfBounds), Errno::kFault);
  EXPECT_EQ(guest_.Read(digits_), "0123456789");
}

TEST_F(FdIo, DirectoriesAreNotRead) {
  EXPECT_EQ(guest_.Read(Guest::kPreopen), "error: notcapable");
  EXPECT_EQ(guest_.Write(Guest::kPreopen, "x"), Errno::kNotcapable);
  EXPECT_EQ(FdSeek(guest_.call(), Guest::kPreopen, 0, 0, 16), Errno::kNotcapable);
}

TEST_F(FdIo, UnusedDescriptors) {
  for (Fd fd : {5u, 1000u, 0x7fffffffu, 0xffffffffu}) {
    EXPECT_EQ(guest_.Read(fd), "error: badf");
    EXPECT_EQ(guest_.Write(fd, "x"), Errno::kBadf);
    EXPECT_EQ(FdTell(guest_.call(), fd, 16), Errno::kBadf);
  }
  EXPECT_EQ(FdClose(guest_.call(), digits_), Errno::kSuccess);
  EXPECT_EQ(guest_.Read(digits_), "error: badf");
}

TEST_F(FdIo, AppendsAtTheEnd) {
  Fd fd = guest_.Open("digits", 0, kFdFlagAppend).fd;
  EXPECT_EQ(guest_.Write(fd, "ab"), Errno::kSuccess);
  EXPECT_EQ(ReadFile(guest_.root() / "digits"), "0123456789ab");
}

TEST(Streams, ArePassedThrough) {
  Pipe input;
  Pipe output;
  Guest guest(Resolver::kAuto,
              Config{.stdin_fd = input.ends[0], .stdout_fd = output.ends[1], .stderr_fd = -1});
  ASSERT_EQ(write(input.ends[1], "hello", 5), 5);
  EXPECT_EQ(guest.Read(0), "hello");
  EXPECT_EQ(guest.Write(1, "world"), Errno::kSuccess);
  char text[5];
  ASSERT_EQ(read(output.ends[0], text, 5), 5);
  EXPECT_EQ(std::string(text, 5), "world");
  // Not open.
  EXPECT_EQ(guest.Write(2, "x"), Errno::kBadf);
  // As wasi-libc expects it of a pipe, which it calls ESPIPE then.
  EXPECT_EQ(FdSeek(guest.call(), 0, 1, 0, 16), Errno::kNotcapable);
  EXPECT_EQ(FdPread(guest.call(), 0, guest.PutIovecs({{1000, 1}}), 1, 0, 16), Errno::kNotcapable);
}

TEST(Streams, ClosingLeavesTheHostsOpen) {
  Pipe output;
  Guest guest(Resolver::kAuto, Config{.stdout_fd = output.ends[1]});
  EXPECT_EQ(FdClose(guest.call(), 1), Errno::kSuccess);
  EXPECT_EQ(guest.Write(1, "x"), Errno::kBadf);
  EXPECT_GE(fcntl(output.ends[1], F_GETFD), 0);
}

// The flag would be that of the host's terminal, and of the shell that waits for it.
TEST(Streams, NonblockingIsTheGuestsOwn) {
  Pipe input;
  Guest guest(Resolver::kAuto, Config{.stdin_fd = input.ends[0]});
  ASSERT_EQ(FdFdstatSetFlags(guest.call(), 0, kFdFlagNonblock), Errno::kSuccess);
  EXPECT_EQ(fcntl(input.ends[0], F_GETFL) & O_NONBLOCK, 0);
  ASSERT_EQ(FdFdstatGet(guest.call(), 0, 16), Errno::kSuccess);
  EXPECT_EQ(guest.Get<uint16_t>(18), kFdFlagNonblock);
  EXPECT_EQ(guest.Read(0), "error: again");
  ASSERT_EQ(write(input.ends[1], "x", 1), 1);
  EXPECT_EQ(guest.Read(0), "x");
}

}  // namespace
}  // namespace wasmtier::wasi::preview1
