// Modules that cannot run for ever.
#ifndef WASMTIER_TEST_HOSTILE_FUEL_H_
#define WASMTIER_TEST_HOSTILE_FUEL_H_

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace wasmtier::test {

// The module with a counter: each entry into a function and each turn of a loop takes one from a
// new global, which starts at `fuel`, and traps (unreachable) when none is left. Nothing for
// modules that are not valid or use what is not executed.
std::optional<std::vector<uint8_t>> WithFuel(std::span<const uint8_t> bytes, int32_t fuel);

}  // namespace wasmtier::test

#endif  // WASMTIER_TEST_HOSTILE_FUEL_H_
