// Bodies of generated functions.
#ifndef WASMTIER_TEST_DIFFERENTIAL_FUNCTION_GENERATOR_H_
#define WASMTIER_TEST_DIFFERENTIAL_FUNCTION_GENERATOR_H_

#include <cstdint>
#include <string>
#include <vector>

#include "test/differential/choices.h"
#include "test/differential/plan.h"
#include "test/support/module_builder.h"

namespace wasmtier::test {

// Locals and code of a function of the plan, to which types of blocks are added.
std::vector<uint8_t> GenerateFunction(Choices& choices, Plan& plan, uint32_t function);

}  // namespace wasmtier::test

#endif  // WASMTIER_TEST_DIFFERENTIAL_FUNCTION_GENERATOR_H_
