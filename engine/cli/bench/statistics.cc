#include "engine/cli/bench/statistics.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace wasmtier::cli {
namespace {

constexpr double kClockGrain = 1e-6;

}  // namespace

Spread SpreadOf(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  const double median =
      values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  return {median, values.front(), values.back()};
}

std::vector<double> RoundRatios(const std::vector<double>& own, const std::vector<double>& other) {
  std::vector<double> ratios;
  for (size_t i = 0; i < std::min(own.size(), other.size()); ++i) {
    ratios.push_back(std::max(own[i], kClockGrain) / std::max(other[i], kClockGrain));
  }
  return ratios;
}

double GeometricMean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += std::log(value);
  return std::exp(sum / static_cast<double>(values.size()));
}

}  // namespace wasmtier::cli
