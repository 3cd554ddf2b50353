#include "test/support/modes.h"

#include <cstdlib>

#include "wasmtier/engine.h"

namespace wasmtier::test {
namespace {

// WASM_TIER_STRESS_SEED, where `./dev fuzz` says it; else the mode's own.
uint64_t StressSeed(uint64_t seed) {
  const char* const other = std::getenv("WASM_TIER_STRESS_SEED");
  return other == nullptr ? seed : std::strtoull(other, nullptr, 10);
}

}  // namespace

const std::vector<Mode>& Modes() {
  static const auto* modes = [] {
    auto* list = new std::vector<Mode>;
#define MODE(name, description, statements)        \
  {                                                \
    Config config;                                 \
    statements;                                    \
    list->push_back({#name, description, config}); \
  }
#include "test/support/modes.def"
#undef MODE
    if (!OptimizerModule().ok()) {
      std::erase_if(*list, [](const Mode& mode) {
        return mode.name.find("optimizing") != std::string::npos;
      });
    }
    return list;
  }();
  return *modes;
}

std::vector<Mode> ModesOfBothPrecisions() {
  std::vector<Mode> modes = Modes();
  for (const Mode& mode : Modes()) {
    if (mode.name.find("optimizing") == std::string::npos) continue;
    Mode other = mode;
    other.config.precise_traps = !mode.config.precise_traps;
    other.name += other.config.precise_traps ? "_precise" : "_imprecise";
    modes.push_back(other);
  }
  return modes;
}

}  // namespace wasmtier::test
