#include "engine/cli/time_report.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "engine/cli/read_file.h"

namespace wasmtier::cli {
namespace {

// "4096 kB". (What getrusage says includes the process that started us, before exec.)
std::string PeakResident() {
  absl::StatusOr<std::string> status = ReadFile("/proc/self/status");
  if (!status.ok()) return "unknown";
  for (absl::string_view line : absl::StrSplit(*status, '\n')) {
    if (absl::ConsumePrefix(&line, "VmHWM:")) {
      return std::string(absl::StripAsciiWhitespace(line));
    }
  }
  return "unknown";
}

// A line on the code of one tier.
void AppendCode(const Engine& engine, Tier tier, const char* name, std::string* text) {
  const CodeStatistics code = engine.statistics(tier);
  absl::StrAppendFormat(text, "code: %s, %d functions, %d bytes from %d of wasm, made in %.3f ms",
                        name, code.functions, code.bytes, code.wasm_bytes,
                        static_cast<double>(code.nanoseconds) / 1e6);
}

}  // namespace

void TimeReport::EndPhase(std::string name) {
  const Clock::time_point now = Clock::now();
  phases_.emplace_back(std::move(name),
                       std::chrono::duration<double, std::milli>(now - begin_).count());
  begin_ = now;
}

std::string TimeReport::ToString(const Engine& engine) const {
  // Before this report adds to it: half a megabyte of code and locale data.
  const std::string resident = PeakResident();
  std::string text = "time:";
  double total = 0;
  for (const auto& [name, milliseconds] : phases_) {
    absl::StrAppendFormat(&text, " %s %.3f ms,", name, milliseconds);
    total += milliseconds;
  }
  absl::StrAppendFormat(&text, " total %.3f ms\n", total);
  AppendCode(engine, Tier::kInterpreter, "interpreter", &text);
  absl::StrAppendFormat(&text, "; %d hot\n", engine.hot_events());
  if (engine.statistics(Tier::kBaseline).functions + engine.refused_functions() > 0) {
    AppendCode(engine, Tier::kBaseline, "baseline", &text);
    absl::StrAppendFormat(&text, "; %d refused\n", engine.refused_functions());
  }
  if (engine.statistics(Tier::kOptimizing).functions + engine.refused_optimizations() > 0) {
    AppendCode(engine, Tier::kOptimizing, "optimizing", &text);
    absl::StrAppendFormat(&text, "; %d refused\n", engine.refused_optimizations());
  }
  if (const absl::Status status = engine.optimizer_status(); !status.ok()) {
    absl::StrAppend(&text, "no optimized code: ", std::string(status.message()), "\n");
  }
  if (const absl::Status status = engine.machine_code_status(); !status.ok()) {
    absl::StrAppend(&text, "no machine code: ", std::string(status.message()), "\n");
  }
  absl::StrAppend(&text, "memory: ", resident, " resident at most");
  return text;
}

}  // namespace wasmtier::cli
