// What is said of several measurements of the same thing.
#ifndef WASMTIER_ENGINE_CLI_BENCH_STATISTICS_H_
#define WASMTIER_ENGINE_CLI_BENCH_STATISTICS_H_

#include <vector>

namespace wasmtier::cli {

// What is in the middle, and the ends.
struct Spread {
  double median = 0;
  double min = 0;
  double max = 0;
};

// `values` are not empty.
Spread SpreadOf(std::vector<double> values);

// Seconds by seconds, round by round: what disturbs the machine disturbs both. Rounds that one of
// them lacks are left out. No time is taken to be less than a microsecond, so that none is divided
// by zero.
std::vector<double> RoundRatios(const std::vector<double>& own, const std::vector<double>& other);

// `values` are positive and not empty.
double GeometricMean(const std::vector<double>& values);

}  // namespace wasmtier::cli

#endif  // WASMTIER_ENGINE_CLI_BENCH_STATISTICS_H_
