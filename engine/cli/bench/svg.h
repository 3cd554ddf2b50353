// Pictures for HTML reports, as text: SVG that uses the classes of the report's style sheet.
#ifndef WASMTIER_ENGINE_CLI_BENCH_SVG_H_
#define WASMTIER_ENGINE_CLI_BENCH_SVG_H_

#include <string>
#include <string_view>
#include <vector>

#include "engine/cli/bench/report.h"
#include "engine/cli/bench/statistics.h"

namespace wasmtier::cli {

// For text and attributes of HTML and SVG; control characters are made visible.
std::string Escaped(std::string_view text);

// The class that gives a series its colour: "native", of a tier, or of another engine, which are
// counted from 0.
std::string ColourClass(ProcessKind kind, const std::string& name, size_t other);

struct Bar {
  std::string label;
  std::string colour;  // a class
  Spread value;        // not negative
  std::string text;    // that stands beside it
};

// A bar for each median, with a line from the smallest to the largest value.
std::string BarChart(const std::vector<Bar>& bars, const std::string& title);

// The tier whose events a CurveChart shows: `auto` if that was measured. `tiers` are not empty.
const InProcessSeries& MarkedTier(const std::vector<InProcessSeries>& tiers);

// Work per window of each tier, as long as it says something of the marked one, and what the tiers
// did in that; `native_seconds` for a run of the native twin, or 0.
std::string CurveChart(const std::vector<InProcessSeries>& tiers, double native_seconds);

}  // namespace wasmtier::cli

#endif  // WASMTIER_ENGINE_CLI_BENCH_SVG_H_
