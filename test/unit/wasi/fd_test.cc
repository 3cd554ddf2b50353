// State, rights and attributes of descriptors.
#include "test/unit/wasi/guest.h"

namespace wasmtier::wasi::preview1 {
namespace {

struct Fdstat {
  FileType type;
  Flags flags;
  Rights base;
  Rights inheriting;
};

Fdstat GetFdstat(Guest& guest, Fd fd) {
  EXPECT_EQ(FdFdstatGet(guest.call(), fd, 16), Errno::kSuccess);
  return {static_cast<FileType>(guest.Get<uint8_t>(16)), guest.Get<uint16_t>(18),
          guest.Get<Rights>(24), guest.Get<Rights>(32)};
}

TEST(FdFdstat, OfFilesAndDirectories) {
  Guest guest;
  WriteFile(guest.root() / "file", "x");
  Fdstat preopen = GetFdstat(guest, Guest::kPreopen);
  EXPECT_EQ(preopen.type, FileType::kDirectory);
  EXPECT_EQ(preopen.base, kDirectoryRights);
  EXPECT_EQ(preopen.inheriting, kDirectoryRights | kFileRights);
  Fdstat file = GetFdstat(guest, guest.Open("file", 0, kFdFlagAppend | kFdFlagSync).fd);
  EXPECT_EQ(file.type, FileType::kRegularFile);
  EXPECT_EQ(file.flags, kFdFlagAppend | kFdFlagSync);
  EXPECT_EQ(file.base, kFileRights);
  EXPECT_EQ(file.inheriting, 0u);
  EXPECT_EQ(GetFdstat(guest, guest.Open("file", 0, kFdFlagDsync).fd).flags, kFdFlagDsync);
}

TEST(FdFdstat, HostileArguments) {
  Guest guest;
  EXPECT_EQ(FdFdstatGet(guest.call(), 77, 16), Errno::kBadf);
  EXPECT_EQ(FdFdstatGet(guest.call(), 3, Guest::kMemorySize - 23), Errno::kFault);
  EXPECT_EQ(FdFdstatGet(guest.call(), 3, Guest::kMemorySize - 24), Errno::kSuccess);
  EXPECT_EQ(FdFdstatSetFlags(guest.call(), 3, 32), Errno::kInval);
  EXPECT_EQ(FdFdstatSetFlags(guest.call(), 77, 0), Errno::kBadf);
}

TEST(FdFdstat, SetsFlagsThatCanChange) {
  Guest guest;
  Fd fd = guest.Open("new", kOpenCreate).fd;
  EXPECT_EQ(guest.Write(fd, "12"), Errno::kSuccess);
  EXPECT_EQ(FdSeek(guest.call(), fd, 0, 0, 16), Errno::kSuccess);
  EXPECT_EQ(FdFdstatSetFlags(guest.call(), fd, kFdFlagAppend), Errno::kSuccess);
  EXPECT_EQ(GetFdstat(guest, fd).flags, kFdFlagAppend);
  EXPECT_EQ(guest.Write(fd, "34"), Errno::kSuccess);
  EXPECT_EQ(ReadFile(guest.root() / "new"), "1234");
  EXPECT_EQ(FdFdstatSetFlags(guest.call(), fd, kFdFlagAppend | kFdFlagSync), Errno::kNotsup);
  EXPECT_EQ(FdFdstatSetFlags(guest.call(), fd, 0), Errno::kSuccess);
  EXPECT_EQ(GetFdstat(guest, fd).flags, 0u);
}

TEST(FdRights, CanBeGivenUpButNotGained) {
  Guest guest;
  WriteFile(guest.root() / "file", "x");
  Fd fd = guest.Open("file").fd;
  EXPECT_EQ(FdFdstatSetRights(guest.call(), fd, kRightFdRead | kRightPathOpen, 0),
            Errno::kNotcapable);
  EXPECT_EQ(FdFdstatSetRights(guest.call(), fd, kRightFdRead, 1), Errno::kNotcapable);
  EXPECT_EQ(FdFdstatSetRights(guest.call(), fd, kRightFdRead, 0), Errno::kSuccess);
  EXPECT_EQ(guest.Read(fd), "x");
  EXPECT_EQ(guest.Write(fd, "y"), Errno::kNotcapable);
  EXPECT_EQ(FdSeek(guest.call(), fd, 0, 0, 16), Errno::kNotcapable);
  EXPECT_EQ(FdSync(guest.call(), fd), Errno::kNotcapable);
  EXPECT_EQ(FdFilestatGet(guest.call(), fd, 16), Errno::kNotcapable);
  EXPECT_EQ(FdFdstatSetRights(guest.call(), fd, kRightFdRead | kRightFdWrite, 0),
            Errno::kNotcapable);
  EXPECT_EQ(FdFdstatSetRights(guest.call(), 77, 0, 0), Errno::kBadf);
}

TEST(FdRights, OfADirectoryLimitWhatIsOpenedThroughIt) {
  Guest guest;
  WriteFile(guest.root() / "file", "x");
  PathCalls path(guest);
  EXPECT_EQ(FdFdstatSetRights(guest.call(), Guest::kPreopen, kRightPathOpen | kRightPathFilestatGet,
                              kRightFdRead | kRightFdTell),
            Errno::kSuccess);
  EXPECT_EQ(guest.Open("file").error, Errno::kNotcapable);
  auto [error, fd] = guest.OpenToRead("file");
  ASSERT_EQ(error, Errno::kSuccess);
  EXPECT_EQ(GetFdstat(guest, fd).base, kRightFdRead);
  EXPECT_EQ(guest.Open("new", kOpenCreate, 0, 0, kRightFdRead).error, Errno::kNotcapable);
  EXPECT_EQ(guest.Open("file", kOpenTruncate, 0, 0, kRightFdRead).error, Errno::kNotcapable);
  EXPECT_EQ(path.Stat("file"), Errno::kSuccess);
  EXPECT_EQ(path.Unlink("file"), Errno::kNotcapable);
  EXPECT_EQ(path.CreateDirectory("d"), Errno::kNotcapable);
  EXPECT_EQ(path.Rename("file", "file2"), Errno::kNotcapable);
  EXPECT_EQ(path.Link("file", "file2"), Errno::kNotcapable);
  EXPECT_EQ(path.Symlink("file", "file2"), Errno::kNotcapable);
  EXPECT_EQ(path.Readlink("file"), "error: notcapable");
  EXPECT_EQ(path.SetTimes("file", 0, 0, 0), Errno::kNotcapable);
}

TEST(FdRights, AReadOnlyPreopenChangesNothing) {
  Guest guest(Resolver::kAuto, Config(), /*read_only=*/true);
  WriteFile(guest.root() / "file", "contents");
  std::filesystem::create_directory(guest.root() / "d");
  PathCalls path(guest);
  EXPECT_EQ(guest.Read(guest.OpenToRead("file").fd), "contents");
  EXPECT_EQ(path.Stat("file"), Errno::kSuccess);
  EXPECT_EQ(guest.Open("file").error, Errno::kNotcapable);
  EXPECT_EQ(guest.Open("new", kOpenCreate, 0, 0, kRightFdRead).error, Errno::kNotcapable);
  EXPECT_EQ(guest.Open("file", kOpenTruncate, 0, 0, kRightFdRead).error, Errno::kNotcapable);
  // All rights but those to write are asked for, as Rust's library does.
  Fd fd = guest.Open("file", 0, 0, 0, kAllRights & ~kRightFdWrite).fd;
  EXPECT_EQ(FdFilestatSetSize(guest.call(), fd, 0), Errno::kNotcapable);
  EXPECT_EQ(FdFilestatSetTimes(guest.call(), fd, 0, 0, kTimesAccess), Errno::kNotcapable);
  EXPECT_EQ(FdAllocate(guest.call(), fd, 0, 100), Errno::kNotcapable);
  EXPECT_EQ(guest.Write(fd, "x"), Errno::kNotcapable);
  EXPECT_EQ(path.Unlink("file"), Errno::kNotcapable);
  EXPECT_EQ(path.CreateDirectory("e"), Errno::kNotcapable);
  EXPECT_EQ(path.RemoveDirectory("d"), Errno::kNotcapable);
  EXPECT_EQ(path.Rename("file", "file2"), Errno::kNotcapable);
  EXPECT_EQ(path.Link("file", "file2"), Errno::kNotcapable);
  EXPECT_EQ(path.Symlink("file", "file2"), Errno::kNotcapable);
  EXPECT_EQ(path.SetTimes("file", 0, 0, kTimesAccess), Errno::kNotcapable);
  // Nor through a directory that is opened in it.
  Fd directory = guest.Open("d", kOpenDirectory).fd;
  EXPECT_EQ(guest.Open("new", kOpenCreate, 0, 0, kRightFdRead, directory).error,
            Errno::kNotcapable);
  EXPECT_EQ(ReadFile(guest.root() / "file"), "contents");
}

TEST(FdFilestat, SizeTimesAndType) {
  Guest guest;
  WriteFile(guest.root() / "file", "12345");
  Fd fd = guest.Open("file").fd;
  ASSERT_EQ(FdFilestatSetTimes(guest.call(), fd, 1'000'000'001, 2'000'000'002,
                               kTimesAccess | kTimesModification),
            Errno::kSuccess);
  ASSERT_EQ(FdFilestatGet(guest.call(), fd, 16), Errno::kSuccess);
  struct stat host;
  ASSERT_EQ(stat((guest.root() / "file").c_str(), &host), 0);
  EXPECT_EQ(guest.Get<uint64_t>(16), host.st_dev);
  EXPECT_EQ(guest.Get<uint64_t>(24), host.st_ino);
  EXPECT_EQ(static_cast<FileType>(guest.Get<uint8_t>(32)), FileType::kRegularFile);
  EXPECT_EQ(guest.Get<uint64_t>(40), 1u);
  EXPECT_EQ(guest.Get<uint64_t>(48), 5u);
  EXPECT_EQ(guest.Get<Timestamp>(56), 1'000'000'001u);
  EXPECT_EQ(guest.Get<Timestamp>(64), 2'000'000'002u);
  EXPECT_GT(guest.Get<Timestamp>(72), 1'600'000'000'000'000'000u);
  // One alone, and now.
  ASSERT_EQ(FdFilestatSetTimes(guest.call(), fd, 0, 0, kTimesModificationNow), Errno::kSuccess);
  ASSERT_EQ(FdFilestatGet(guest.call(), fd, 16), Errno::kSuccess);
  EXPECT_EQ(guest.Get<Timestamp>(56), 1'000'000'001u);
  EXPECT_GT(guest.Get<Timestamp>(64), 1'600'000'000'000'000'000u);
}

TEST(FdFilestat, HostileArguments) {
  Guest guest;
  WriteFile(guest.root() / "file", "12345");
  Fd fd = guest.Open("file").fd;
  EXPECT_EQ(FdFilestatGet(guest.call(), fd, Guest::kMemorySize - 63), Errno::kFault);
  EXPECT_EQ(FdFilestatGet(guest.call(), 77, 16), Errno::kBadf);
  EXPECT_EQ(FdFilestatSetTimes(guest.call(), fd, 0, 0, kTimesAccess | kTimesAccessNow),
            Errno::kInval);
  EXPECT_EQ(FdFilestatSetTimes(guest.call(), fd, 0, 0, kTimesModification | kTimesModificationNow),
            Errno::kInval);
  EXPECT_EQ(FdFilestatSetTimes(guest.call(), fd, 0, 0, 16), Errno::kInval);
  EXPECT_EQ(FdFilestatSetTimes(guest.call(), 77, 0, 0, 0), Errno::kBadf);
  // Beyond what the file system can say: whatever it answers, nothing breaks.
  (void)FdFilestatSetTimes(guest.call(), fd, ~0ull, ~0ull, kTimesAccess | kTimesModification);
  EXPECT_EQ(FdFilestatSetSize(guest.call(), fd, ~0ull), Errno::kInval);
  EXPECT_EQ(FdFilestatSetSize(guest.call(), fd, 1ull << 63), Errno::kInval);
  EXPECT_EQ(ReadFile(guest.root() / "file"), "12345");
}

TEST(FdFilestat, SetsTheSize) {
  Guest guest;
  WriteFile(guest.root() / "file", "12345");
  Fd fd = guest.Open("file").fd;
  EXPECT_EQ(FdFilestatSetSize(guest.call(), fd, 2), Errno::kSuccess);
  EXPECT_EQ(ReadFile(guest.root() / "file"), "12");
  EXPECT_EQ(FdFilestatSetSize(guest.call(), fd, 4), Errno::kSuccess);
  EXPECT_EQ(ReadFile(guest.root() / "file"), std::string("12\0\0", 4));
}

TEST(FdAllocate, MakesRoom) {
  Guest guest;
  Fd fd = guest.Open("file", kOpenCreate).fd;
  Errno error = FdAllocate(guest.call(), fd, 100, 900);
  if (error == Errno::kNotsup) GTEST_SKIP() << "the file system cannot";
  EXPECT_EQ(error, Errno::kSuccess);
  EXPECT_EQ(std::filesystem::file_size(guest.root() / "file"), 1000u);
  EXPECT_EQ(FdAllocate(guest.call(), fd, 0, 0), Errno::kInval);
  EXPECT_EQ(FdAllocate(guest.call(), fd, ~0ull, 1), Errno::kInval);
  EXPECT_EQ(FdAllocate(guest.call(), fd, 0, ~0ull), Errno::kInval);
  EXPECT_NE(FdAllocate(guest.call(), fd, INT64_MAX, INT64_MAX), Errno::kSuccess);
  EXPECT_EQ(FdAllocate(guest.call(), Guest::kPreopen, 0, 1), Errno::kNotcapable);
}

TEST(FdAdvise, TakesAdvice) {
  Guest guest;
  Fd fd = guest.Open("file", kOpenCreate).fd;
  for (Advice advice = 0; advice < 6; ++advice) {
    EXPECT_EQ(FdAdvise(guest.call(), fd, 0, 100, advice), Errno::kSuccess);
  }
  EXPECT_EQ(FdAdvise(guest.call(), fd, 0, 100, 6), Errno::kInval);
  EXPECT_EQ(FdAdvise(guest.call(), fd, ~0ull, 0, 0), Errno::kInval);
  EXPECT_EQ(FdAdvise(guest.call(), fd, 0, 1ull << 63, 0), Errno::kInval);
  EXPECT_EQ(FdAdvise(guest.call(), 77, 0, 0, 0), Errno::kBadf);
}

TEST(FdSync, OfFiles) {
  Guest guest;
  Fd fd = guest.Open("file", kOpenCreate).fd;
  EXPECT_EQ(FdSync(guest.call(), fd), Errno::kSuccess);
  EXPECT_EQ(FdDatasync(guest.call(), fd), Errno::kSuccess);
  EXPECT_EQ(FdSync(guest.call(), Guest::kPreopen), Errno::kSuccess);
  EXPECT_EQ(FdSync(guest.call(), 77), Errno::kBadf);
  EXPECT_EQ(FdDatasync(guest.call(), 77), Errno::kBadf);
}

TEST(FdRenumber, ReplacesADescriptor) {
  Guest guest;
  WriteFile(guest.root() / "a", "A");
  WriteFile(guest.root() / "b", "B");
  Fd a = guest.Open("a").fd;
  Fd b = guest.Open("b").fd;
  EXPECT_EQ(FdRenumber(guest.call(), a, b), Errno::kSuccess);
  EXPECT_EQ(guest.Read(b), "A");
  EXPECT_EQ(guest.Read(a), "error: badf");
  EXPECT_EQ(FdRenumber(guest.call(), a, b), Errno::kBadf);
  EXPECT_EQ(FdRenumber(guest.call(), b, 0x7fffffff), Errno::kBadf);
  // Over a stream that belongs to the host.
  EXPECT_EQ(FdRenumber(guest.call(), b, 0), Errno::kSuccess);
  EXPECT_EQ(FdSeek(guest.call(), 0, 0, 0, 16), Errno::kSuccess);
  EXPECT_EQ(guest.Read(0), "A");
}

}  // namespace
}  // namespace wasmtier::wasi::preview1
