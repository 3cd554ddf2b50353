#include "engine/cli/captured_streams.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace wasmtier::cli {

absl::StatusOr<std::unique_ptr<CapturedStreams>> CapturedStreams::Open(
    const std::optional<std::string>& input_file) {
  std::unique_ptr<CapturedStreams> streams(new CapturedStreams);
  const std::string input = input_file.value_or("/dev/null");
  streams->input_ = open(input.c_str(), O_RDONLY | O_CLOEXEC);
  if (streams->input_ < 0) return absl::ErrnoToStatus(errno, "cannot open " + input);
  streams->errors_ = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (streams->errors_ < 0) return absl::ErrnoToStatus(errno, "cannot open /dev/null");
  // In memory: a pipe would need a reader, whose time would be seen in the program's.
  streams->output_ = memfd_create("wasm-tier output", MFD_CLOEXEC);
  if (streams->output_ < 0) return absl::ErrnoToStatus(errno, "cannot make a file in memory");
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
  if (ftruncate(output_, 0) != 0 || lseek(output_, 0, SEEK_SET) != 0) {
    return absl::ErrnoToStatus(errno, "the output cannot be emptied");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> CapturedStreams::ReadOutput() const {
  struct stat status;
  if (fstat(output_, &status) != 0) return absl::ErrnoToStatus(errno, "no output");
  std::string text(static_cast<size_t>(status.st_size), '\0');
  size_t done = 0;
  while (done < text.size()) {
    const ssize_t bytes =
        pread(output_, text.data() + done, text.size() - done, static_cast<off_t>(done));
    if (bytes <= 0) return absl::ErrnoToStatus(errno, "the output cannot be read");
    done += static_cast<size_t>(bytes);
  }
  return text;
}

}  // namespace wasmtier::cli
