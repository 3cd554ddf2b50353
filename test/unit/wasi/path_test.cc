// What paths name, with both resolvers.
#include "test/unit/wasi/guest.h"

namespace wasmtier::wasi::preview1 {
namespace {

class Path : public testing::TestWithParam<Resolver> {
 protected:
  Path() : guest_(GetParam()), path_(guest_) {
    WriteFile(guest_.root() / "file", "contents");
    std::filesystem::create_directories(guest_.root() / "a" / "b");
    WriteFile(guest_.root() / "a" / "b" / "deep", "deep");
    std::filesystem::create_symlink("file", guest_.root() / "link");
    std::filesystem::create_symlink("a/b", guest_.root() / "dirlink");
    std::filesystem::create_symlink("nowhere", guest_.root() / "dangling");
  }
  bool Exists(const std::string& name) {
    return std::filesystem::exists(std::filesystem::symlink_status(guest_.root() / name));
  }

  Guest guest_;
  PathCalls path_;
};

INSTANTIATE_TEST_SUITE_P(Resolvers, Path, testing::Values(Resolver::kKernel, Resolver::kWalk),
                         [](const auto& info) {
                           return info.param == Resolver::kKernel ? "Kernel" : "Walk";
                         });

TEST_P(Path, OpensFilesInManyWays) {
  for (const char* name : {"file", "./file", "././file", "a/../file", "a/b/../../file",
                           "a//..//file", "link", "dirlink/../../file", "a/./b/./../../link"}) {
    auto [error, fd] = guest_.OpenToRead(name);
    ASSERT_EQ(error, Errno::kSuccess) << name;
    EXPECT_EQ(guest_.Read(fd), "contents") << name;
  }
  EXPECT_EQ(guest_.Read(guest_.OpenToRead("dirlink/deep").fd), "deep");
  for (const char* name :
       {".", "./", "a", "a/", "a/.", "a/b/..", "dirlink", "dirlink/", "a/b/../"}) {
    EXPECT_EQ(guest_.OpenToRead(name).error, Errno::kSuccess) << name;
    EXPECT_EQ(guest_.Open(name, kOpenDirectory).error, Errno::kSuccess) << name;
  }
}

TEST_P(Path, OpenSaysWhatIsWrong) {
  EXPECT_EQ(guest_.OpenToRead("").error, Errno::kNoent);
  EXPECT_EQ(guest_.OpenToRead("missing").error, Errno::kNoent);
  EXPECT_EQ(guest_.OpenToRead("missing/file").error, Errno::kNoent);
  EXPECT_EQ(guest_.OpenToRead("dangling").error, Errno::kNoent);
  EXPECT_EQ(guest_.OpenToRead("file/").error, Errno::kNotdir);
  EXPECT_EQ(guest_.OpenToRead("file/.").error, Errno::kNotdir);
  EXPECT_EQ(guest_.OpenToRead("file/..").error, Errno::kNotdir);
  EXPECT_EQ(guest_.OpenToRead("file/x").error, Errno::kNotdir);
  EXPECT_EQ(guest_.OpenToRead("link/").error, Errno::kNotdir);
  EXPECT_EQ(guest_.Open("file", kOpenDirectory).error, Errno::kNotdir);
  EXPECT_EQ(guest_.Open("a").error, Errno::kIsdir);
  EXPECT_EQ(guest_.OpenToRead(std::string_view("file\0", 5)).error, Errno::kInval);
  EXPECT_EQ(guest_.OpenToRead(std::string_view("fi\0le", 5)).error, Errno::kInval);
  EXPECT_EQ(guest_.OpenToRead(std::string(300, 'x')).error, Errno::kNametoolong);
  EXPECT_EQ(guest_.OpenToRead(std::string(5000, 'x')).error, Errno::kNametoolong);
}

TEST_P(Path, OpenFollowsOnlyIfAsked) {
  EXPECT_EQ(guest_.OpenToRead("link", 0).error, Errno::kLoop);
  EXPECT_EQ(guest_.OpenToRead("dirlink", 0).error, Errno::kLoop);
  EXPECT_EQ(guest_.Open("dirlink", kOpenDirectory, 0, 0).error, Errno::kNotdir);
  EXPECT_EQ(guest_.Open("dirlink/", kOpenDirectory, 0, 0).error, Errno::kSuccess);
  EXPECT_EQ(guest_.Read(guest_.OpenToRead("dirlink/deep", 0).fd), "deep");
  std::filesystem::create_symlink("loop2", guest_.root() / "loop1");
  std::filesystem::create_symlink("loop1", guest_.root() / "loop2");
  EXPECT_EQ(guest_.OpenToRead("loop1").error, Errno::kLoop);
  EXPECT_EQ(guest_.OpenToRead("loop1/x").error, Errno::kLoop);
}

TEST_P(Path, OpenCreatesAndTruncates) {
  auto [error, fd] = guest_.Open("a/new", kOpenCreate | kOpenExclusive);
  ASSERT_EQ(error, Errno::kSuccess);
  EXPECT_EQ(guest_.Write(fd, "text"), Errno::kSuccess);
  EXPECT_EQ(ReadFile(guest_.root() / "a" / "new"), "text");
  EXPECT_EQ(guest_.Open("a/new", kOpenCreate).error, Errno::kSuccess);
  EXPECT_EQ(guest_.Open("a/new", kOpenCreate | kOpenExclusive).error, Errno::kExist);
  EXPECT_EQ(guest_.Open("link", kOpenCreate | kOpenExclusive).error, Errno::kExist);
  EXPECT_EQ(guest_.Open("dangling", kOpenCreate | kOpenExclusive).error, Errno::kExist);
  EXPECT_EQ(guest_.Open("a/new", kOpenTruncate).error, Errno::kSuccess);
  EXPECT_EQ(ReadFile(guest_.root() / "a" / "new"), "");
  // Through a dangling link, as open(2) does.
  EXPECT_EQ(guest_.Open("dangling", kOpenCreate).error, Errno::kSuccess);
  EXPECT_TRUE(Exists("nowhere"));
  EXPECT_EQ(guest_.Open("new/", kOpenCreate).error, Errno::kIsdir);
  EXPECT_EQ(guest_.Open("a/..", kOpenCreate).error, Errno::kIsdir);
  EXPECT_EQ(guest_.Open("missing/new", kOpenCreate).error, Errno::kNoent);
  for (Flags flags : {kOpenCreate, kOpenExclusive, kOpenTruncate}) {
    EXPECT_EQ(guest_.Open("a", kOpenDirectory | flags).error, Errno::kInval);
  }
}

TEST_P(Path, OpenHostileArguments) {
  Guest::Text text = guest_.Put("file");
  Call& call = guest_.call();
  auto open = [&](Fd fd, Flags lookup, Pointer path, Size length, Flags oflags, Flags fdflags,
                  Pointer result) {
    return PathOpen(call, fd, lookup, path, length, oflags, kRightFdRead, 0, fdflags, result);
  };
  EXPECT_EQ(open(3, 2, text.address, 4, 0, 0, 16), Errno::kInval);
  EXPECT_EQ(open(3, 0, text.address, 4, 16, 0, 16), Errno::kInval);
  EXPECT_EQ(open(3, 0, text.address, 4, 0, 32, 16), Errno::kInval);
  EXPECT_EQ(open(3, 0, Guest::kOutOfBounds, 4, 0, 0, 16), Errno::kFault);
  EXPECT_EQ(open(3, 0, text.address, 0xffffffff, 0, 0, 16), Errno::kFault);
  EXPECT_EQ(open(3, 0, text.address, Guest::kMemorySize - text.address, 0, 0, 16),
            Errno::kNametoolong);
  EXPECT_EQ(open(3, 0, text.address, 4, kOpenCreate, 0, Guest::kOutOfBounds), Errno::kFault);
  EXPECT_EQ(open(77, 0, text.address, 4, 0, 0, 16), Errno::kBadf);
  Fd file = guest_.OpenToRead("file").fd;
  EXPECT_EQ(open(file, 0, text.address, 4, 0, 0, 16), Errno::kNotdir);
  // Unknown rights are passed over.
  EXPECT_EQ(guest_.Open("file", 0, 0, 0, ~0ull).error, Errno::kSuccess);
}

TEST_P(Path, OpenBelowAnOpenedDirectory) {
  Fd directory = guest_.Open("a", kOpenDirectory).fd;
  EXPECT_EQ(guest_.Open("b/deep", 0, 0, 0, kRightFdRead, directory).error, Errno::kSuccess);
  EXPECT_EQ(guest_.Open("../file", 0, 0, 0, kRightFdRead, directory).error, Errno::kPerm);
  EXPECT_EQ(guest_.Open("b/../../file", 0, 0, 0, kRightFdRead, directory).error, Errno::kPerm);
}

TEST_P(Path, Stat) {
  ASSERT_EQ(path_.Stat("file"), Errno::kSuccess);
  EXPECT_EQ(path_.StatType(), FileType::kRegularFile);
  EXPECT_EQ(path_.StatSize(), 8u);
  ASSERT_EQ(path_.Stat("link"), Errno::kSuccess);
  EXPECT_EQ(path_.StatType(), FileType::kRegularFile);
  ASSERT_EQ(path_.Stat("link", 0), Errno::kSuccess);
  EXPECT_EQ(path_.StatType(), FileType::kSymbolicLink);
  EXPECT_EQ(path_.StatSize(), 4u);
  ASSERT_EQ(path_.Stat("dirlink/", 0), Errno::kSuccess);
  EXPECT_EQ(path_.StatType(), FileType::kDirectory);
  ASSERT_EQ(path_.Stat("dangling", 0), Errno::kSuccess);
  EXPECT_EQ(path_.Stat("dangling"), Errno::kNoent);
  EXPECT_EQ(path_.Stat("file/"), Errno::kNotdir);
  EXPECT_EQ(path_.Stat(""), Errno::kNoent);
  EXPECT_EQ(path_.Stat("file", 2), Errno::kInval);
  Guest::Text text = guest_.Put("file");
  EXPECT_EQ(PathFilestatGet(guest_.call(), 3, 0, text.address, 4, Guest::kMemorySize - 63),
            Errno::kFault);
  EXPECT_EQ(PathFilestatGet(guest_.call(), 3, 0, 0xfffffff0, 4, 16), Errno::kFault);
}

TEST_P(Path, SetTimes) {
  ASSERT_EQ(path_.SetTimes("link", 5'000'000'000, 6'000'000'000, kTimesAccess | kTimesModification),
            Errno::kSuccess);
  struct stat host;
  ASSERT_EQ(stat((guest_.root() / "file").c_str(), &host), 0);
  EXPECT_EQ(host.st_mtim.tv_sec, 6);
  // The link's own.
  ASSERT_EQ(path_.SetTimes("link", 0, 7'000'000'000, kTimesModification, 0), Errno::kSuccess);
  ASSERT_EQ(lstat((guest_.root() / "link").c_str(), &host), 0);
  EXPECT_EQ(host.st_mtim.tv_sec, 7);
  ASSERT_EQ(stat((guest_.root() / "file").c_str(), &host), 0);
  EXPECT_EQ(host.st_mtim.tv_sec, 6);
  EXPECT_EQ(path_.SetTimes("missing", 0, 0, 0), Errno::kNoent);
  EXPECT_EQ(path_.SetTimes("file", 0, 0, 0xff), Errno::kInval);
}

TEST_P(Path, CreateAndRemove) {
  EXPECT_EQ(path_.CreateDirectory("new"), Errno::kSuccess);
  EXPECT_EQ(path_.CreateDirectory("a/new/"), Errno::kSuccess);
  EXPECT_TRUE(std::filesystem::is_directory(guest_.root() / "a" / "new"));
  EXPECT_EQ(path_.CreateDirectory("new"), Errno::kExist);
  EXPECT_EQ(path_.CreateDirectory("link"), Errno::kExist);
  EXPECT_EQ(path_.CreateDirectory("dangling"), Errno::kExist);
  EXPECT_EQ(path_.CreateDirectory("."), Errno::kExist);
  EXPECT_EQ(path_.CreateDirectory("a/.."), Errno::kExist);
  EXPECT_EQ(path_.CreateDirectory("file/x"), Errno::kNotdir);
  EXPECT_EQ(path_.CreateDirectory(""), Errno::kNoent);
  EXPECT_EQ(path_.RemoveDirectory("new/"), Errno::kSuccess);
  EXPECT_EQ(path_.RemoveDirectory("a/new"), Errno::kSuccess);
  EXPECT_EQ(path_.RemoveDirectory("a"), Errno::kNotempty);
  EXPECT_EQ(path_.RemoveDirectory("file"), Errno::kNotdir);
  EXPECT_EQ(path_.RemoveDirectory("dirlink"), Errno::kNotdir);
  EXPECT_EQ(path_.RemoveDirectory("dirlink/"), Errno::kNotdir);
  EXPECT_EQ(path_.RemoveDirectory("a/b/.."), Errno::kNotempty);
  EXPECT_EQ(path_.RemoveDirectory("a/b/."), Errno::kInval);
  EXPECT_EQ(path_.Unlink("a"), Errno::kIsdir);
  EXPECT_EQ(path_.Unlink("file/"), Errno::kNotdir);
  EXPECT_EQ(path_.Unlink("missing"), Errno::kNoent);
  EXPECT_EQ(path_.Unlink("dirlink/deep"), Errno::kSuccess);
  EXPECT_EQ(path_.Unlink("link"), Errno::kSuccess);
  EXPECT_TRUE(Exists("file"));
  EXPECT_EQ(path_.Unlink("file"), Errno::kSuccess);
  EXPECT_FALSE(Exists("file"));
}

TEST_P(Path, Rename) {
  EXPECT_EQ(path_.Rename("file", "a/renamed"), Errno::kSuccess);
  EXPECT_EQ(ReadFile(guest_.root() / "a" / "renamed"), "contents");
  EXPECT_EQ(path_.Rename("a/renamed", "file"), Errno::kSuccess);
  EXPECT_EQ(path_.Rename("a/", "c/"), Errno::kSuccess);
  EXPECT_EQ(path_.Rename("c", "a"), Errno::kSuccess);
  EXPECT_EQ(path_.Rename("file/", "x"), Errno::kNotdir);
  EXPECT_EQ(path_.Rename("file", "x/"), Errno::kNotdir);
  EXPECT_EQ(path_.Rename("a", "a/b/c"), Errno::kInval);
  EXPECT_EQ(path_.Rename("missing", "x"), Errno::kNoent);
  EXPECT_EQ(path_.Rename("file", ""), Errno::kNoent);
  EXPECT_EQ(path_.Rename("file", "."), Errno::kBusy);
  EXPECT_EQ(path_.Rename("a/..", "x"), Errno::kBusy);
  // A link is renamed and replaced itself.
  EXPECT_EQ(path_.Rename("link", "moved"), Errno::kSuccess);
  EXPECT_EQ(path_.Readlink("moved"), "file");
  EXPECT_EQ(path_.Rename("file", "dirlink"), Errno::kSuccess);
  EXPECT_EQ(ReadFile(guest_.root() / "dirlink"), "contents");
}

TEST_P(Path, LinksAndSymlinks) {
  EXPECT_EQ(path_.Link("file", "a/hard"), Errno::kSuccess);
  EXPECT_EQ(ReadFile(guest_.root() / "a" / "hard"), "contents");
  EXPECT_EQ(path_.Link("file", "link"), Errno::kExist);
  EXPECT_EQ(path_.Link("a", "hard"), Errno::kPerm);
  EXPECT_EQ(path_.Link("a/", "hard"), Errno::kPerm);
  EXPECT_EQ(path_.Link("file/", "hard"), Errno::kNotdir);
  EXPECT_EQ(path_.Link("file", "hard/"), Errno::kNoent);
  EXPECT_EQ(path_.Link("link", "hardlink"), Errno::kSuccess);
  EXPECT_EQ(path_.Readlink("hardlink"), "file");
  EXPECT_EQ(path_.Link("link", "x", kLookupSymlinkFollow), Errno::kInval);

  EXPECT_EQ(path_.Symlink("../file", "a/s"), Errno::kSuccess);
  EXPECT_EQ(path_.Readlink("a/s"), "../file");
  EXPECT_EQ(path_.Readlink("a/s", 4), "../f");
  EXPECT_EQ(path_.Readlink("a/s", 0), "");
  EXPECT_EQ(guest_.Read(guest_.OpenToRead("a/s").fd), "contents");
  EXPECT_EQ(path_.Symlink("file", "link"), Errno::kExist);
  EXPECT_EQ(path_.Symlink("", "s"), Errno::kNoent);
  EXPECT_EQ(path_.Symlink("file", "s/"), Errno::kNoent);
  EXPECT_EQ(path_.Symlink(std::string_view("a\0b", 3), "s"), Errno::kInval);
  EXPECT_EQ(path_.Readlink("file"), "error: inval");
  EXPECT_EQ(path_.Readlink("a"), "error: inval");
  EXPECT_EQ(path_.Readlink("dirlink/"), "error: inval");
  EXPECT_EQ(path_.Readlink("missing"), "error: noent");
}

TEST_P(Path, HostileArgumentsOfTwoPaths) {
  Guest::Text text = guest_.Put("file");
  Call& call = guest_.call();
  constexpr Pointer kBad = Guest::kOutOfBounds;
  EXPECT_EQ(PathRename(call, 3, kBad, 4, 3, text.address, 4), Errno::kFault);
  EXPECT_EQ(PathRename(call, 3, text.address, 4, 3, text.address, 0xffffffff), Errno::kFault);
  EXPECT_EQ(PathRename(call, 3, text.address, 4, 77, text.address, 4), Errno::kBadf);
  EXPECT_EQ(PathLink(call, 3, 0, kBad, 4, 3, text.address, 4), Errno::kFault);
  EXPECT_EQ(PathLink(call, 77, 0, text.address, 4, 3, text.address, 4), Errno::kBadf);
  EXPECT_EQ(PathSymlink(call, kBad, 4, 3, text.address, 4), Errno::kFault);
  EXPECT_EQ(PathSymlink(call, text.address, 4, 3, kBad, 4), Errno::kFault);
  EXPECT_EQ(PathSymlink(call, text.address, 4, 0xffffffff, text.address, 4), Errno::kBadf);
  EXPECT_EQ(PathReadlink(call, 3, kBad, 4, Guest::kBuffer, 10, 16), Errno::kFault);
  Guest::Text link = guest_.Put("link");
  EXPECT_EQ(PathReadlink(call, 3, link.address, 4, kBad, 10, 16), Errno::kFault);
  EXPECT_EQ(PathReadlink(call, 3, link.address, 4, Guest::kBuffer, 10, kBad), Errno::kFault);
  EXPECT_EQ(PathReadlink(call, 3, link.address, 4, Guest::kBuffer, 0xffffffff, 16), Errno::kFault);
  EXPECT_EQ(PathCreateDirectory(call, 3, kBad, 2), Errno::kFault);
  EXPECT_EQ(PathRemoveDirectory(call, 3, 0, 0xffffffff), Errno::kFault);
  EXPECT_EQ(PathUnlinkFile(call, 0x80000000, link.address, 4), Errno::kBadf);
  EXPECT_EQ(PathFilestatSetTimes(call, 3, 0, kBad, 4, 0, 0, 0), Errno::kFault);
}

}  // namespace
}  // namespace wasmtier::wasi::preview1
