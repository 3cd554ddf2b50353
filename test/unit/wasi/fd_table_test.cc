#include "wasi/preview1/fd_table.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <memory>

namespace wasmtier::wasi::preview1 {
namespace {

std::shared_ptr<Descriptor> MakeStream(Rights base = kAllRights) {
  return std::make_shared<Descriptor>(HostFd::Borrow(0), FileType::kUnknown, base, 0);
}

Fd Insert(FdTable& table) { return *table.Insert(MakeStream()); }

TEST(FdTable, TakesTheLowestFreeNumber) {
  FdTable table;
  for (Fd i = 0; i < 5; ++i) EXPECT_EQ(Insert(table), i);
  EXPECT_EQ(table.Close(3), Errno::kSuccess);
  EXPECT_EQ(table.Close(1), Errno::kSuccess);
  EXPECT_EQ(Insert(table), 1u);
  EXPECT_EQ(Insert(table), 3u);
  EXPECT_EQ(Insert(table), 5u);
}

TEST(FdTable, RefusesNumbersThatAreNotInUse) {
  FdTable table;
  Insert(table);
  Insert(table);
  EXPECT_EQ(table.Close(1), Errno::kSuccess);
  for (Fd fd : {1u, 2u, 1000u, 0x7fffffffu, 0x80000000u, 0xffffffffu}) {
    EXPECT_EQ(table.Get(fd).error(), Errno::kBadf) << fd;
    EXPECT_EQ(table.Close(fd), Errno::kBadf) << fd;
    EXPECT_EQ(table.Renumber(fd, 0), Errno::kBadf) << fd;
    EXPECT_EQ(table.Renumber(0, fd), Errno::kBadf) << fd;
  }
}

TEST(FdTable, IsBounded) {
  FdTable table;
  for (size_t i = 0; i < FdTable::kMaximumDescriptors; ++i) Insert(table);
  EXPECT_EQ(table.Insert(MakeStream()).error(), Errno::kMfile);
  EXPECT_EQ(table.Close(100), Errno::kSuccess);
  EXPECT_EQ(Insert(table), 100u);
}

TEST(FdTable, ChecksRights) {
  FdTable table;
  ASSERT_TRUE(table.Insert(MakeStream(kRightFdRead | kRightFdTell)).ok());
  EXPECT_TRUE(table.Get(0, kRightFdRead).ok());
  EXPECT_TRUE(table.Get(0, kRightFdRead | kRightFdTell).ok());
  EXPECT_EQ(table.Get(0, kRightFdRead | kRightFdWrite).error(), Errno::kNotcapable);
  EXPECT_EQ(table.GetDirectory(0, kRightFdWrite).error(), Errno::kNotdir);
}

TEST(FdTable, RenumberMovesAndCloses) {
  FdTable table;
  auto first = MakeStream();
  auto second = MakeStream();
  std::weak_ptr<Descriptor> closed = second;
  ASSERT_TRUE(table.Insert(first).ok());
  ASSERT_TRUE(table.Insert(std::move(second)).ok());
  EXPECT_EQ(table.Renumber(0, 1), Errno::kSuccess);
  EXPECT_TRUE(closed.expired());
  EXPECT_EQ(table.Get(0).error(), Errno::kBadf);
  EXPECT_EQ(*table.Get(1), first);
  EXPECT_EQ(table.Renumber(1, 1), Errno::kSuccess);
  EXPECT_EQ(*table.Get(1), first);
  EXPECT_EQ(Insert(table), 0u);
}

TEST(FdTable, ClosesWhatItOwnsWhenTheLastUseEnds) {
  int owned = open("/dev/null", O_RDONLY | O_CLOEXEC);
  ASSERT_GE(owned, 0);
  FdTable table;
  auto descriptor =
      std::make_shared<Descriptor>(HostFd::Own(owned), FileType::kCharacterDevice, 0, 0);
  ASSERT_TRUE(table.Insert(descriptor).ok());
  EXPECT_EQ(table.Close(0), Errno::kSuccess);
  EXPECT_GE(fcntl(owned, F_GETFD), 0);
  descriptor.reset();
  EXPECT_LT(fcntl(owned, F_GETFD), 0);
}

}  // namespace
}  // namespace wasmtier::wasi::preview1
