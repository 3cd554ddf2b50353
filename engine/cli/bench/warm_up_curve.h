// WarmUpCurve: how fast a program got fast.
#ifndef WASMTIER_ENGINE_CLI_BENCH_WARM_UP_CURVE_H_
#define WASMTIER_ENGINE_CLI_BENCH_WARM_UP_CURVE_H_

#include <optional>
#include <vector>

#include "engine/cli/bench/tier_events.h"

namespace wasmtier::cli {

struct CurveRun {
  double begin = 0;  // seconds since the engine was made
  double end = 0;
  double cpu = 0;  // seconds of the thread that ran it
};

// A program that was loaded and run again and again, without a pause, until it got no faster. The
// unit of work is a run.
struct WarmUpCurve {
  // Of the work that is counted together.
  static constexpr double kWindow = 0.01;  // seconds

  double loaded = 0;                // when the first run could begin
  std::vector<CurveRun> runs = {};  // one after the other
  bool is_complete = false;         // no code was made after it
  TierEvents events = {};           // by the same clock

  double end() const { return runs.empty() ? loaded : runs.back().end; }
  // Runs in each window of kWindow seconds, from 0; the last one, which is not complete, is left
  // out. What happens inside of a run is not seen: its work is spread evenly over its time.
  std::vector<double> WorkPerWindow() const;
  // When the program was as fast as it gets, within a tenth: the begin of the first run that took
  // its thread no longer than 1.1 times what a run takes at the peak, and so did in the median it
  // and the four that follow. (CPU time: a run that had to wait for a processor is not a slow one.)
  // Of a complete curve the peak is the median of its last five runs, since processors change their
  // speed with time; else it is `cpu_afterwards`. Nothing if it never was.
  std::optional<double> TimeToPeak(double cpu_afterwards) const;
};

}  // namespace wasmtier::cli

#endif  // WASMTIER_ENGINE_CLI_BENCH_WARM_UP_CURVE_H_
