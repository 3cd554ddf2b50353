#include "runtime/base/utf8.h"

#include <gtest/gtest.h>

#include <string_view>

namespace wasmtier::runtime {
namespace {

bool IsValid(std::string_view text) {
  return IsValidUtf8({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
}

TEST(Utf8, Valid) {
  for (std::string_view text : {"", "a", "a name of more than eight bytes", "\xc2\x80", "\xdf\xbf",
                                "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xf0\x90\x80\x80",
                                "\xf4\x8f\xbf\xbf", "12345678\xc3\xa4 12345678"}) {
    EXPECT_TRUE(IsValid(text)) << text;
  }
  EXPECT_TRUE(IsValid(std::string_view("\0", 1)));
}

TEST(Utf8, Invalid) {
  for (std::string_view text :
       {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2 ", "\xe0\x9f\xbf", "\xe1\x80",
        "\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
        "\xf8\x88\x80\x80\x80", "\xff", "1234567\xff", "12345678\xc3"}) {
    EXPECT_FALSE(IsValid(text)) << text;
  }
}

}  // namespace
}  // namespace wasmtier::runtime
