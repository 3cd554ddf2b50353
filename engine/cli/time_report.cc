#include "engine/cli/time_report.h"

#include <sys/resource.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace wasmtier::cli {

void TimeReport::EndPhase(std::string name) {
  const Clock::time_point now = Clock::now();
  phases_.emplace_back(std::move(name),
                       std::chrono::duration<double, std::milli>(now - begin_).count());
  begin_ = now;
}

std::string TimeReport::ToString(const Engine& engine) const {
  std::string text = "time:";
  double total = 0;
  for (const auto& [name, milliseconds] : phases_) {
    absl::StrAppendFormat(&text, " %s %.3f ms,", name, milliseconds);
    total += milliseconds;
  }
  absl::StrAppendFormat(&text, " total %.3f ms\n", total);
  const CodeStatistics code = engine.interpreter_statistics();
  absl::StrAppendFormat(
      &text, "code: interpreter, %d functions, %d bytes, made in %.3f ms; %d hot\n", code.functions,
      code.bytes, static_cast<double>(code.nanoseconds) / 1e6, engine.hot_events());
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  absl::StrAppendFormat(&text, "memory: %d KB resident at most", usage.ru_maxrss);
  return text;
}

}  // namespace wasmtier::cli
