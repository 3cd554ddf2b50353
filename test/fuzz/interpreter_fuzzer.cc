// Loader and interpreter: modules that load are run, with a bound on loops and calls, once with
// guard pages and once with explicit checks and lazy validation, and must do the same. Run by
// `./dev fuzz`; seeds in corpus/interpreter.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "test/hostile/fuel.h"
#include "test/hostile/run_module.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace wasmtier::test;
  const auto finite = WithFuel({data, size}, 500);
  if (!finite) return -1;  // not for the corpus: the loader's fuzzer looks for these
  // An engine keeps the types of all its modules: so not for ever.
  constexpr int kRunsOfAnEngine = 1000;
  static int runs = 0;
  static auto fast = MakeSmallEngine(false);
  static auto careful = MakeSmallEngine(true);
  if (++runs % kRunsOfAnEngine == 0) {
    fast = MakeSmallEngine(false);
    careful = MakeSmallEngine(true);
  }
  const std::string with_guards = RunModule(fast, *finite);
  const std::string with_checks = RunModule(careful, *finite);
  if (with_guards != with_checks) {
    std::fprintf(stderr, "with guard pages:\n%s\nwith explicit checks:\n%s\n", with_guards.c_str(),
                 with_checks.c_str());
    std::abort();
  }
  return 0;
}
