#include "engine/cli/bench/captured_streams.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "absl/strings/ascii.h"

namespace wasmtier::cli {
namespace {

constexpr size_t kShownErrorBytes = 1000;

// From an offset on.
absl::StatusOr<std::string> ReadFrom(int descriptor, size_t offset) {
  struct stat status;
  if (fstat(descriptor, &status) != 0) return absl::ErrnoToStatus(errno, "no output");
  const auto size = static_cast<size_t>(status.st_size);
  std::string text(size - std::min(offset, size), '\0');
  size_t done = 0;
  while (done < text.size()) {
    const ssize_t bytes = pread(descriptor, text.data() + done, text.size() - done,
                                static_cast<off_t>(offset + done));
    if (bytes <= 0) return absl::ErrnoToStatus(errno, "the output cannot be read");
    done += static_cast<size_t>(bytes);
  }
  return text;
}

absl::Status Empty(int descriptor) {
  if (ftruncate(descriptor, 0) == 0 && lseek(descriptor, 0, SEEK_SET) == 0) {
    return absl::OkStatus();
  }
  return absl::ErrnoToStatus(errno, "the output cannot be emptied");
}

}  // namespace

absl::StatusOr<std::unique_ptr<CapturedStreams>> CapturedStreams::Open(
    const std::optional<std::string>& input_file) {
  std::unique_ptr<CapturedStreams> streams(new CapturedStreams);
  const std::string input = input_file.value_or("/dev/null");
  streams->input_ = open(input.c_str(), O_RDONLY | O_CLOEXEC);
  if (streams->input_ < 0) return absl::ErrnoToStatus(errno, "cannot open " + input);
  // In memory: a pipe would need a reader, whose time would be seen in the program's.
  streams->output_ = memfd_create("wasm-tier output", MFD_CLOEXEC);
  streams->errors_ = memfd_create("wasm-tier errors", MFD_CLOEXEC);
  if (streams->output_ < 0 || streams->errors_ < 0) {
    return absl::ErrnoToStatus(errno, "cannot make a file in memory");
  }
  return streams;
}

CapturedStreams::~CapturedStreams() {
  for (const int descriptor : {input_, output_, errors_}) {
    if (descriptor >= 0) close(descriptor);
  }
}

absl::Status CapturedStreams::Rewind() {
  if (lseek(input_, 0, SEEK_SET) != 0) {
    return absl::ErrnoToStatus(errno, "the input cannot be read again");
  }
  absl::Status status = Empty(output_);
  if (status.ok()) status = Empty(errors_);
  return status;
}

absl::StatusOr<std::string> CapturedStreams::ReadOutput() const { return ReadFrom(output_, 0); }

std::string CapturedStreams::LastErrors() const {
  struct stat status;
  if (fstat(errors_, &status) != 0) return "";
  const auto size = static_cast<size_t>(status.st_size);
  absl::StatusOr<std::string> text = ReadFrom(errors_, size - std::min(size, kShownErrorBytes));
  return text.ok() ? std::string(absl::StripAsciiWhitespace(*text)) : "";
}

}  // namespace wasmtier::cli
