// No path leads out of the preopen, whichever way it is resolved and whatever is done with it.
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <thread>

#include "test/unit/wasi/guest.h"

namespace wasmtier::wasi::preview1 {
namespace {

class Escape : public testing::TestWithParam<Resolver> {
 protected:
  Escape() : guest_(GetParam()), path_(guest_) {
    std::filesystem::path root = guest_.root();
    std::filesystem::create_directories(root / "a" / "b");
    WriteFile(root / "file", "contents");
    std::filesystem::create_symlink("..", root / "up");
    std::filesystem::create_symlink("../secret", root / "up_file");
    std::filesystem::create_symlink("a/b/../../..", root / "around");
    std::filesystem::create_symlink("../../..", root / "a" / "b" / "up3");
    std::filesystem::create_symlink("/", root / "absolute");
    std::filesystem::create_symlink(guest_.outside() / "secret", root / "absolute_file");
    std::filesystem::create_symlink(root / "file", root / "absolute_inside");
    std::filesystem::create_symlink("chain2", root / "chain1");
    std::filesystem::create_symlink("a/../chain3", root / "chain2");
    std::filesystem::create_symlink("up/secret", root / "chain3");
    std::filesystem::create_symlink("../created", root / "dangling_out");
  }
  ~Escape() override {
    EXPECT_EQ(ReadFile(guest_.outside() / "secret"), "secret");
    EXPECT_FALSE(std::filesystem::exists(guest_.outside() / "created"));
    size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(guest_.outside())) {
      (void)entry;
      ++count;
    }
    EXPECT_EQ(count, 2u) << "only the secret and the preopen";
  }

