#include "wasi/preview1/errno.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>

namespace wasmtier::wasi::preview1 {
namespace {

// Codes of wasi-libc's wasi/api.h, which guests are compiled with.
TEST(Errno, CodesAreThoseOfTheApi) {
  EXPECT_EQ(static_cast<int>(Errno::kBadf), 8);
  EXPECT_EQ(static_cast<int>(Errno::kFault), 21);
  EXPECT_EQ(static_cast<int>(Errno::kInval), 28);
  EXPECT_EQ(static_cast<int>(Errno::kNoent), 44);
  EXPECT_EQ(static_cast<int>(Errno::kNosys), 52);
  EXPECT_EQ(static_cast<int>(Errno::kNotsup), 58);
  EXPECT_EQ(static_cast<int>(Errno::kPerm), 63);
  EXPECT_EQ(static_cast<int>(Errno::kSpipe), 70);
  EXPECT_EQ(static_cast<int>(Errno::kNotcapable), 76);
}

// E.g. ENOENT <-> "noent": a row cannot stand in the wrong place.
TEST(Errno, EachRowMapsLinuxToItsOwnName) {
  int rows = 0;
#define WASI_ERRNO(enumerator, linux_errno, name)                                    \
  EXPECT_EQ(FromLinux(linux_errno), Errno::enumerator) << name;                      \
  EXPECT_EQ(Name(Errno::enumerator), name);                                          \
  EXPECT_EQ(strcasecmp(#linux_errno, (std::string("E") + name).c_str()), 0) << name; \
  EXPECT_EQ(strcasecmp(#enumerator, (std::string("k") + name).c_str()), 0) << name;  \
  ++rows;
#include "wasi/preview1/errno.def"
  EXPECT_EQ(rows, 75);
}

TEST(Errno, UnknownToPreview1IsAnInputOutputError) {
  EXPECT_EQ(FromLinux(EUCLEAN), Errno::kIo);
  EXPECT_EQ(FromLinux(0), Errno::kSuccess);
  EXPECT_EQ(FromLinux(EWOULDBLOCK), Errno::kAgain);
  EXPECT_EQ(FromLinux(EOPNOTSUPP), Errno::kNotsup);
}

}  // namespace
}  // namespace wasmtier::wasi::preview1
