// WASI preview1 for the modules of a Linker: the functions of wasi_snapshot_preview1.
// https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md
#ifndef WASMTIER_WASI_PREVIEW1_H_
#define WASMTIER_WASI_PREVIEW1_H_

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "wasmtier/linker.h"
#include "wasmtier/trap.h"

namespace wasmtier::wasi {

// A directory of the host that the guest may use, with all that is beneath it.
struct Preopen {
  std::string host_path;
  std::string guest_path;
  // Nothing in it can be made, changed, renamed or removed through it.
  bool read_only = false;
};

// What the guest may see and use. By default it is nothing but the standard streams.
struct Config {
  // The first one is the program's name.
  std::vector<std::string> args = {};
  // Names and values.
  std::vector<std::pair<std::string, std::string>> environment = {};
  std::vector<Preopen> preopens = {};
  // Descriptors of the host, borrowed: the guest's closing them does not close them, and they must
  // stay open while the Linker lives. One that is not open, such as -1, is EBADF for the guest.
  int stdin_fd = 0;
  int stdout_fd = 1;
  int stderr_fd = 2;
};

// Defines all functions of preview1. The instances that the linker makes share arguments,
// environment and open files; their state lives as long as the linker, a copy of it, or an
// instance made with it. The functions use the calling instance's memory 0. A proc_exit ends the
// call from the host with wasmtier::ExitStatus: see wasmtier::ExitCode.
// Errors: InvalidArgument for an argument or variable that holds a NUL byte, or a variable's name
// that is empty or holds "="; NotFound, PermissionDenied and the like for preopens:
// "cannot open directory 'x' for --dir: No such file or directory".
// A write to a pipe that nobody reads raises SIGPIPE in the host, unless the host ignores it.
absl::Status AddPreview1(Linker& linker, const Config& config);

using wasmtier::ExitCode;

// One function of preview1, for listings and documents.
struct FunctionInfo {
  std::string_view name;
  // Types and names: "Fd fd, Pointer path, Size path_length".
  std::string_view parameters;
  FuncType type;
  // Otherwise it is there, but always answers with an error code.
  bool is_made;
};

// All 46, in the order of the document of preview1.
std::span<const FunctionInfo> ListFunctions();

}  // namespace wasmtier::wasi

#endif  // WASMTIER_WASI_PREVIEW1_H_
