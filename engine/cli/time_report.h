// `wasm-tier run --time`: where time and memory went.
#ifndef WASMTIER_ENGINE_CLI_TIME_REPORT_H_
#define WASMTIER_ENGINE_CLI_TIME_REPORT_H_

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "wasmtier/engine.h"

namespace wasmtier::cli {

class TimeReport {
 public:
  // Ends the phase that began with the last call, or with construction.
  void EndPhase(std::string name);

  // "wasm-tier: time: load 0.41 ms, ..." and a line each on code and memory.
  std::string ToString(const Engine& engine) const;

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point begin_ = Clock::now();
  std::vector<std::pair<std::string, double>> phases_;  // milliseconds
};

}  // namespace wasmtier::cli

#endif  // WASMTIER_ENGINE_CLI_TIME_REPORT_H_
