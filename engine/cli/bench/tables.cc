#include "engine/cli/bench/tables.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace wasmtier::cli {
namespace {

constexpr char kNothing[] = "-";

// Four digits, but no fraction of a microsecond.
int Decimals(double milliseconds) {
  return milliseconds >= 1000 ? 0 : milliseconds >= 100 ? 1 : milliseconds >= 10 ? 2 : 3;
}

std::string Megabytes(const Spread& kilobytes) {
  return absl::StrFormat("%.1f", kilobytes.median / 1024);
}

std::string CodeText(const CodeStatistics& code) {
  if (code.functions == 0) return kNothing;
  return absl::StrFormat("%d: %.1f kB, %.2f ms", code.functions,
                         static_cast<double>(code.bytes) / 1e3,
                         static_cast<double>(code.nanoseconds) / 1e6);
}

double MedianRatio(const std::vector<double>& ratios) { return SpreadOf(ratios).median; }

// Ratios of one series of all files that have it, in the order of the files.
using RatiosByName = std::vector<std::pair<std::string, std::vector<double>>>;

void AddRatio(const std::string& name, double ratio, RatiosByName& all) {
  auto entry = std::ranges::find(all, name, &RatiosByName::value_type::first);
  if (entry == all.end()) entry = all.insert(all.end(), {name, {}});
  entry->second.push_back(ratio);
}

}  // namespace

