#include "engine/cli/bench/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "engine/cli/bench/progress.h"
#include "engine/cli/bench/svg.h"
#include "engine/cli/bench/tables.h"

namespace wasmtier::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

ProcessTimes Run(double wall, std::optional<double> first_output = std::nullopt) {
  return {.wall = wall, .cpu = wall / 2, .first_output = first_output, .peak_kilobytes = 2048};
}

// A native twin, a tier and another engine, three rounds.
FileReport Sample() {
  FileReport file{.file = "a.wasm", .bytes = 10, .args = {"5"}, .processes = {}, .tiers = {}};
  file.processes = {
      {"native", ProcessKind::kNative, {Run(0.1, 0.05), Run(0.2, 0.1), Run(0.1, 0.1)}},
      {"auto", ProcessKind::kTier, {Run(0.2), Run(0.2, 0.1), Run(0.3)}},
      {"other", ProcessKind::kOther, {Run(1), Run(1), Run(1)}}};
  InProcessSeries tier{.name = "auto"};
  tier.curve.runs = {{.begin = 0.001, .end = 0.101, .cpu = 0.1},
                     {.begin = 0.101, .end = 0.151, .cpu = 0.05},
                     {.begin = 0.151, .end = 0.201, .cpu = 0.05}};
  tier.warm_up = {{.wall = 0.1, .cpu = 0.1}, {.wall = 0.05, .cpu = 0.05}};
  tier.runs = {
      {.wall = 0.05, .cpu = 0.05}, {.wall = 0.06, .cpu = 0.05}, {.wall = 0.05, .cpu = 0.05}};
  tier.loads = {0.001, 0.002, 0.001};
  file.tiers = {tier};
  return file;
}

TEST(BenchReportTest, RatiosAreToTheTwinAndToOtherEngines) {
  const Table table = ProcessTable(Sample());
  EXPECT_THAT(table.columns, ElementsAre("", "wall ms", "CPU ms", "first output ms", "peak MB",
                                         "wall / native", "wall / other"));
  EXPECT_THAT(table.rows[0], ElementsAre("native", "100.0 (100.0..200.0)", "50.00 (50.00..100.00)",
                                         "100.0", "2.0", "-", "0.10 (0.10..0.20)"));
  // One of its runs wrote nothing.
  EXPECT_EQ(table.rows[1][3], "-");
  EXPECT_EQ(table.rows[1][5], "2.00 (1.00..3.00)");
  EXPECT_EQ(table.rows[2][6], "-");
}

TEST(BenchReportTest, WarmFiguresAreComparedWithTheTwinOnly) {
  const Table table = InProcessTable(Sample());
  EXPECT_EQ(table.columns.back(), "CPU / native");
  EXPECT_THAT(table.rows[0], ElementsAre("auto", "50.00 (50.00..50.00)", "50.00 (50.00..60.00)",
                                         "1.000", "0.000", "100.0", "101.0", "1.00 (0.50..1.00)"));
  FileReport alone = Sample();
  alone.processes.clear();
  EXPECT_EQ(InProcessTable(alone).columns.back(), "time to peak ms");
}

TEST(BenchReportTest, SummaryIsTheGeometricMeanOverFiles) {
  BenchReport report;
  report.files = {Sample(), Sample()};
  for (ProcessTimes& run : report.files[1].processes[1].runs) run.wall *= 4;
  const Table table = SummaryTable(report);
  EXPECT_THAT(table.rows, ElementsAre(ElementsAre("auto / native", "4.00", "1.00"),
                                      ElementsAre("other / native", "10.00", "-"),
                                      ElementsAre("native / other", "0.10", "-"),
                                      ElementsAre("auto / other", "0.40", "-")));
}

TEST(BenchReportTest, TextIsAligned) {
  const Table table{.title = "t", .columns = {"", "a", "long"}, .rows = {{"x", "123", "1"}}};
  EXPECT_EQ(table.AsText(), "t\n       a  long\n  x  123     1\n");
}

TEST(BenchReportTest, TimesHaveFourDigits) {
  EXPECT_EQ(Milliseconds(0.0000124), "0.012");
  EXPECT_EQ(Milliseconds(0.0123456), "12.35");
  EXPECT_EQ(Milliseconds(0.123456), "123.5");
  EXPECT_EQ(Milliseconds(12.3456), "12346");
}

TEST(BenchReportTest, JsonReadsBackAsItWasWritten) {
  BenchReport report;
  report.machine.processor = "a \"processor\"";
  report.runs = 3;
  report.files = {Sample()};
  report.failed = {{.file = "b\xff.wasm", .exit_code = 5}};
  const std::string text = AsJson(report);
  const auto json = nlohmann::ordered_json::parse(text);
  EXPECT_EQ(json.dump(1) + "\n", text);
  EXPECT_EQ(json["machine"]["processor"], report.machine.processor);
  EXPECT_TRUE(json["engine"]["llvm"].is_null());
  const auto& own = json["files"][0]["programs"]["auto"];
  EXPECT_EQ(own["process"]["runs"]["wall"], std::vector<double>({0.2, 0.2, 0.3}));
  EXPECT_EQ(own["process"]["ratios"]["native"]["wall"]["median"], 2);
  EXPECT_EQ(own["in_process"]["time_to_peak"], 0.101);
  EXPECT_EQ(json["failed"][0]["exit_code"], 5);
}

TEST(BenchReportTest, NamesCannotBreakTheHtml) {
  EXPECT_EQ(Escaped("<a href='x'>&\"\x1b"), "&lt;a href=&#39;x&#39;&gt;&amp;&quot;\\x1b");
  BenchReport report;
  report.files = {Sample()};
  report.files[0].file = "<script>";
  report.files[0].processes[2].name = "\"><script>";
  report.files[0].tiers[0].curve.events.all = {
      {.kind = TierEvent::Kind::kPublished, .tier = "optimizing", .name = "<script>"}};
  report.failed = {{.file = "<script>", .exit_code = 5}};
  EXPECT_THAT(AsHtml(report), Not(HasSubstr("<script>")));
  EXPECT_THAT(AsHtml(report), HasSubstr("&lt;script&gt;"));
}

TEST(BenchReportTest, HtmlWithoutATwinAndWithoutWork) {
  BenchReport report;
  report.files = {Sample()};
  report.files[0].processes.clear();
  report.files[0].tiers[0].curve = {};
  const std::string html = AsHtml(report);
  EXPECT_THAT(html, HasSubstr("50.00 ms"));
  for (const char* number : {"nan", "inf"}) EXPECT_THAT(html, Not(HasSubstr(number)));
}

TEST(ProgressTest, BarsFitTheTerminal) {
  EXPECT_EQ(Progress::Bar(0, 4, "a", 80), "[........................]   0 %  a");
  EXPECT_EQ(Progress::Bar(2, 4, "a", 80), "[############............]  50 %  a");
  EXPECT_EQ(Progress::Bar(9, 4, "a", 80), "[########################] 100 %  a");
  EXPECT_EQ(Progress::Bar(0, 0, "a", 10), "[#########");
}

}  // namespace
}  // namespace wasmtier::cli
