#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "engine/cli/bench/report.h"
#include "engine/cli/bench/svg.h"
#include "engine/cli/bench/tables.h"

namespace wasmtier::cli {
namespace {

constexpr char kStyle[] = R"css(
:root { --back: #ffffff; --text: #1c2024; --faint: #5b6470; --rule: #d8dde3; --card: #f6f7f9;
  --native: #6b7280; --interpreter: #b45309; --baseline: #2563eb; --optimizing: #0f766e;
  --auto: #9333ea; --other0: #be185d; --other1: #854d0e; --other2: #4d7c0f; }
@media (prefers-color-scheme: dark) { :root { --back: #14171a; --text: #e6e8ea; --faint: #9aa4b0;
  --rule: #333a42; --card: #1c2126; --native: #9ca3af; --interpreter: #f59e0b; --baseline: #60a5fa;
  --optimizing: #2dd4bf; --auto: #c084fc; --other0: #f472b6; --other1: #eab308; --other2: #a3e635; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text);
  font: 15px/1.5 system-ui, "DejaVu Sans", sans-serif; }
main { max-width: 1200px; margin: 0 auto; padding: 24px; }
h1 { font-size: 24px; margin: 0 0 4px; } h2 { font-size: 20px; margin: 40px 0 4px; }
h3 { font-size: 15px; margin: 20px 0 6px; } p { margin: 4px 0; }
.faint { color: var(--faint); }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(420px, 1fr)); gap: 0 32px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 13px; }
th, td { padding: 4px 14px 4px 0; border-bottom: 1px solid var(--rule); text-align: right;
  white-space: nowrap; }
th:first-child, td:first-child { text-align: left; } th { font-weight: 600; color: var(--faint); }
svg { width: 100%; height: auto; display: block; font-size: 12px; }
svg text { fill: var(--text); } svg .label { text-anchor: end; } svg .tick { text-anchor: middle; }
.grid { stroke: var(--rule); } .event { stroke: var(--auto); opacity: .45; }
.fill { fill: var(--faint); }
.line { fill: none; stroke: var(--faint); stroke-width: 1.8; } .whisker { stroke: var(--text); fill: none; }
.key { display: inline-block; margin-right: 18px; } .key i { display: inline-block; width: 12px;
  height: 12px; border-radius: 2px; margin-right: 6px; vertical-align: -1px; }
)css";

// The colours of the style sheet, as classes of what is filled, drawn as a line, and the key.
std::string ColourStyle() {
  std::string css;
  for (const char* name :
       {"native", "interpreter", "baseline", "optimizing", "auto", "other0", "other1", "other2"}) {
    absl::StrAppend(&css, ".fill.", name, " { fill: var(--", name, "); } .line.", name,
                    " { stroke: var(--", name, "); } .key i.", name, " { background: var(--", name,
                    "); }\n");
  }
  return css;
}

std::string TableHtml(const Table& table) {
  std::string html = absl::StrCat("<h3>", Escaped(table.title),
                                  "</h3>\n<div class=\"scroll\"><table>\n<thead><tr>");
  for (const std::string& column : table.columns) {
    absl::StrAppend(&html, "<th>", Escaped(column), "</th>");
  }
  absl::StrAppend(&html, "</tr></thead>\n<tbody>\n");
  for (const std::vector<std::string>& row : table.rows) {
    absl::StrAppend(&html, "<tr>");
    for (const std::string& cell : row) absl::StrAppend(&html, "<td>", Escaped(cell), "</td>");
    absl::StrAppend(&html, "</tr>\n");
  }
  return absl::StrCat(html, "</tbody></table></div>\n");
}

// A bar for each process: its wall time, or its memory.
template <typename Value, typename Text>
std::string ProcessBars(const std::vector<ProcessSeries>& processes, const std::string& title,
                        Value value, Text text) {
  std::vector<Bar> bars;
  size_t others = 0;
  for (const ProcessSeries& series : processes) {
    const Spread spread = SpreadOf(value(series));
    bars.push_back({.label = series.name,
                    .colour = ColourClass(series.kind, series.name, others),
                    .value = spread,
                    .text = text(spread)});
    if (series.kind == ProcessKind::kOther) ++others;
  }
  return absl::StrCat("<div><h3>", Escaped(title), "</h3>\n", BarChart(bars, title), "</div>\n");
}

std::string WallBars(const std::vector<ProcessSeries>& processes, const std::string& title) {
  return ProcessBars(
      processes, title,
      [](const ProcessSeries& series) { return series.Column(&ProcessTimes::wall); },
      [](const Spread& spread) { return absl::StrCat(Milliseconds(spread.median), " ms"); });
}

std::string MemoryBars(const std::vector<ProcessSeries>& processes, const std::string& title) {
  return ProcessBars(
      processes, title, [](const ProcessSeries& series) { return series.PeakKilobytes(); },
      [](const Spread& spread) { return absl::StrFormat("%.1f MB", spread.median / 1024); });
}

std::string WarmBars(const FileReport& file) {
  constexpr char kTitle[] = "Once warm, in one process: CPU time of a run";
  std::vector<Bar> bars;
  const ProcessSeries* const native = file.native();
  if (native != nullptr) {
    const Spread spread = SpreadOf(native->Column(&ProcessTimes::cpu));
    bars.push_back({.label = native->name,
                    .colour = "native",
                    .value = spread,
                    .text = absl::StrCat(Milliseconds(spread.median), " ms")});
  }
  for (const InProcessSeries& series : file.tiers) {
    const Spread spread = SpreadOf(series.Column(&InProcessTimes::cpu));
    std::string text = absl::StrCat(Milliseconds(spread.median), " ms");
    if (native != nullptr) {
      absl::StrAppendFormat(&text, " (%.2f x native)", SpreadOf(CpuRatios(series, *native)).median);
    }
    bars.push_back({.label = series.name, .colour = series.name, .value = spread, .text = text});
  }
  return absl::StrCat("<div><h3>", kTitle, "</h3>\n", BarChart(bars, kTitle), "</div>\n");
}

std::string CodeBars(const FileReport& file) {
  constexpr char kTitle[] = "Code made: bytecode and machine code";
  std::vector<Bar> bars;
  for (const InProcessSeries& series : file.tiers) {
    const auto bytes = static_cast<double>(series.interpreter.bytes + series.baseline.bytes +
                                           series.optimizing.bytes);
    bars.push_back({.label = series.name,
                    .colour = series.name,
                    .value = {bytes, bytes, bytes},
                    .text = absl::StrFormat("%.1f kB", bytes / 1e3)});
  }
  return absl::StrCat("<div><h3>", kTitle, "</h3>\n", BarChart(bars, kTitle), "</div>\n");
}

std::string CurveHtml(const FileReport& file) {
  const ProcessSeries* const native = file.native();
  std::string html = absl::StrCat(
      "<h3>Warm-up: runs per 10 ms, from when the engine was made; below, what the tiers did in ",
      Escaped(MarkedTier(file.tiers).name), "</h3>\n<p>");
  if (native != nullptr) {
    absl::StrAppend(&html, "<span class=\"key\"><i class=\"native\"></i>native (dashed)</span>");
  }
  for (const InProcessSeries& series : file.tiers) {
    absl::StrAppend(&html, "<span class=\"key\"><i class=\"", Escaped(series.name), "\"></i>",
                    Escaped(series.name), "</span>");
  }
  const double seconds =
      native == nullptr ? 0 : SpreadOf(native->Column(&ProcessTimes::wall)).median;
  return absl::StrCat(
      html, "</p>\n", CurveChart(file.tiers, seconds),
      "<p class=\"faint\">A dot: the program is within a tenth of its peak. A vertical line: "
      "optimized "
      "code was published. A run is the unit of "
      "work: what happens inside of one that takes longer than 10 ms is not seen, its work is "
      "spread evenly.</p>\n");
}

std::string FileHtml(const FileReport& file) {
  std::string html = absl::StrCat("<section>\n<h2>", Escaped(TitleOf(file)), "</h2>\n");
  absl::StrAppend(&html, "<p class=\"faint\">", file.bytes, " bytes of WebAssembly; all ",
                  file.compared, " results were the same: exit code ", file.exit_code, ", ",
                  file.output_bytes, " bytes of output</p>\n<div class=\"charts\">\n");
  if (!file.processes.empty()) {
    absl::StrAppend(&html, WallBars(file.processes, "Whole process: wall time"));
  }
  absl::StrAppend(&html, WarmBars(file));
  if (!file.processes.empty()) {
    absl::StrAppend(&html, MemoryBars(file.processes, "Whole process: peak of resident memory"));
  }
  absl::StrAppend(&html, CodeBars(file), "</div>\n", CurveHtml(file));
  if (!file.processes.empty()) absl::StrAppend(&html, TableHtml(ProcessTable(file)));
  return absl::StrCat(html, TableHtml(InProcessTable(file)), TableHtml(CodeTable(file)),
                      "</section>\n");
}

std::string HeadHtml(const BenchReport& report) {
  const Machine& machine = report.machine;
  std::vector<std::string> names;
  names.reserve(report.files.size());
  for (const FileReport& file : report.files) names.push_back(TitleOf(file));
  return absl::StrFormat(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
      "<link rel=\"icon\" href=\"data:,\"/>\n<title>wasm-tier bench: %s</title>\n"
      "<style>%s%s</style>\n</head>\n<body>\n<main>\n<h1>wasm-tier bench</h1>\n"
      "<p class=\"faint\">%s; %s, %d processors, load %.2f; %s; wasm-tier %s, %s; %d rounds in "
      "turn, median (min..max)%s%s</p>\n",
      Escaped(absl::StrJoin(names, ", ")), kStyle, ColourStyle(), Escaped(machine.time),
      Escaped(machine.processor), machine.processors, machine.load, Escaped(machine.system),
      Escaped(machine.engine), machine.llvm.empty() ? "no LLVM loaded" : Escaped(machine.llvm),
      report.runs, report.run_options.empty() ? "" : "; options ",
      Escaped(absl::StrJoin(report.run_options, " ")));
}

}  // namespace

std::string AsHtml(const BenchReport& report) {
  std::string html = HeadHtml(report);
  for (const FailedFile& failed : report.failed) {
    absl::StrAppend(&html, "<p>Not measured, since it failed: ", Escaped(failed.file),
                    " (exit code ", failed.exit_code, ")</p>\n");
  }
  if (report.files.size() > 1) {
    const Table summary = SummaryTable(report);
    if (!summary.rows.empty()) absl::StrAppend(&html, TableHtml(summary));
  }
  for (const FileReport& file : report.files) absl::StrAppend(&html, FileHtml(file));
  if (!report.start_up.empty()) {
    absl::StrAppend(&html, "<section>\n<h2>Start-up</h2>\n<div class=\"charts\">\n",
                    WallBars(report.start_up, "A program that does nothing: wall time"),
                    MemoryBars(report.start_up, "A program that does nothing: peak memory"),
                    "</div>\n", TableHtml(StartUpTable(report)), "</section>\n");
  }
  return absl::StrCat(html, "</main>\n</body>\n</html>\n");
}

}  // namespace wasmtier::cli
