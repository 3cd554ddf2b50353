// Modules for comparing tiers, aimed at what is hard for a compiler in one pass.
#ifndef WASMTIER_TEST_DIFFERENTIAL_GENERATOR_H_
#define WASMTIER_TEST_DIFFERENTIAL_GENERATOR_H_

#include <cstdint>
#include <vector>

#include "test/differential/choices.h"

namespace wasmtier::test {

// One valid module, or two of which the second imports functions, table, memory and globals of the
// first ("m0"). Every function is exported as "f0", "f1" ... Calls end soon if the exported
// function "refuel" was called before them: entering a function and jumping back take from a
// global, unless the loop counts itself. The bits of a NaN never become an integer, since wasm
// leaves them open.
std::vector<std::vector<uint8_t>> GenerateModules(Choices& choices);

}  // namespace wasmtier::test

#endif  // WASMTIER_TEST_DIFFERENTIAL_GENERATOR_H_
