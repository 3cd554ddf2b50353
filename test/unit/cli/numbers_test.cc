#include "engine/cli/numbers.h"

#include <gtest/gtest.h>

namespace wasmtier::cli {
namespace {

TEST(NumbersTest, BytesHaveUnits) {
  EXPECT_EQ(ParseBytes("--x", "0").value(), 0u);
  EXPECT_EQ(ParseBytes("--x", "65536").value(), 65536u);
  EXPECT_EQ(ParseBytes("--x", "64K").value(), 65536u);
  EXPECT_EQ(ParseBytes("--x", "3m").value(), 3u << 20);
  EXPECT_EQ(ParseBytes("--x", "1G").value(), 1u << 30);
  EXPECT_EQ(ParseBytes("--x", "17179869183G").value(), uint64_t{17179869183} << 30);
  for (const char* text :
       {"", "K", "-1", "1.5M", "1T", "1KB", " 1", "17179869184G", "18446744073709551616"}) {
    EXPECT_FALSE(ParseBytes("--x", text).ok()) << text;
  }
}

TEST(NumbersTest, Counts) {
  EXPECT_EQ(ParseCount("--x", "18446744073709551615").value(), UINT64_MAX);
  for (const char* text : {"", "1K", "-1", "0x1", "18446744073709551616"}) {
    EXPECT_EQ(ParseCount("--x", text).status().message(),
              std::string("--x: not a number: ") + text);
  }
}

}  // namespace
}  // namespace wasmtier::cli
