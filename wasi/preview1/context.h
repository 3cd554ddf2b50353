// What the guest of one Linker sees of the host.
#ifndef WASMTIER_WASI_PREVIEW1_CONTEXT_H_
#define WASMTIER_WASI_PREVIEW1_CONTEXT_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "wasi/preview1.h"
#include "wasi/preview1/fd_table.h"
#include "wasi/preview1/guest_memory.h"
#include "wasi/preview1/path_sandbox.h"

namespace wasmtier::wasi::preview1 {

// Shared by all instances that use it, also on several threads.
class Context {
 public:
  // Opens the preopens. The errors are those of AddPreview1.
  static absl::StatusOr<std::shared_ptr<Context>> Create(const Config& config,
                                                         Resolver resolver = Resolver::kAuto);

  const std::vector<std::string>& args() const { return args_; }
  // "NAME=value"
  const std::vector<std::string>& environment() const { return environment_; }
  FdTable& descriptors() { return descriptors_; }
  const PathSandbox& sandbox() const { return sandbox_; }

 private:
  explicit Context(Resolver resolver) : sandbox_(resolver) {}
  void AddStream(int host_fd);
  absl::Status AddPreopen(const Preopen& preopen);

  std::vector<std::string> args_;
  std::vector<std::string> environment_;
  FdTable descriptors_;
  PathSandbox sandbox_;
};

// What a function is given besides its parameters.
struct Call {
  Context& context;
  GuestMemory memory;
};

// What an open file or stream may be used for, from what kind of file it is.
Rights RightsOfFile(int host_fd, FileType type);

}  // namespace wasmtier::wasi::preview1

#endif  // WASMTIER_WASI_PREVIEW1_CONTEXT_H_