  Guest guest_;
  PathCalls path_;
};

INSTANTIATE_TEST_SUITE_P(Resolvers, Escape, testing::Values(Resolver::kKernel, Resolver::kWalk),
                         [](const auto& info) {
                           return info.param == Resolver::kKernel ? "Kernel" : "Walk";
                         });

// Paths to the secret.
constexpr const char* kWaysOut[] = {
    "../secret",
    "./../secret",
    "a/../../secret",
    "a/b/../../../secret",
    "..//secret",
    "up/secret",
    "up/../secret",
    "around/secret",
    "a/b/up3/secret",
    "up_file",
    "absolute_file",
    "absolute/etc/passwd",
    "chain1",
    "/etc/passwd",
    "//etc/passwd",
    "/",
    "../preopen/file",
    "up/preopen/file",
    "absolute_inside",
    "a/../../preopen/file",
    "../../../../../../../../etc/passwd",
};

TEST_P(Escape, NothingIsOpenedOrSeen) {
  for (const char* way : kWaysOut) {
    EXPECT_EQ(guest_.OpenToRead(way).error, Errno::kPerm) << way;
    EXPECT_EQ(guest_.Open(way).error, Errno::kPerm) << way;
    EXPECT_EQ(guest_.Open(way, kOpenCreate).error, Errno::kPerm) << way;
    EXPECT_EQ(guest_.Open(way, kOpenCreate | kOpenTruncate).error, Errno::kPerm) << way;
    EXPECT_EQ(path_.Stat(way), Errno::kPerm) << way;
    EXPECT_EQ(path_.SetTimes(way, 0, 0, kTimesAccess), Errno::kPerm) << way;
  }
  for (const char* way : {"..", "../", "../.", "a/../..", "up", "up/", "up/.", "around", "absolute",
                          "absolute/", "a/b/up3", "../preopen", "a/../../preopen"}) {
    EXPECT_EQ(guest_.Open(way, kOpenDirectory).error, Errno::kPerm) << way;
    EXPECT_EQ(path_.Stat(way), Errno::kPerm) << way;
  }
  // Not followed, but the slash at the end follows.
  EXPECT_EQ(path_.Stat("up/", 0), Errno::kPerm);
  EXPECT_EQ(path_.Stat("..", 0), Errno::kPerm);
  EXPECT_EQ(path_.Readlink(".."), "error: perm");
}

TEST_P(Escape, NothingIsCreatedOrRemoved) {
  for (const char* way : {"../created", "a/../../created", "up/created", "around/created",
                          "a/b/up3/created", "/created", "absolute/created"}) {
    EXPECT_EQ(guest_.Open(way, kOpenCreate | kOpenExclusive).error, Errno::kPerm) << way;
    EXPECT_EQ(path_.CreateDirectory(way), Errno::kPerm) << way;
    EXPECT_EQ(path_.Symlink("x", way), Errno::kPerm) << way;
    EXPECT_EQ(path_.Link("file", way), Errno::kPerm) << way;
    EXPECT_EQ(path_.Rename("file", way), Errno::kPerm) << way;
  }
  for (const char* way : {"../secret", "a/../../secret", "up/secret", "around/secret",
                          "a/b/up3/secret", "/etc/passwd", "absolute/etc/passwd"}) {
    EXPECT_EQ(path_.Unlink(way), Errno::kPerm) << way;
    EXPECT_EQ(path_.Rename(way, "stolen"), Errno::kPerm) << way;
    EXPECT_EQ(path_.Link(way, "stolen"), Errno::kPerm) << way;
    EXPECT_EQ(path_.RemoveDirectory(way), Errno::kPerm) << way;
    EXPECT_EQ(path_.Readlink(way), "error: perm") << way;
  }
  for (const char* way : {"..", "../", "up/..", "a/../..", "../../preopen", "/"}) {
    EXPECT_EQ(path_.CreateDirectory(way), Errno::kPerm) << way;
    EXPECT_EQ(path_.RemoveDirectory(way), Errno::kPerm) << way;
    EXPECT_EQ(path_.Unlink(way), Errno::kPerm) << way;
    EXPECT_EQ(path_.Rename(way, "stolen"), Errno::kPerm) << way;
    EXPECT_EQ(path_.Rename("a", way), Errno::kPerm) << way;
    EXPECT_EQ(path_.Link(way, "stolen"), Errno::kPerm) << way;
    EXPECT_EQ(path_.Symlink("x", way), Errno::kPerm) << way;
  }
}

TEST_P(Escape, LinksOutAreNotFollowedByWhatWorksOnLinks) {
  EXPECT_EQ(guest_.Open("dangling_out", kOpenCreate).error, Errno::kPerm);
  EXPECT_EQ(path_.Link("up/", "stolen"), Errno::kPerm);
  EXPECT_EQ(path_.Readlink("up_file"), "../secret");
  EXPECT_EQ(path_.Stat("up_file", 0), Errno::kSuccess);
  EXPECT_EQ(path_.StatType(), FileType::kSymbolicLink);
  EXPECT_EQ(path_.SetTimes("up_file", 0, 0, kTimesAccess, 0), Errno::kSuccess);
  // The links themselves are renamed, linked, removed.
  EXPECT_EQ(path_.Link("up_file", "up_file2"), Errno::kSuccess);
  EXPECT_EQ(path_.Readlink("up_file2"), "../secret");
  EXPECT_EQ(path_.Rename("up_file", "up_file2"), Errno::kSuccess);
  EXPECT_EQ(path_.Rename("file", "up_file2"), Errno::kSuccess);
  EXPECT_EQ(path_.Unlink("absolute_file"), Errno::kSuccess);
  EXPECT_EQ(path_.Unlink("up"), Errno::kSuccess);
}

TEST_P(Escape, LinksThatTheGuestMakesLeadNowhere) {
  EXPECT_EQ(path_.Symlink("/etc/passwd", "l"), Errno::kPerm);
  EXPECT_EQ(path_.Symlink("/", "l"), Errno::kPerm);
  EXPECT_EQ(path_.Symlink("../secret", "l"), Errno::kSuccess);
  EXPECT_EQ(guest_.OpenToRead("l").error, Errno::kPerm);
  EXPECT_EQ(path_.Symlink("../../secret", "a/l"), Errno::kSuccess);
  EXPECT_EQ(guest_.OpenToRead("a/l").error, Errno::kPerm);
  // Good where it was made, not where it is moved to.
  EXPECT_EQ(path_.Symlink("../file", "a/good"), Errno::kSuccess);
  EXPECT_EQ(guest_.Read(guest_.OpenToRead("a/good").fd), "contents");
  EXPECT_EQ(path_.Rename("a/good", "bad"), Errno::kSuccess);
  EXPECT_EQ(guest_.OpenToRead("bad").error, Errno::kPerm);
}

// /proc/self/root and the like are no paths, but doors.
TEST_P(Escape, LinksOfProc) {
  Guest guest(GetParam(), Config{.preopens = {{"/proc", "/proc", true}}});
  std::string cwd = "self/cwd";
  for (std::string_view way : {"self/root/etc/passwd", "self/root/", "self/cwd/", "self/exe",
                               "self/fd/0", "thread-self/root/etc"}) {
    Errno error = guest.OpenToRead(way).error;
    EXPECT_TRUE(error == Errno::kPerm || error == Errno::kLoop || error == Errno::kNoent)
        << way << ": " << Name(error);
  }
  // An ordinary link of /proc works.
  EXPECT_EQ(guest.OpenToRead("self/status").error, Errno::kSuccess);
}

TEST_P(Escape, RenamingADirectoryAwayGivesNothing) {
  Fd inner = guest_.Open("a/b", kOpenDirectory).fd;
  // The host moves the open directory out of the preopen: ".." is still refused.
  std::filesystem::rename(guest_.root() / "a" / "b", guest_.outside() / "moved");
  EXPECT_EQ(guest_.Open("../secret", 0, 0, 0, kRightFdRead, inner).error, Errno::kPerm);
  std::filesystem::rename(guest_.outside() / "moved", guest_.root() / "a" / "b");
}

// A link that leads out takes a directory's place over and over while paths go through it.
TEST_P(Escape, RaceWithALink) {
  std::filesystem::path root = guest_.root();
  std::filesystem::create_directory(root / "real");
  WriteFile(root / "real" / "secret", "inside");
  std::filesystem::create_symlink("..", root / "fake");
  std::atomic<bool> stop = false;
  std::thread swapper([&] {
    while (!stop) {
      syscall(SYS_renameat2, AT_FDCWD, (root / "real").c_str(), AT_FDCWD, (root / "fake").c_str(),
              /*RENAME_EXCHANGE*/ 2);
    }
  });
  int opened = 0;
  for (int i = 0; i < 3000; ++i) {
    auto [error, fd] = guest_.OpenToRead("real/secret");
    if (error != Errno::kSuccess) {
      EXPECT_TRUE(error == Errno::kPerm || error == Errno::kNoent || error == Errno::kNotdir ||
                  error == Errno::kLoop)
          << Name(error);
    } else {
      ++opened;
      EXPECT_EQ(guest_.Read(fd), "inside");
      FdClose(guest_.call(), fd);
    }
    Errno error2 = path_.Unlink("real/created");
    EXPECT_NE(error2, Errno::kSuccess);
  }
  stop = true;
  swapper.join();
  RecordProperty("opened", opened);
}

// As a container's filter of system calls does: openat2 fails with `error` from now on.
bool ForbidOpenat2(int error) {
  const auto refusal = static_cast<uint32_t>(SECCOMP_RET_ERRNO | error);
  sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, refusal),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  sock_fprog program = {static_cast<unsigned short>(std::size(filter)), filter};  // NOLINT
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

bool IsSafeWithoutOpenat2(int error) {
  if (!ForbidOpenat2(error)) return true;  // filters are forbidden here themselves
  Guest guest(Resolver::kAuto);
  WriteFile(guest.root() / "file", "contents");
  std::filesystem::create_symlink("..", guest.root() / "up");
  return guest.Read(guest.OpenToRead("./file").fd) == "contents" &&
         guest.OpenToRead("../secret").error == Errno::kPerm &&
         guest.OpenToRead("up/secret").error == Errno::kPerm;
}

TEST(EscapeDeathTest, KernelsAndContainersWithoutOpenat2) {
  for (int error : {ENOSYS, EPERM}) {
    EXPECT_EXIT(std::_Exit(IsSafeWithoutOpenat2(error) ? 0 : 1), testing::ExitedWithCode(0), "");
  }
}

}  // namespace
}  // namespace wasmtier::wasi::preview1