std::string Table::AsText() const {
  std::vector<size_t> widths;
  widths.reserve(columns.size());
  for (const std::string& column : columns) widths.push_back(column.size());
  for (const std::vector<std::string>& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text = absl::StrCat(title, "\n");
  const auto append = [&](const std::vector<std::string>& row) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string space(widths[i] - row[i].size(), ' ');
      absl::StrAppend(&line, "  ", i == 0 ? row[i] + space : space + row[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    absl::StrAppend(&text, line, "\n");
  };
  append(columns);
  for (const std::vector<std::string>& row : rows) append(row);
  return text;
}

std::vector<double> WallRatios(const ProcessSeries& own, const ProcessSeries& other) {
  return RoundRatios(own.Column(&ProcessTimes::wall), other.Column(&ProcessTimes::wall));
}

std::vector<double> CpuRatios(const InProcessSeries& own, const ProcessSeries& native) {
  return RoundRatios(own.Column(&InProcessTimes::cpu), native.Column(&ProcessTimes::cpu));
}

std::string Milliseconds(double seconds) {
  return absl::StrFormat("%.*f", Decimals(seconds * 1e3), seconds * 1e3);
}

std::string Milliseconds(const Spread& seconds) {
  const int decimals = Decimals(seconds.median * 1e3);
  return absl::StrFormat("%.*f (%.*f..%.*f)", decimals, seconds.median * 1e3, decimals,
                         seconds.min * 1e3, decimals, seconds.max * 1e3);
}

std::string Ratio(const Spread& spread) {
  return absl::StrFormat("%.2f (%.2f..%.2f)", spread.median, spread.min, spread.max);
}

std::string TitleOf(const FileReport& file) {
  return file.args.empty() ? file.file
                           : absl::StrCat(file.file, " ", absl::StrJoin(file.args, " "));
}

Table StartUpTable(const BenchReport& report) {
  Table table{.title = "start-up: whole processes of a program that does nothing",
              .columns = {"", "wall ms", "CPU ms", "peak MB"},
              .rows = {}};
  for (const ProcessSeries& series : report.start_up) {
    table.rows.push_back({series.name, Milliseconds(SpreadOf(series.Column(&ProcessTimes::wall))),
                          Milliseconds(SpreadOf(series.Column(&ProcessTimes::cpu))),
                          Megabytes(SpreadOf(series.PeakKilobytes()))});
  }
  return table;
}

Table ProcessTable(const FileReport& file) {
  Table table{.title = "whole processes",
              .columns = {"", "wall ms", "CPU ms", "first output ms", "peak MB"},
              .rows = {}};
  const std::vector<const ProcessSeries*> yardsticks = file.yardsticks();
  for (const ProcessSeries* other : yardsticks) {
    table.columns.push_back(absl::StrCat("wall / ", other->name));
  }
  for (const ProcessSeries& series : file.processes) {
    const std::optional<std::vector<double>> first = series.FirstOutputs();
    std::vector<std::string> row = {series.name,
                                    Milliseconds(SpreadOf(series.Column(&ProcessTimes::wall))),
                                    Milliseconds(SpreadOf(series.Column(&ProcessTimes::cpu))),
                                    first ? Milliseconds(SpreadOf(*first).median) : kNothing,
                                    Megabytes(SpreadOf(series.PeakKilobytes()))};
    for (const ProcessSeries* other : yardsticks) {
      row.push_back(other == &series ? kNothing : Ratio(SpreadOf(WallRatios(series, *other))));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

Table InProcessTable(const FileReport& file) {
  const ProcessSeries* const native = file.native();
  Table table{.title = "in one process, once warm",
              .columns = {"", "CPU ms", "wall ms", "load ms", "instantiate ms", "first run ms",
                          "time to peak ms"},
              .rows = {}};
  if (native != nullptr) table.columns.emplace_back("CPU / native");
  for (const InProcessSeries& series : file.tiers) {
    const std::optional<double> time_to_peak = series.TimeToPeak();
    std::vector<std::string> row = {
        series.name,
        Milliseconds(SpreadOf(series.Column(&InProcessTimes::cpu))),
        Milliseconds(SpreadOf(series.Column(&InProcessTimes::wall))),
        Milliseconds(SpreadOf(series.loads).median),
        Milliseconds(SpreadOf(series.Column(&InProcessTimes::instantiate)).median),
        Milliseconds(series.warm_up[0].wall),
        time_to_peak ? Milliseconds(*time_to_peak) : "not reached"};
    if (native != nullptr) row.push_back(Ratio(SpreadOf(CpuRatios(series, *native))));
    table.rows.push_back(std::move(row));
  }
  return table;
}

Table CodeTable(const FileReport& file) {
  Table table{.title = "code made in that process: functions, size, time to make it",
              .columns = {"", "interpreter", "baseline", "optimizing", "refused"},
              .rows = {}};
  for (const InProcessSeries& series : file.tiers) {
    const uint64_t refused = series.refused_functions + series.refused_optimizations;
    table.rows.push_back({series.name, CodeText(series.interpreter), CodeText(series.baseline),
                          CodeText(series.optimizing),
                          refused == 0 ? kNothing : absl::StrCat(refused)});
  }
  return table;
}

Table SummaryTable(const BenchReport& report) {
  Table table{.title = absl::StrCat("geometric mean of the ratios' medians, of ",
                                    report.files.size(), " files"),
              .columns = {"", "whole process, wall", "once warm, CPU"},
              .rows = {}};
  const std::vector<const ProcessSeries*> yardsticks =
      report.files.empty() ? std::vector<const ProcessSeries*>() : report.files[0].yardsticks();
  for (const ProcessSeries* yardstick : yardsticks) {
    RatiosByName processes;
    RatiosByName warm;
    for (const FileReport& file : report.files) {
      const auto other = std::ranges::find(file.processes, yardstick->name, &ProcessSeries::name);
      if (other == file.processes.end()) continue;
      for (const ProcessSeries& series : file.processes) {
        if (series.name == other->name) continue;
        AddRatio(series.name, MedianRatio(WallRatios(series, *other)), processes);
      }
      if (other->kind != ProcessKind::kNative) continue;
      for (const InProcessSeries& series : file.tiers) {
        AddRatio(series.name, MedianRatio(CpuRatios(series, *other)), warm);
      }
    }
    for (const RatiosByName::value_type& entry : processes.empty() ? warm : processes) {
      const auto own = std::ranges::find(processes, entry.first, &RatiosByName::value_type::first);
      const auto peak = std::ranges::find(warm, entry.first, &RatiosByName::value_type::first);
      const auto text = [](bool is_there, const auto& values) {
        return is_there ? absl::StrFormat("%.2f", GeometricMean(values->second)) : kNothing;
      };
      table.rows.push_back({absl::StrCat(entry.first, " / ", yardstick->name),
                            text(own != processes.end(), own), text(peak != warm.end(), peak)});
    }
  }
  return table;
}

std::string StartUpAsText(const BenchReport& report) {
  return report.start_up.empty() ? "" : absl::StrCat(StartUpTable(report).AsText(), "\n");
}

std::string FileAsText(const FileReport& file, uint64_t runs) {
  std::string text = absl::StrFormat(
      "%s: %d rounds in turn, median (min..max); all %d results were the same: exit code %d, %d "
      "bytes of output\n",
      TitleOf(file), runs, file.compared, file.exit_code, file.output_bytes);
  if (!file.processes.empty()) absl::StrAppend(&text, ProcessTable(file).AsText());
  absl::StrAppend(&text, InProcessTable(file).AsText(), CodeTable(file).AsText(), "\n");
  return text;
}

std::string SummaryAsText(const BenchReport& report) {
  const Table table = SummaryTable(report);
  return table.rows.empty() ? "" : table.AsText();
}

}  // namespace wasmtier::cli
