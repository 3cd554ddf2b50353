#include "tiers/optimizing/loader.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace wasmtier::optimizing {
namespace {

namespace fs = std::filesystem;

constexpr char kFileName[] = "libwasmtier-optimizer.so";

// The folder of the file that holds this code.
fs::path OwnFolder() {
  Dl_info info;
  if (dladdr(reinterpret_cast<void*>(&OwnFolder), &info) == 0 || info.dli_fname == nullptr) {
    return {};
  }
  std::error_code error;
  // Of an executable, dli_fname is what it was called, relative to where that was.
  fs::path path = fs::read_symlink("/proc/self/exe", error);
  const fs::path named = fs::path(info.dli_fname);
  if (named.has_parent_path() && named.filename() != path.filename()) path = named;
  path = fs::weakly_canonical(path, error);
  return path.parent_path();
}

absl::Status CannotLoad(const std::string& path) {
  const char* const why = dlerror();
  return absl::FailedPreconditionError(absl::StrCat("the optimizing tier cannot be loaded from ",
                                                    path, ": ", why == nullptr ? "?" : why));
}

}  // namespace

std::vector<std::string> OptimizerPaths() {
  // A program that runs with other rights than its caller does not load what the caller names.
  if (const char* const named = secure_getenv("WASMTIER_OPTIMIZER")) {
    return *named == '\0' ? std::vector<std::string>() : std::vector<std::string>{named};
  }
  const fs::path folder = OwnFolder();
  if (folder.empty()) return {};
  return {(folder / kFileName).string(), (folder / ".." / "lib" / kFileName).string(),
          (folder / ".." / "lib" / "wasm-tier" / kFileName).string()};
}

absl::StatusOr<std::string> FindOptimizer() {
  const std::vector<std::string> paths = OptimizerPaths();
  for (const std::string& path : paths) {
    if (access(path.c_str(), R_OK) == 0) return path;
  }
  return absl::NotFoundError(
      paths.empty() ? "the optimizing tier is switched off (WASMTIER_OPTIMIZER is empty)"
                    : absl::StrCat("the optimizing tier is not installed; looked for ",
                                   absl::StrJoin(paths, ", ")));
}

absl::StatusOr<std::unique_ptr<Optimizer>> LoadOptimizer(Host* host) {
  absl::StatusOr<std::string> path = FindOptimizer();
  if (!path.ok()) return path.status();
  // Local: LLVM of another version that the host has loaded stays apart. Loading it again only
  // counts references; none is given back, since LLVM keeps state of the process.
  void* const library = dlopen(path->c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return CannotLoad(*path);
  const auto* const handshake = static_cast<const uint64_t*>(dlsym(library, kHandshakeSymbol));
  if (handshake == nullptr) return CannotLoad(*path);
  if (*handshake != kHandshake) {
    return absl::FailedPreconditionError(
        absl::StrCat("the optimizing tier at ", *path, " belongs to another version"));
  }
  void* const make = dlsym(library, kMakeSymbol);
  if (make == nullptr) return CannotLoad(*path);
  return std::unique_ptr<Optimizer>(reinterpret_cast<MakeOptimizer>(make)(host));
}

}  // namespace wasmtier::optimizing
