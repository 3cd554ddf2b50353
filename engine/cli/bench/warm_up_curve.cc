#include "engine/cli/bench/warm_up_curve.h"

#include <algorithm>
#include <cstddef>

#include "engine/cli/bench/statistics.h"

namespace wasmtier::cli {
namespace {

constexpr double kNearPeak = 1.1;
// One slow run does not undo that a program is warm, and one fast run does not make it so.
constexpr size_t kRunsLookedAt = 5;

}  // namespace

std::vector<double> WarmUpCurve::WorkPerWindow() const {
  std::vector<double> work(static_cast<size_t>(end() / kWindow));
  for (const CurveRun& run : runs) {
    const double seconds = run.end - run.begin;
    if (seconds <= 0) continue;
    for (auto i = static_cast<size_t>(run.begin / kWindow); i < work.size(); ++i) {
      const double begin = std::max(run.begin, static_cast<double>(i) * kWindow);
      const double end = std::min(run.end, static_cast<double>(i + 1) * kWindow);
      if (end <= begin) break;
      work[i] += (end - begin) / seconds;
    }
  }
  return work;
}

std::optional<double> WarmUpCurve::TimeToPeak(double cpu_afterwards) const {
  std::vector<double> seconds;
  seconds.reserve(runs.size());
  for (const CurveRun& run : runs) seconds.push_back(run.cpu);
  double peak = cpu_afterwards;
  if (is_complete && !seconds.empty()) {
    const size_t last = std::min(kRunsLookedAt, seconds.size());
    peak = SpreadOf({seconds.end() - static_cast<ptrdiff_t>(last), seconds.end()}).median;
  }
  const double limit = peak * kNearPeak;
  for (size_t i = 0; i < seconds.size(); ++i) {
    if (seconds[i] > limit) continue;
    const auto first = seconds.begin() + static_cast<ptrdiff_t>(i);
    const auto last = first + static_cast<ptrdiff_t>(std::min(kRunsLookedAt, seconds.size() - i));
    if (SpreadOf({first, last}).median <= limit) return runs[i].begin;
  }
  return std::nullopt;
}

}  // namespace wasmtier::cli
