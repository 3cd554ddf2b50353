#include "engine/cli/shell_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wasmtier::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> Words(std::string_view text) { return SplitWords(text).value(); }

TEST(ShellWordsTest, WordsAreSeparatedByWhiteSpace) {
  EXPECT_THAT(Words(""), IsEmpty());
  EXPECT_THAT(Words(" \t\n"), IsEmpty());
  EXPECT_THAT(Words("  run {wasm}\t{args} \n"), ElementsAre("run", "{wasm}", "{args}"));
}

TEST(ShellWordsTest, QuotesKeepWordsTogether) {
  EXPECT_THAT(Words("'two words' \"and two\""), ElementsAre("two words", "and two"));
  EXPECT_THAT(Words("a'b c'd"), ElementsAre("ab cd"));
  EXPECT_THAT(Words("'' \"\" x"), ElementsAre("", "", "x"));
  EXPECT_THAT(Words("'\"' \"'\""), ElementsAre("\"", "'"));
}

TEST(ShellWordsTest, ABackslashEscapes) {
  EXPECT_THAT(Words(R"(a\ b \' \\ \"x)"), ElementsAre("a b", "'", "\\", "\"x"));
  EXPECT_THAT(Words(R"("\"\\\n" '\')"), ElementsAre(R"("\\n)", "\\"));
  EXPECT_THAT(Words("end\\"), ElementsAre("end\\"));
}

TEST(ShellWordsTest, NothingIsExpanded) {
  EXPECT_THAT(Words("$HOME *.wasm ~ `x` a;b|c"),
              ElementsAre("$HOME", "*.wasm", "~", "`x`", "a;b|c"));
}

TEST(ShellWordsTest, AnOpenQuoteIsAnError) {
  for (const char* text : {"'", "a \"b", "\"a\\\"", "'a\\"}) {
    EXPECT_EQ(SplitWords(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_THAT(std::string(SplitWords(text).status().message()), HasSubstr(text));
  }
}

}  // namespace
}  // namespace wasmtier::cli
