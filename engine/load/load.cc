#include "engine/load/load.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/load/module_parser.h"
#include "tiers/decode/validate.h"

namespace wasmtier::engine {

absl::StatusOr<std::shared_ptr<runtime::Module>> LoadModule(
    std::shared_ptr<const runtime::ModuleBytes> bytes, runtime::TypeRegistry& registry,
    const LoadOptions& options) {
  const size_t size = bytes->bytes().size();
  // Offsets have 32 bits, whatever the configured limit.
  const uint64_t limit = std::min<uint64_t>(options.limits.module_bytes, UINT32_MAX);
  if (size > limit) {
    return absl::ResourceExhaustedError(
        absl::StrCat("module too large: ", size, " bytes, the limit is ", limit));
  }
  auto module = std::make_shared<runtime::Module>();
  module->bytes = bytes->bytes();
  module->source = std::move(bytes);
  absl::Status status = ModuleParser(*module, registry, options.limits).Parse();
  if (status.ok() && !options.lazy_validation) {
    status = decode::ValidateBodies(*module, options.limits, options.threads);
  }
  if (!status.ok()) return status;
  return module;
}

}  // namespace wasmtier::engine
