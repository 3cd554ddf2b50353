// The host module `spectest` that the suite's scripts import from.
#ifndef WASMTIER_TEST_SPEC_SPECTEST_H_
#define WASMTIER_TEST_SPEC_SPECTEST_H_

#include "absl/status/status.h"
#include "wasmtier/linker.h"
#include "wasmtier/store.h"

namespace wasmtier::spec {

// Defines a fresh one; with `shared_memory` as the scripts of the threads proposal have it. What
// the engine cannot make yet (64-bit tables, shared memories) is left out.
absl::Status DefineSpectest(Store& store, Linker& linker, bool shared_memory);

}  // namespace wasmtier::spec

#endif  // WASMTIER_TEST_SPEC_SPECTEST_H_
