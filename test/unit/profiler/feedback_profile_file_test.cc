#include "profiler/feedback_profile_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace wasmtier::profiler {
namespace {

using testing::HasSubstr;

FeedbackProfile Sample() {
  ModuleProfile module;
  module.module_bytes = 1234;
  module.name = "sorter";
  module.nanoseconds = 5'000'000'000;
  module.functions[3] = {.tier = runtime::Tier::kOptimizing,
                         .counted_nanoseconds = 4'000'000'000'000,
                         .calls = 4'000'000'000,
                         .loops = {7, 0},
                         .branches = {1, FunctionFeedback::kNotCounted},
                         .call_sites = {{.targets = {{5, 100}, {3, 2}}, .others = 9}, {}},
                         .optimized_loops = {0, 1}};
  module.functions[5].calls = 102;
  module.function_names = {{3, "sort \"fast\"\xc3\xa4"}, {5, ""}};
  FeedbackProfile profile;
  profile[ModuleHash::Of({})] = module;
  const uint8_t byte = 1;
  profile[ModuleHash::Of({&byte, 1})].module_bytes = 1;
  return profile;
}

std::string Error(std::string_view text) {
  const auto profile = ParseFeedbackProfile(text);
  return profile.ok() ? "no error" : std::string(profile.status().message());
}

TEST(FeedbackProfileFile, SurvivesARoundTrip) {
  const std::string text = FormatFeedbackProfile(Sample());
  const auto read = ParseFeedbackProfile(text).value();
  ASSERT_EQ(read.size(), 2u);
  for (const auto& [hash, module] : Sample()) {
    ASSERT_TRUE(read.contains(hash)) << hash.ToString();
    EXPECT_EQ(read.at(hash).functions, module.functions);
    EXPECT_EQ(read.at(hash).function_names, module.function_names);
    EXPECT_EQ(read.at(hash).module_bytes, module.module_bytes);
    EXPECT_EQ(read.at(hash).name, module.name);
    EXPECT_EQ(read.at(hash).nanoseconds, module.nanoseconds);
  }
  EXPECT_EQ(FormatFeedbackProfile(read), text);
}

TEST(FeedbackProfileFile, HasALineForEachFunction) {
  const std::string text = FormatFeedbackProfile(Sample());
  EXPECT_THAT(text, HasSubstr("\n{\"branches\":[1,null],\"call_sites\":"));
  // XXH3-128 of nothing, as the algorithm's own tests have it.
  EXPECT_THAT(text, HasSubstr("\"xxh3_128\":\"99aa06d3014798d86001c324468d497f\",\"bytes\":1234"));
}

TEST(FeedbackProfileFile, TruncatedFilesAreRefused) {
  const std::string text = FormatFeedbackProfile(Sample());
  for (size_t size = 0; size + 1 < text.size(); ++size) {  // the last byte is a newline
    EXPECT_THAT(Error(std::string_view(text).substr(0, size)),
                HasSubstr("not a profile, or only a part of one: no JSON from byte "))
        << size;
  }
}

TEST(FeedbackProfileFile, ChangedBytesDoNoHarm) {
  const std::string text = FormatFeedbackProfile(Sample());
  for (size_t i = 0; i < text.size(); ++i) {
    for (const char c : {'0', '-', '[', '"', '\\', '\xff', '\0'}) {
      std::string changed = text;
      changed[i] = c;
      const auto profile = ParseFeedbackProfile(changed);
      if (!profile.ok()) EXPECT_FALSE(profile.status().message().empty());
    }
  }
}

TEST(FeedbackProfileFile, ErrorsNameThePlace) {
  const std::string text = FormatFeedbackProfile(Sample());
  const auto with = [&](const char* from, const char* to) {
    EXPECT_THAT(text, HasSubstr(from));
    return Error(absl::StrReplaceAll(text, {{from, to}}));
  };
  EXPECT_EQ(Error("[]"), "not a profile");
  EXPECT_EQ(Error("{\"traceEvents\":[]}"), "not a profile");
  EXPECT_EQ(with("\"version\":1", "\"version\":2"),
            "a profile of version 2; only version 1 can be used");
  EXPECT_EQ(with("\"calls\":102", "\"calls\":-1"),
            "a damaged profile: modules[1].functions[1].calls: expected a number up to 4294967295");
  EXPECT_EQ(with("\"calls\":102,", ""),
            "a damaged profile: modules[1].functions[1].calls: missing");
  EXPECT_THAT(with("\"function\":5,\"loops\"", "\"function\":3,\"loops\""),
              HasSubstr("functions[1].function: more than once"));
  EXPECT_THAT(with("[0,1]", "[1,0]"), HasSubstr("functions[0].optimized_loops: not ascending"));
  EXPECT_THAT(with("[0,1]", "[0,2]"), HasSubstr("there is no loop 2"));
  EXPECT_THAT(with("optimizing", "best"), HasSubstr("tier: expected baseline or optimizing"));
  EXPECT_THAT(with("99aa06", "99AA06"), HasSubstr("xxh3_128: expected 32 hexadecimal digits"));
  const std::string target = "{\"calls\":2,\"function\":3}";
  EXPECT_THAT(
      with(target.c_str(), absl::StrCat(target, ",", target, ",", target, ",", target).c_str()),
      HasSubstr("call_sites[0].targets: too many"));
}

TEST(FeedbackProfileFile, DeepAndWideTextsAreRefused) {
  const std::string deep(1'000'000, '[');
  EXPECT_THAT(Error(deep), HasSubstr("not a profile"));
  std::string balanced = deep;
  balanced.append(deep.size(), ']');
  EXPECT_THAT(Error(balanced), HasSubstr("too deep in each other"));
}

class ProfileFile : public testing::Test {
 protected:
  ~ProfileFile() override { unlink(path_.c_str()); }
  std::string Contents() {
    std::ifstream file(path_);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  const std::string path_ = absl::StrCat(testing::TempDir(), "/profile_test-", getpid());
};

TEST_F(ProfileFile, IsReplacedAsAWhole) {
  std::ofstream(path_) << std::string(100'000, 'x');
  ASSERT_TRUE(WriteFeedbackProfile(path_, Sample()).ok());
  EXPECT_EQ(Contents(), FormatFeedbackProfile(Sample()));
  EXPECT_EQ(FormatFeedbackProfile(ReadFeedbackProfile(path_).value()), Contents());
}

TEST_F(ProfileFile, ErrorsNameThePath) {
  EXPECT_THAT(std::string(ReadFeedbackProfile("/nowhere/x").status().message()),
              HasSubstr("cannot read the profile /nowhere/x"));
  EXPECT_THAT(std::string(ReadFeedbackProfile("/tmp").status().message()),
              HasSubstr("cannot read the profile /tmp"));
  EXPECT_THAT(std::string(WriteFeedbackProfile("/nowhere/x", {}).message()),
              HasSubstr("cannot write the profile /nowhere/x"));
  EXPECT_THAT(std::string(WriteFeedbackProfile("/dev/full", Sample()).message()),
              HasSubstr("cannot write the profile /dev/full"));
  std::ofstream(path_) << "{\"format\":";
  EXPECT_THAT(std::string(ReadFeedbackProfile(path_).status().message()),
              HasSubstr(absl::StrCat(path_, ": not a profile, or only a part of one")));
}

}  // namespace
}  // namespace wasmtier::profiler
