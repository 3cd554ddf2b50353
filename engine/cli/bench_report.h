// What `wasm-tier bench` says: a table, or JSON.
#ifndef WASMTIER_ENGINE_CLI_BENCH_REPORT_H_
#define WASMTIER_ENGINE_CLI_BENCH_REPORT_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/cli/measured_program.h"
#include "wasmtier/engine.h"

namespace wasmtier::cli {

// The runs of one program.
struct BenchRuns {
  std::string name;
  std::vector<RunTimes> warm_up = {};   // the first one included
  std::vector<RunTimes> measured = {};  // one of each round
  std::optional<Engine> engine = {};    // none of the native twin
};

// `all`: of programs whose run of the same number was made in the same round.
struct BenchReport {
  std::string file;
  std::vector<std::string> args;
  int exit_code = 0;
  std::vector<BenchRuns> all;

  std::string AsText() const;
  std::string AsJson() const;
};

// What is in the middle, and the ends. `values` are not empty.
struct Spread {
  double median;
  double min;
  double max;
};
Spread SpreadOf(std::vector<double> values);

}  // namespace wasmtier::cli

#endif  // WASMTIER_ENGINE_CLI_BENCH_REPORT_H_
