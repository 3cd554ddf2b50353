#include "wasi/preview1/context.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace wasmtier::wasi::preview1 {
namespace {

bool HoldsNul(const std::string& text) { return text.find('\0') != std::string::npos; }

absl::Status CheckEnvironment(const std::string& name, const std::string& value) {
  if (name.empty() || name.find('=') != std::string::npos || HoldsNul(name)) {
    return absl::InvalidArgumentError(
        absl::StrCat("environment variable '", absl::CEscape(name),
                     "': the name must not be empty, nor hold '=' or a NUL byte"));
  }
  if (HoldsNul(value)) {
    return absl::InvalidArgumentError(
        absl::StrCat("environment variable '", name, "': the value holds a NUL byte"));
  }
  return absl::OkStatus();
}

bool IsOpen(int fd) { return fd >= 0 && fcntl(fd, F_GETFD) >= 0; }

}  // namespace

Rights RightsOfFile(int host_fd, FileType type) {
  if (type == FileType::kDirectory) return kDirectoryRights;
  if (type == FileType::kRegularFile || type == FileType::kBlockDevice) return kFileRights;
  // Devices such as /dev/zero have the right to seek, so that a guest does not take them for
  // terminals.
  if (type == FileType::kCharacterDevice && isatty(host_fd) == 0) return kFileRights;
  if (type == FileType::kSocketStream) {
    return kStreamRights | kRightSockShutdown | kRightSockAccept;
  }
  return kStreamRights;
}

absl::StatusOr<std::shared_ptr<Context>> Context::Create(const Config& config, Resolver resolver) {
  std::shared_ptr<Context> context(new Context(resolver));
  for (size_t i = 0; i < config.args.size(); ++i) {
    if (HoldsNul(config.args[i])) {
      return absl::InvalidArgumentError(absl::StrCat("argument ", i, " holds a NUL byte"));
    }
  }
  context->args_ = config.args;
  for (const auto& [name, value] : config.environment) {
    absl::Status checked = CheckEnvironment(name, value);
    if (!checked.ok()) return checked;
    context->environment_.push_back(absl::StrCat(name, "=", value));
  }
  // Before the preopens, which could otherwise get the number of a stream that is not open.
  context->AddStream(config.stdin_fd);
  context->AddStream(config.stdout_fd);
  context->AddStream(config.stderr_fd);
  for (const Preopen& preopen : config.preopens) {
    absl::Status added = context->AddPreopen(preopen);
    if (!added.ok()) return added;
  }
  return context;
}

void Context::AddStream(int host_fd) {
  struct stat status;
  bool is_open = IsOpen(host_fd) && fstat(host_fd, &status) == 0;
  FileType type = is_open ? FileTypeOfMode(status.st_mode) : FileType::kUnknown;
  auto stream = std::make_shared<Descriptor>(HostFd::Borrow(is_open ? host_fd : -1), type,
                                             RightsOfFile(host_fd, type), 0);
  // Cannot fail: the table is empty.
  (void)descriptors_.Insert(std::move(stream));
}

absl::Status Context::AddPreopen(const Preopen& preopen) {
  int fd = open(preopen.host_path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0 || HoldsNul(preopen.host_path) || HoldsNul(preopen.guest_path)) {
    int error = fd < 0 ? errno : EINVAL;
    if (fd >= 0) close(fd);
    return absl::ErrnoToStatus(
        error, absl::StrCat("cannot open directory '", preopen.host_path, "' for --dir"));
  }
  Rights held_back = preopen.read_only ? kModifyingRights : 0;
  auto directory = std::make_shared<Descriptor>(HostFd::Own(fd), FileType::kDirectory,
                                                kDirectoryRights & ~held_back,
                                                (kDirectoryRights | kFileRights) & ~held_back);
  directory->preopen_path = preopen.guest_path;
  if (!descriptors_.Insert(std::move(directory)).ok()) {
    return absl::ResourceExhaustedError(absl::StrCat("cannot open directory '", preopen.host_path,
                                                     "' for --dir: more than ",
                                                     FdTable::kMaximumDescriptors, " descriptors"));
  }
  return absl::OkStatus();
}

}  // namespace wasmtier::wasi::preview1
