#include "engine/cli/output.h"

#include <gtest/gtest.h>

namespace wasmtier::cli {
namespace {

TEST(OutputTest, PrintableEscapesControlCharactersOnly) {
  EXPECT_EQ(Printable("plain\ttext\n"), "plain\ttext\n");
  EXPECT_EQ(Printable("\x1b[31m\x7f\r"), "\\x1b[31m\\x7f\\x0d");
  EXPECT_EQ(Printable(std::string_view("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(Printable("ä € 𝄞"), "ä € 𝄞");
  EXPECT_EQ(Printable("\xc2\x9b"
                      "31m"),
            "\xc2\\x9b31m")
      << "CSI as one character";
}

}  // namespace
}  // namespace wasmtier::cli
