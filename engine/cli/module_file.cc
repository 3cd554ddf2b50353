#include "engine/cli/module_file.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/cli/text_module.h"

namespace wasmtier::cli {

absl::StatusOr<Module> LoadModuleFile(const Engine& engine, const std::string& path) {
  if (!path.ends_with(".wat")) return Module::FromFile(engine, path);
  absl::StatusOr<std::vector<uint8_t>> bytes = TranslateTextModule(path);
  if (!bytes.ok()) return bytes.status();
  absl::StatusOr<Module> module = Module::FromVector(engine, *std::move(bytes));
  if (module.ok()) return module;
  // Offsets in the message are those of the binary form.
  return absl::Status(module.status().code(),
                      absl::StrCat(path, ": ", std::string(module.status().message())));
}

}  // namespace wasmtier::cli
