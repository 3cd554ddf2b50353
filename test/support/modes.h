// The ways to run wasm that every test and the whole spec suite must pass; modes.def lists them.
#ifndef WASMTIER_TEST_SUPPORT_MODES_H_
#define WASMTIER_TEST_SUPPORT_MODES_H_

#include <ostream>
#include <string>
#include <vector>

#include "wasmtier/config.h"

namespace wasmtier::test {

struct Mode {
  std::string name;  // letters, digits and underscores
  std::string description;
  Config config;
};

const std::vector<Mode>& Modes();

// Those, and the modes with the optimizing tier the other way about traps, too: "NAME_precise" or
// "NAME_imprecise".
std::vector<Mode> ModesOfBothPrecisions();

inline void PrintTo(const Mode& mode, std::ostream* stream) { *stream << mode.name; }

}  // namespace wasmtier::test

#endif  // WASMTIER_TEST_SUPPORT_MODES_H_
