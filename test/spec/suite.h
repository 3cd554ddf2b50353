// Where the spec test suite is, and what it consists of.
#ifndef WASMTIER_TEST_SPEC_SUITE_H_
#define WASMTIER_TEST_SPEC_SUITE_H_

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace wasmtier::spec {

struct SuiteScript {
  std::string name;   // "core/address", as in the expectations
  std::string group;  // "wasm-2.0", "tail-call", "simd" ...
  std::vector<std::string> features;
  std::filesystem::path json;
};

struct Suite {
  std::vector<SuiteScript> scripts;
};

// The archive or the unpacked folder: in the place that WASM_TIER_SPEC names, else in
// ../shared/spec beside `repository`; nothing if there is none.
std::optional<std::filesystem::path> FindSuite(const std::filesystem::path& repository);

// Unpacks an archive beneath `folder` unless that was done before, and returns the folder with
// manifest.json. Processes that do so at the same time wait for each other.
absl::StatusOr<std::filesystem::path> Unpack(const std::filesystem::path& archive,
                                             const std::filesystem::path& folder);

absl::StatusOr<Suite> ReadSuite(const std::filesystem::path& folder);

absl::StatusOr<std::string> ReadFile(const std::filesystem::path& path);

}  // namespace wasmtier::spec

#endif  // WASMTIER_TEST_SPEC_SUITE_H_
