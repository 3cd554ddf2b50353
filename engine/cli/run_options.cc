#include "engine/cli/run_options.h"

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "engine/cli/commands.h"
#include "engine/cli/exit_codes.h"
#include "engine/cli/numbers.h"
#include "engine/cli/output.h"

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

std::optional<int> RunOptions::Parse(std::span<const char* const> command_line) {
  OptionParser parser("run [OPTIONS] FILE [ARGS...]",
                      absl::StrCat(kRunSummary,
                                   " FILE is a WebAssembly module, binary or (.wat) text; ARGS are "
                                   "its own: options for wasm-tier come before FILE. Without "
                                   "--invoke, the function _start is called, as WASI wants it."),
                      OptionParser::Style::kUntilArgument);
  parser.List("--dir", "HOST::GUEST", &directories,
              "let the program use the directory HOST, and all beneath it, as GUEST (may be "
              "repeated; HOST alone: by the same name)");
  parser.List("--dir-read-only", "HOST::GUEST", &read_only_directories,
              "the same, without changing anything in it");
  parser.List("--env", "NAME=VALUE", &environment,
              "set an environment variable of the program, which has none otherwise (may be "
              "repeated; NAME alone: with our value)");
  parser.Text(
      "--invoke", "NAME", &invoke,
      "call this export with ARGS as its arguments (v128: i32x4:1,2,3,4, f64x2:0.5,1 ...), and "
      "print its results, one a line");
  parser.Text("--max-memory", "BYTES", &max_memory,
              "limit of all linear memories together (64K, 8M, 1G ...)");
  parser.Flag("--time", &time, "print to stderr where time and memory went");
  engine.AddRunningTo(parser);
  engine.AddLoadingTo(parser);
  parser.Footer(kExitCodesOfRun);
  std::vector<std::string> rest;
  if (std::optional<int> exit_code = parser.Parse(command_line, &rest)) return exit_code;
  if (rest.empty()) {
    PrintError("run: no FILE; see wasm-tier run --help");
    return kExitUsage;
  }
  file = rest[0];
  args.assign(rest.begin() + 1, rest.end());
  return std::nullopt;
}

absl::StatusOr<StoreLimits> RunOptions::MakeStoreLimits() const {
  StoreLimits limits;
  if (max_memory) {
    absl::StatusOr<uint64_t> bytes = ParseBytes("--max-memory", *max_memory);
    if (!bytes.ok()) return bytes.status();
    limits.memory_bytes = *bytes;
  }
  return limits;
}

absl::StatusOr<wasi::Config> RunOptions::MakeWasiConfig() const {
  wasi::Config config;
  config.args.push_back(file);
  if (!invoke) config.args.insert(config.args.end(), args.begin(), args.end());
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
