// Loader, interpreter and baseline tier: modules that load are run, with a bound on loops and
// calls, with guard pages, with explicit checks and lazy validation, and as machine code, and must
// do the same. Run by `./dev fuzz`; seeds in corpus/interpreter.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "test/hostile/fuel.h"
#include "test/hostile/run_module.h"

namespace {

wasmtier::Engine MakeEngine(wasmtier::TierMode tier) {
  wasmtier::Config config;
  config.tier = tier;
  config.validation_threads = 1;
  auto engine = wasmtier::Engine::Create(config);
  if (!engine.ok()) std::abort();
  return *engine;
}

void ExpectSame(const std::string& name, const std::string& left, const std::string& other_name,
                const std::string& right) {
  // Where the stack runs out depends on the tier, and with it everything after.
  constexpr char kExhausted[] = "call stack exhausted";
  if (left == right || left.find(kExhausted) != std::string::npos ||
      right.find(kExhausted) != std::string::npos) {
    return;
  }
  std::fprintf(stderr, "%s:\n%s\n%s:\n%s\n", name.c_str(), left.c_str(), other_name.c_str(),
               right.c_str());
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace wasmtier::test;
  const auto finite = WithFuel({data, size}, 500);
  if (!finite) return -1;  // not for the corpus: the loader's fuzzer looks for these
  // An engine keeps the types of all its modules: so not for ever.
  constexpr int kRunsOfAnEngine = 1000;
  static int runs = 0;
  using wasmtier::TierMode;
  static auto fast = MakeSmallEngine(false);
  static auto careful = MakeSmallEngine(true);
  static auto interpreter = MakeEngine(TierMode::kInterpreter);
  static auto baseline = MakeEngine(TierMode::kBaseline);
  if (++runs % kRunsOfAnEngine == 0) {
    fast = MakeSmallEngine(false);
    careful = MakeSmallEngine(true);
    interpreter = MakeEngine(TierMode::kInterpreter);
    baseline = MakeEngine(TierMode::kBaseline);
  }
  const std::string by_interpreter = RunModule(interpreter, *finite);
  ExpectSame("interpreter", by_interpreter, "baseline", RunModule(baseline, *finite));
  ExpectSame("interpreter", by_interpreter, "small stack", RunModule(fast, *finite));
  ExpectSame("interpreter", by_interpreter, "explicit checks", RunModule(careful, *finite));
  return 0;
}
