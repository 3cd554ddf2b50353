// Valid modules to be damaged.
#ifndef WASMTIER_TEST_HOSTILE_SEED_MODULES_H_
#define WASMTIER_TEST_HOSTILE_SEED_MODULES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace wasmtier::test {

struct SeedModule {
  std::string name;
  std::vector<uint8_t> bytes;
};

// The corpora of the fuzzers, sorted by name.
const std::vector<SeedModule>& SeedModules();

// Loads and validates a copy that ends where its allocation ends, so that AddressSanitizer sees
// reads beyond it, and looks at what a tool would look at. Errors must be of the kind for bad
// input, with a message.
absl::Status TryLoad(const std::vector<uint8_t>& bytes);

// The largest block that operator new gave out since the last call.
size_t TakeLargestAllocation();

}  // namespace wasmtier::test

#endif  // WASMTIER_TEST_HOSTILE_SEED_MODULES_H_
