// Loading: from the bytes of a binary to a validated Module (spec: "Binary Format", "Validation").
#ifndef WASMTIER_ENGINE_LOAD_LOAD_H_
#define WASMTIER_ENGINE_LOAD_LOAD_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/model/limits.h"
#include "runtime/model/module.h"
#include "runtime/model/type_registry.h"

namespace wasmtier::engine {

struct LoadOptions {
  runtime::ModuleLimits limits;
  bool lazy_validation = false;  // leaves the bodies to their first call
  int threads = 1;               // at most, for the validation of large modules
};

// Parses the module, which keeps the bytes and refers to them, and validates it. What no tier
// executes is loaded, too: module.features says so. Errors are InvalidArgument with the spec's
// phrases and the offset: "unknown type 7 (at offset 0x1f in the function section)";
// ResourceExhausted where a limit is exceeded; Unimplemented "needs feature gc: ..." for an
// instruction that the validator does not type.
absl::StatusOr<std::shared_ptr<runtime::Module>> LoadModule(
    std::shared_ptr<const runtime::ModuleBytes> bytes, runtime::TypeRegistry& registry,
    const LoadOptions& options);

// A regular file is mapped: who changes it while it is in use changes the module (and truncating it
// ends the process with SIGBUS). Anything else (a pipe) is read to its end.
absl::StatusOr<std::shared_ptr<const runtime::ModuleBytes>> MapFile(const std::string& path);
// The bytes must outlive the module.
std::shared_ptr<const runtime::ModuleBytes> BorrowBytes(std::span<const uint8_t> bytes);
std::shared_ptr<const runtime::ModuleBytes> OwnBytes(std::vector<uint8_t> bytes);

}  // namespace wasmtier::engine

#endif  // WASMTIER_ENGINE_LOAD_LOAD_H_
