#include "test/spec/expectations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wasmtier::spec {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto kMustFail = Expectations::Listed::kMustFail;
constexpr auto kMayFail = Expectations::Listed::kMayFail;

CommandResult Passed(int line) { return {line, Verdict::kPassed, ""}; }
CommandResult FailedAt(int line) { return {line, Verdict::kFailed, "it broke"}; }

Expectations Parse(std::string_view text) {
  absl::StatusOr<Expectations> expectations = Expectations::Parse(text);
  EXPECT_TRUE(expectations.ok()) << expectations.status();
  return expectations.ok() ? *std::move(expectations) : Expectations();
}

TEST(Expectations, UnlistedFailureIsADifference) {
  Expectations none = Parse("# nothing\n\n");
  EXPECT_THAT(none.Check("core/a", {Passed(1), Passed(2)}, kMustFail), IsEmpty());
  EXPECT_THAT(none.Check("core/a", {Passed(1), FailedAt(2)}, kMustFail),
              ElementsAre("core/a:2: it broke"));
}

TEST(Expectations, ListedFailureThatPassesIsADifference) {
  Expectations expectations = Parse("core/a:2 gc\n");
  EXPECT_THAT(expectations.Check("core/a", {Passed(1), FailedAt(2)}, kMustFail), IsEmpty());
  EXPECT_THAT(expectations.Check("core/a", {Passed(1), Passed(2)}, kMustFail),
              ElementsAre(HasSubstr("core/a:2: listed as failing (gc), but passes")));
}

TEST(Expectations, SkippedIsNeitherPassedNorFailed) {
  Expectations expectations = Parse("core/a:2 gc\n");
  EXPECT_THAT(expectations.Check("core/a", {{2, Verdict::kSkipped, ""}}, kMustFail),
              ElementsAre(HasSubstr("listed as failing")));
  EXPECT_THAT(expectations.Check("core/b", {{2, Verdict::kSkipped, ""}}, kMustFail), IsEmpty());
}

TEST(Expectations, WholeScriptFailsAsOftenAsListed) {
  Expectations expectations = Parse("core/a 2 simd execution\ncore/a:9 other\n");
  EXPECT_THAT(expectations.Check("core/a", {FailedAt(1), FailedAt(2), FailedAt(9)}, kMustFail),
              IsEmpty());
  EXPECT_THAT(expectations.Check("core/a", {Passed(1), FailedAt(2), FailedAt(9)}, kMustFail),
              ElementsAre("core/a: 2 commands are listed as failing (simd execution), but 1 fail",
                          "core/a:2: it broke"));
}

TEST(Expectations, OtherModesMayPassMoreButNotFailMore) {
  Expectations expectations = Parse("core/a 2 simd execution\ncore/b:1 gc\n");
  EXPECT_THAT(expectations.Check("core/a", {Passed(1), FailedAt(2)}, kMayFail), IsEmpty());
  EXPECT_THAT(expectations.Check("core/b", {Passed(1)}, kMayFail), IsEmpty());
  EXPECT_THAT(expectations.Check("core/b", {FailedAt(2)}, kMayFail),
              ElementsAre("core/b:2: it broke"));
  EXPECT_THAT(expectations.Check("core/a", {FailedAt(1), FailedAt(2), FailedAt(3)}, kMayFail),
              testing::SizeIs(4));
}

TEST(Expectations, RefusesMalformedLines) {
  for (const char* text : {"core/a", "core/a reason", "core/a 3", "core/a 0 reason", "core/a:1",
                           "core/a:x reason", "core/a:1 x\ncore/a:1 y", "core/a 1 x\ncore/a 2 x"}) {
    EXPECT_FALSE(Expectations::Parse(text).ok()) << text;
  }
}

}  // namespace
}  // namespace wasmtier::spec
