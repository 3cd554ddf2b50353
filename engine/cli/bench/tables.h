// The tables of a BenchReport: the same in text and in HTML.
#ifndef WASMTIER_ENGINE_CLI_BENCH_TABLES_H_
#define WASMTIER_ENGINE_CLI_BENCH_TABLES_H_

#include <string>
#include <vector>

#include "engine/cli/bench/report.h"

namespace wasmtier::cli {

struct Table {
  std::string title;
  std::vector<std::string> columns;  // the first one names the rows
  std::vector<std::vector<std::string>> rows;

  // The title, and columns aligned; ends with a newline.
  std::string AsText() const;
};

Table StartUpTable(const BenchReport& report);
Table ProcessTable(const FileReport& file);
Table InProcessTable(const FileReport& file);
Table CodeTable(const FileReport& file);
// Geometric means over the files.
Table SummaryTable(const BenchReport& report);

// What a series takes by the time of another one, in the same rounds: wall time of processes.
std::vector<double> WallRatios(const ProcessSeries& own, const ProcessSeries& other);
// CPU time of the thread that runs the program, by that of the native twin's process.
std::vector<double> CpuRatios(const InProcessSeries& own, const ProcessSeries& native);

// "12.35 (12.10..13.00)", of seconds in milliseconds, with as many digits as make sense.
std::string Milliseconds(const Spread& seconds);
std::string Milliseconds(double seconds);
// "1.05 (1.01..1.20)"
std::string Ratio(const Spread& spread);
// "huffman.wasm 6000"
std::string TitleOf(const FileReport& file);

}  // namespace wasmtier::cli

#endif  // WASMTIER_ENGINE_CLI_BENCH_TABLES_H_
