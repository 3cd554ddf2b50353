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

inline void PrintTo(const Mode& mode, std::ostream* stream) { *stream << mode.name; }

}  // namespace wasmtier::test

#endif  // WASMTIER_TEST_SUPPORT_MODES_H_
