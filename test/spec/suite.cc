#include "test/spec/suite.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace wasmtier::spec {
namespace {

namespace fs = std::filesystem;

constexpr char kArchive[] = "spec-json.tar.zst";

// The suite in `path`: an archive, a folder that holds one, or a folder that is one.
std::optional<fs::path> SuiteAt(const fs::path& path) {
  std::error_code ignored;
  if (fs::is_regular_file(path, ignored)) return path;
  if (fs::exists(path / "manifest.json", ignored)) return path;
  if (fs::exists(path / kArchive, ignored)) return path / kArchive;
  return std::nullopt;
}

absl::Status RunProgram(const std::vector<std::string>& arguments) {
  std::vector<char*> pointers;
  for (const std::string& argument : arguments)
    pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);
  pid_t child = 0;
  int error = posix_spawnp(&child, pointers[0], nullptr, nullptr, pointers.data(), environ);
  if (error != 0) return absl::ErrnoToStatus(error, absl::StrCat("cannot run ", arguments[0]));
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return absl::ErrnoToStatus(errno, "waitpid");
  }
  if (status != 0) return absl::InternalError(absl::StrCat(arguments[0], " failed"));
  return absl::OkStatus();
}

// Tells one archive from the next at the same place.
absl::StatusOr<std::string> StampOf(const fs::path& archive) {
  std::error_code error;
  uintmax_t size = fs::file_size(archive, error);
  if (error) return absl::NotFoundError(absl::StrCat(archive.string(), ": ", error.message()));
  auto time = fs::last_write_time(archive, error).time_since_epoch().count();
  return absl::StrCat(archive.string(), " ", size, " ", time);
}

// The folder with the manifest: `folder` itself, or the only folder in it.
absl::StatusOr<fs::path> FindManifest(const fs::path& folder) {
  std::error_code error;
  if (fs::exists(folder / "manifest.json", error)) return folder;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (fs::exists(entry.path() / "manifest.json", error)) return entry.path();
  }
  return absl::NotFoundError(absl::StrCat(folder.string(), ": no manifest.json in it"));
}

}  // namespace

absl::StatusOr<std::string> ReadFile(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return absl::NotFoundError(absl::StrCat(path.string(), ": cannot be read"));
  std::ostringstream contents;
  contents << stream.rdbuf();
  return std::move(contents).str();
}

std::optional<fs::path> FindSuite(const fs::path& repository) {
  const char* named = std::getenv("WASM_TIER_SPEC");
  if (named != nullptr && *named != '\0') return SuiteAt(named);
  return SuiteAt(repository / ".." / "shared" / "spec");
}

absl::StatusOr<fs::path> Unpack(const fs::path& archive, const fs::path& folder) {
  std::error_code error;
  if (fs::is_directory(archive, error)) return archive;
  absl::StatusOr<std::string> stamp = StampOf(archive);
  if (!stamp.ok()) return stamp.status();
  fs::create_directories(folder, error);
  int lock = open((folder / "lock").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0666);
  if (lock < 0) return absl::ErrnoToStatus(errno, absl::StrCat(folder.string(), "/lock"));
  absl::Cleanup close_lock = [lock] { close(lock); };
  if (flock(lock, LOCK_EX) != 0) return absl::ErrnoToStatus(errno, "flock");

  fs::path contents = folder / "suite";
  absl::StatusOr<std::string> previous = ReadFile(folder / "stamp");
  if (previous.ok() && *previous == *stamp) return FindManifest(contents);
  fs::remove(folder / "stamp", error);
  fs::remove_all(contents, error);
  fs::create_directories(contents, error);
  absl::Status unpacked = RunProgram(
      {"tar", "-x", "-I", "zstd -d --long=27", "-f", archive.string(), "-C", contents.string()});
  if (!unpacked.ok()) return unpacked;
  std::ofstream(folder / "stamp", std::ios::binary) << *stamp;
  return FindManifest(contents);
}

absl::StatusOr<Suite> ReadSuite(const fs::path& folder) {
  absl::StatusOr<std::string> text = ReadFile(folder / "manifest.json");
  if (!text.ok()) return text.status();
  nlohmann::json manifest = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!manifest.is_array()) {
    return absl::InvalidArgumentError(absl::StrCat(folder.string(), "/manifest.json: no array"));
  }
  Suite suite;
  for (const nlohmann::json& item : manifest) {
    SuiteScript script;
    fs::path json = item.value("json", "");
    // core/address/address.json -> core/address
    script.name = json.parent_path().string();
    script.group = item.value("group", "");
    script.features = item.value("features", std::vector<std::string>());
    script.json = folder / json;
    suite.scripts.push_back(std::move(script));
  }
  return suite;
}

}  // namespace wasmtier::spec
