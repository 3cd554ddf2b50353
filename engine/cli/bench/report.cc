#include "engine/cli/bench/report.h"

namespace wasmtier::cli {

std::vector<double> ProcessSeries::Column(double ProcessTimes::* member) const {
  std::vector<double> values;
  values.reserve(runs.size());
  for (const ProcessTimes& run : runs) values.push_back(run.*member);
  return values;
}

std::vector<double> ProcessSeries::PeakKilobytes() const {
  std::vector<double> values;
  values.reserve(runs.size());
  for (const ProcessTimes& run : runs) values.push_back(static_cast<double>(run.peak_kilobytes));
  return values;
}

std::optional<std::vector<double>> ProcessSeries::FirstOutputs() const {
  std::vector<double> values;
  for (const ProcessTimes& run : runs) {
    if (!run.first_output) return std::nullopt;
    values.push_back(*run.first_output);
  }
  return values;
}

std::vector<double> InProcessSeries::Column(double InProcessTimes::* member) const {
  std::vector<double> values;
  values.reserve(runs.size());
  for (const InProcessTimes& run : runs) values.push_back(run.*member);
  return values;
}

std::optional<double> InProcessSeries::TimeToPeak() const {
  return curve.TimeToPeak(SpreadOf(Column(&InProcessTimes::cpu)).median);
}

const ProcessSeries* FileReport::native() const {
  for (const ProcessSeries& series : processes) {
    if (series.kind == ProcessKind::kNative) return &series;
  }
  return nullptr;
}

std::vector<const ProcessSeries*> FileReport::yardsticks() const {
  std::vector<const ProcessSeries*> found;
  for (const ProcessSeries& series : processes) {
    if (series.kind != ProcessKind::kTier) found.push_back(&series);
  }
  return found;
}

}  // namespace wasmtier::cli
