#include "engine/cli/bench/machine.h"

#include <sched.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/cli/read_file.h"
#include "wasmtier/engine.h"

namespace wasmtier::cli {
namespace {

std::string ProcessorName() {
  const absl::StatusOr<std::string> text = ReadFile("/proc/cpuinfo");
  if (!text.ok()) return "unknown";
  for (const absl::string_view line : absl::StrSplit(*text, '\n')) {
    const std::pair<absl::string_view, absl::string_view> field =
        absl::StrSplit(line, absl::MaxSplits(':', 1));
    if (absl::StripAsciiWhitespace(field.first) == "model name") {
      return std::string(absl::StripAsciiWhitespace(field.second));
    }
  }
  return "unknown";
}

// "libLLVM.so.22.1"
std::string LoadedLlvm() {
  const absl::StatusOr<std::string> text = ReadFile("/proc/self/maps");
  if (!text.ok()) return "";
  for (const absl::string_view line : absl::StrSplit(*text, '\n')) {
    const size_t name = line.find("/libLLVM");
    if (name != absl::string_view::npos) return std::string(line.substr(name + 1));
  }
  return "";
}

}  // namespace

Machine DescribeMachine() {
  Machine machine;
  machine.processor = ProcessorName();
  cpu_set_t processors;
  if (sched_getaffinity(0, sizeof(processors), &processors) == 0) {
    machine.processors = static_cast<uint32_t>(CPU_COUNT(&processors));
  }
  machine.memory_bytes =
      static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  utsname names;
  if (uname(&names) == 0) machine.system = absl::StrCat(names.sysname, " ", names.release);
  if (double loads[1]; getloadavg(loads, 1) == 1) machine.load = loads[0];
  machine.engine = Version();
  machine.optimizer = OptimizerModule().value_or("");
  machine.llvm = LoadedLlvm();
  char text[32];
  tm parts;
  const time_t now = time(nullptr);
  if (gmtime_r(&now, &parts) != nullptr) {
    machine.time.assign(text, strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts));
  }
  return machine;
}

}  // namespace wasmtier::cli
