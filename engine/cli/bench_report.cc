#include "engine/cli/bench_report.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace wasmtier::cli {
namespace {

using Json = nlohmann::ordered_json;

// No program takes less; none is divided by.
constexpr double kClockGrain = 1e-6;

std::vector<double> Column(const std::vector<RunTimes>& runs, double RunTimes::* member) {
  std::vector<double> values;
  for (const RunTimes& run : runs) values.push_back(run.*member);
  return values;
}

// Round by round: what disturbs the machine disturbs both.
std::vector<double> Ratios(const BenchRuns& runs, const BenchRuns& native,
                           double RunTimes::* member) {
  std::vector<double> ratios;
  for (size_t i = 0; i < runs.measured.size(); ++i) {
    ratios.push_back(std::max(runs.measured[i].*member, kClockGrain) /
                     std::max(native.measured[i].*member, kClockGrain));
  }
  return ratios;
}

const BenchRuns* FindNative(const std::vector<BenchRuns>& all) {
  return !all.empty() && !all[0].engine ? all.data() : nullptr;
}

Json SpreadJson(const Spread& spread) {
  return {{"median", spread.median}, {"min", spread.min}, {"max", spread.max}};
}

Json TimesJson(const std::vector<RunTimes>& runs) {
  return {{"cpu", Column(runs, &RunTimes::cpu)},
          {"wall", Column(runs, &RunTimes::wall)},
          {"process_cpu", Column(runs, &RunTimes::process_cpu)}};
}

Json CodeJson(const Engine& engine) {
  Json tiers;
  for (const auto& [tier, name] :
       {std::pair(Tier::kInterpreter, "interpreter"), std::pair(Tier::kBaseline, "baseline"),
        std::pair(Tier::kOptimizing, "optimizing")}) {
    const CodeStatistics code = engine.statistics(tier);
    tiers[name] = {{"functions", code.functions},
                   {"bytes", code.bytes},
                   {"wasm_bytes", code.wasm_bytes},
                   {"seconds", static_cast<double>(code.nanoseconds) * 1e-9}};
  }
  tiers["refused_functions"] = engine.refused_functions();
  tiers["refused_optimizations"] = engine.refused_optimizations();
  return tiers;
}

Json RunsJson(const BenchRuns& runs, const BenchRuns* native) {
  Json entry = {{"cpu", SpreadJson(SpreadOf(Column(runs.measured, &RunTimes::cpu)))},
                {"wall", SpreadJson(SpreadOf(Column(runs.measured, &RunTimes::wall)))}};
  if (native != nullptr && &runs != native) {
    entry["ratio"] = SpreadJson(SpreadOf(Ratios(runs, *native, &RunTimes::cpu)));
    entry["wall_ratio"] = SpreadJson(SpreadOf(Ratios(runs, *native, &RunTimes::wall)));
  }
  entry["runs"] = TimesJson(runs.measured);
  entry["warm_up"] = TimesJson(runs.warm_up);
  if (runs.engine) entry["code"] = CodeJson(*runs.engine);
  return entry;
}

std::string Row(const BenchRuns& runs, const BenchRuns* native) {
  const Spread cpu = SpreadOf(Column(runs.measured, &RunTimes::cpu));
  const Spread wall = SpreadOf(Column(runs.measured, &RunTimes::wall));
  std::string text =
      absl::StrFormat("%-12s %8.4f s %-20s %8.4f s", runs.name, cpu.median,
                      absl::StrFormat("(%.4f..%.4f)", cpu.min, cpu.max), wall.median);
  if (native != nullptr && &runs != native) {
    const Spread ratio = SpreadOf(Ratios(runs, *native, &RunTimes::cpu));
    absl::StrAppendFormat(&text, " %7.3f x %-16s", ratio.median,
                          absl::StrFormat("(%.3f..%.3f)", ratio.min, ratio.max));
  } else {
    absl::StrAppendFormat(&text, "%27s", "");
  }
  absl::StrAppendFormat(&text, "%8.4f s %5d", runs.warm_up[0].wall, runs.warm_up.size());
  return text;
}

}  // namespace

Spread SpreadOf(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  const double median =
      values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  return {median, values.front(), values.back()};
}

std::string BenchReport::AsText() const {
  const BenchRuns* const native = FindNative(all);
  std::string text = absl::StrFormat(
      "%s: %d runs of each in turn, once warm; all with the same output and exit code %d\n", file,
      all[0].measured.size(), exit_code);
  absl::StrAppendFormat(&text, "%-12s %-31s %10s %-26s %10s %5s\n", "", "  CPU (min..max)", "wall",
                        native == nullptr ? "" : "  CPU / native", "first run", "warm");
  for (const BenchRuns& runs : all) absl::StrAppend(&text, Row(runs, native), "\n");
  return text;
}

std::string BenchReport::AsJson() const {
  const BenchRuns* const native = FindNative(all);
  Json object = {{"file", file}, {"args", args}, {"exit_code", exit_code}};
  for (const BenchRuns& runs : all) object["programs"][runs.name] = RunsJson(runs, native);
  return object.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace wasmtier::cli
