// PassTimes: what each pass of one pipeline run costs.
#ifndef WASMTIER_TIERS_OPTIMIZING_PASS_TIMES_H_
#define WASMTIER_TIERS_OPTIMIZING_PASS_TIMES_H_

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "tiers/optimizing/optimizer.h"

namespace llvm {
class PassInstrumentationCallbacks;
}  // namespace llvm

namespace wasmtier::optimizing {

// LLVM's own timers are global and lock; these belong to one compile.
class PassTimes {
 public:
  // Must outlive the runs that `callbacks` are used in.
  explicit PassTimes(llvm::PassInstrumentationCallbacks& callbacks);

  // Longest first.
  std::vector<Report::Pass> Take();

 private:
  using Clock = std::chrono::steady_clock;
  struct Running {
    std::string name;
    Clock::time_point since;
    Clock::duration inner{};  // of the passes and analyses that it ran
  };
  void Begin(std::string name);
  void End();

  std::vector<Running> running_;
  std::map<std::string, Report::Pass> passes_;
};

}  // namespace wasmtier::optimizing

#endif  // WASMTIER_TIERS_OPTIMIZING_PASS_TIMES_H_
