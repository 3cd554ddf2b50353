#include "engine/cli/read_file.h"

#include <cerrno>
#include <cstdio>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"

namespace wasmtier::cli {

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::FILE* const file = std::fopen(path.c_str(), "rbe");
  if (file == nullptr) return absl::ErrnoToStatus(errno, absl::StrCat("cannot open ", path));
  const absl::Cleanup close_file = [file] { std::fclose(file); };
  std::string contents;
  char chunk[16384];
  while (const size_t size = std::fread(chunk, 1, sizeof(chunk), file)) {
    contents.append(chunk, size);
  }
  if (std::ferror(file) != 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot read ", path));
  return contents;
}

}  // namespace wasmtier::cli
