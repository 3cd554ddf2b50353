#include "test/spec/suite.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "test/spec/report.h"

namespace wasmtier::spec {
namespace {

namespace fs = std::filesystem;

class SuiteTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / ("suite_test_" + std::to_string(getpid()));
    fs::create_directories(folder_ / "packed");
    unsetenv("WASM_TIER_SPEC");
  }
  void TearDown() override { fs::remove_all(folder_); }

  void WriteManifest() {
    std::ofstream(folder_ / "packed" / "manifest.json")
        << R"([{"script": "a.wast", "json": "core/a/a.json", "group": "g", "features": ["simd"]}])";
  }

  fs::path folder_;
};

TEST_F(SuiteTest, MayBeAbsent) {
  EXPECT_FALSE(FindSuite(folder_ / "no" / "repository").has_value());
  fs::create_directories(folder_ / "shared" / "spec");
  std::ofstream(folder_ / "shared" / "spec" / "spec-json.tar.zst") << "archive";
  fs::create_directories(folder_ / "main");
  EXPECT_TRUE(FindSuite(folder_ / "main").has_value());
  setenv("WASM_TIER_SPEC", "/no/such/place", 1);
  EXPECT_FALSE(FindSuite(folder_ / "main").has_value());
}

TEST_F(SuiteTest, ReadsAFolderWithoutUnpacking) {
  WriteManifest();
  setenv("WASM_TIER_SPEC", (folder_ / "packed").c_str(), 1);
  std::optional<fs::path> found = FindSuite("/");
  ASSERT_TRUE(found.has_value());
  absl::StatusOr<fs::path> folder = Unpack(*found, folder_ / "unpacked");
  ASSERT_TRUE(folder.ok());
  absl::StatusOr<Suite> suite = ReadSuite(*folder);
  ASSERT_TRUE(suite.ok()) << suite.status();
  ASSERT_EQ(suite->scripts.size(), 1u);
  EXPECT_EQ(suite->scripts[0].name, "core/a");
  EXPECT_EQ(suite->scripts[0].group, "g");
  EXPECT_EQ(suite->scripts[0].json, folder_ / "packed" / "core/a/a.json");
}

TEST_F(SuiteTest, UnpacksAnArchiveOnce) {
  WriteManifest();
  fs::path archive = folder_ / "suite.tar.zst";
  std::string command =
      "tar -C '" + folder_.string() + "' -c packed | zstd -q -o '" + archive.string() + "'";
  ASSERT_EQ(std::system(command.c_str()), 0);
  absl::StatusOr<fs::path> folder = Unpack(archive, folder_ / "unpacked");
  ASSERT_TRUE(folder.ok()) << folder.status();
  EXPECT_TRUE(ReadSuite(*folder).ok());
  std::ofstream(*folder / "mark") << "kept";
  ASSERT_TRUE(Unpack(archive, folder_ / "unpacked").ok());
  EXPECT_TRUE(fs::exists(*folder / "mark"));
  // Another archive at the same place replaces it.
  fs::last_write_time(archive, fs::last_write_time(archive) + std::chrono::seconds(5));
  ASSERT_TRUE(Unpack(archive, folder_ / "unpacked").ok());
  EXPECT_FALSE(fs::exists(*folder / "mark"));
}

TEST_F(SuiteTest, RefusesWhatIsNoArchive) {
  std::ofstream(folder_ / "x.tar.zst") << "nothing";
  EXPECT_FALSE(Unpack(folder_ / "x.tar.zst", folder_ / "unpacked").ok());
  EXPECT_FALSE(Unpack(folder_ / "none.tar.zst", folder_ / "unpacked").ok());
  EXPECT_FALSE(ReadSuite(folder_).ok());
}

TEST(Report, CountsByGroupAndSuggestsExpectations) {
  Report report;
  SuiteScript script{"core/a", "g", {}, {}};
  std::vector<CommandResult> results = {
      {1, Verdict::kPassed, ""},
      {2, Verdict::kSkipped, "text"},
      {3, Verdict::kFailed, "module: needs feature gc, simd: what (at offset 3)"}};
  report.Add(script, results, Expectations(), Expectations::Listed::kMustFail);
  EXPECT_EQ(ToString(report.total()), "1 passed, 1 failed, 1 skipped");
  EXPECT_EQ(report.differences().size(), 1u);
  EXPECT_EQ(SuggestExpectations(script, results), "core/a:3 gc, simd\n");
}

}  // namespace
}  // namespace wasmtier::spec
