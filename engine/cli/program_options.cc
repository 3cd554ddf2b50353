#include "engine/cli/program_options.h"

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "engine/cli/numbers.h"

namespace wasmtier::cli {
namespace {

absl::Status AddDirectory(const std::string& text, bool read_only, wasi::Config& config) {
  const size_t separator = text.find("::");
  const std::string host = text.substr(0, separator);
  const std::string guest = separator == std::string::npos ? host : text.substr(separator + 2);
  if (host.empty() || guest.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(read_only ? "--dir-read-only" : "--dir",
                                                   ": expected HOST::GUEST, found \"", text, "\""));
  }
  config.preopens.push_back({.host_path = host, .guest_path = guest, .read_only = read_only});
  return absl::OkStatus();
}

absl::Status AddVariable(const std::string& text, wasi::Config& config) {
  const size_t equals = text.find('=');
  const std::string name = text.substr(0, equals);
  if (name.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--env: expected NAME=VALUE, found \"", text, "\""));
  }
  if (equals != std::string::npos) {
    config.environment.emplace_back(name, text.substr(equals + 1));
  } else if (const char* value = std::getenv(name.c_str())) {
    config.environment.emplace_back(name, value);
  }
  return absl::OkStatus();
}

}  // namespace

void ProgramOptions::AddTo(OptionParser& parser) {
  parser.List("--dir", "HOST::GUEST", &directories,
              "let the program use the directory HOST, and all beneath it, as GUEST (may be "
              "repeated; HOST alone: by the same name)");
  parser.List("--dir-read-only", "HOST::GUEST", &read_only_directories,
              "the same, without changing anything in it");
  parser.List("--env", "NAME=VALUE", &environment,
              "set an environment variable of the program, which has none otherwise (may be "
              "repeated; NAME alone: with our value)");
  parser.Text("--max-memory", "BYTES", &max_memory,
              "limit of all linear memories together (64K, 8M, 1G ...)");
}

absl::StatusOr<StoreLimits> ProgramOptions::MakeStoreLimits() const {
  StoreLimits limits;
  if (max_memory) {
    absl::StatusOr<uint64_t> bytes = ParseBytes("--max-memory", *max_memory);
    if (!bytes.ok()) return bytes.status();
    limits.memory_bytes = *bytes;
  }
  return limits;
}

absl::StatusOr<wasi::Config> ProgramOptions::MakeWasiConfig(
    const std::string& file, std::span<const std::string> args) const {
  wasi::Config config;
  config.args.push_back(file);
  config.args.insert(config.args.end(), args.begin(), args.end());
  absl::Status status;
  for (const std::string& directory : directories) {
    if (status.ok()) status = AddDirectory(directory, /*read_only=*/false, config);
  }
  for (const std::string& directory : read_only_directories) {
    if (status.ok()) status = AddDirectory(directory, /*read_only=*/true, config);
  }
  for (const std::string& variable : environment) {
    if (status.ok()) status = AddVariable(variable, config);
  }
  if (!status.ok()) return status;
  return config;
}

}  // namespace wasmtier::cli
