// Every tier and mode on modules that our generator makes of the input: all must do the same. Run
// by
// `./dev fuzz`; test/differential does the same with random input. Coverage guides this one.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>

#include "test/differential/generator.h"
#include "test/differential/transcript.h"
#include "test/support/modes.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace wasmtier::test;
  Choices choices({data, size});
  const ModuleList modules = GenerateModules(choices);
  const auto quietly = [](const std::string&) {};
  const Mode& oracle = Modes()[0];
  const Transcript expected = RunModules(oracle.config, modules, quietly);
  if (expected.events.empty() || expected.events[0].how != "done") std::abort();  // not valid
  for (const Mode& mode : Modes()) {
    const auto difference =
        Difference(oracle.name, expected, mode.name, RunModules(mode.config, modules, quietly));
    if (!difference) continue;
    std::fprintf(stderr, "in mode %s: %s", mode.name.c_str(), difference->c_str());
    std::abort();
  }
  return 0;
}
