// A guest without an engine: a memory, a temporary directory as its preopen, and a Context.
#ifndef WASMTIER_TEST_UNIT_WASI_GUEST_H_
#define WASMTIER_TEST_UNIT_WASI_GUEST_H_

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "wasi/preview1/context.h"
#include "wasi/preview1/functions.h"

namespace wasmtier::wasi::preview1 {

// So that a failed expectation says "noent" and not a number.
inline void PrintTo(Errno error, std::ostream* stream) { *stream << Name(error); }

// A folder of its own, removed with its contents at the end.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = testing::TempDir() + "wasi_test_XXXXXX";
    path_ = mkdtemp(name.data());
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline void WriteFile(const std::filesystem::path& path, std::string_view contents) {
  std::ofstream(path, std::ios::binary) << contents;
}

inline std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

// The preopen is descriptor 3, called "/", and lies in a folder that the guest must not leave:
//   outside/           outer().path()
//     secret           "secret"
//     preopen/         root()
// Its memory holds results first, then iovecs, strings, and a buffer for what is read.
class Guest {
 public:
  static constexpr Fd kPreopen = 3;
  static constexpr Size kMemorySize = 1 << 20;
  static constexpr Pointer kOutOfBounds = kMemorySize - 1;
  // Results of calls go here.
  static constexpr Pointer kResult = 16;
  static constexpr Pointer kBuffer = 0x40000;

  explicit Guest(Resolver resolver = Resolver::kAuto, Config config = Config(),
                 bool read_only = false)
      : bytes_(kMemorySize) {
    std::filesystem::create_directory(root());
    WriteFile(outside() / "secret", "secret");
    config.preopens.push_back({root().string(), "/", read_only});
    absl::StatusOr<std::shared_ptr<Context>> context = Context::Create(config, resolver);
    EXPECT_TRUE(context.ok()) << context.status();
    context_ = *std::move(context);
    call_ = std::make_unique<Call>(Call{*context_, GuestMemory(bytes_)});
  }

  Call& call() { return *call_; }
  Context& context() { return *context_; }
  const GuestMemory& memory() { return call_->memory; }
  std::filesystem::path outside() const { return directory_.path(); }
  std::filesystem::path root() const { return directory_.path() / "preopen"; }

  // A string in guest memory.
  struct Text {
    Pointer address;
    Size length;
  };
  Text Put(std::string_view text) {
    if (next_ + text.size() > kBuffer) next_ = kFirstText;
    Text placed{next_, static_cast<Size>(text.size())};
    std::copy(text.begin(), text.end(), bytes_.begin() + next_);
    next_ += static_cast<Pointer>(text.size()) + 1;
    return placed;
  }
  // One iovec in guest memory after another.
  Pointer PutIovecs(const std::vector<std::pair<Pointer, Size>>& iovecs) {
    Pointer address = kIovecs;
    for (size_t i = 0; i < iovecs.size(); ++i) {
      EXPECT_TRUE(memory().Write(address + 8 * i, iovecs[i].first));
      EXPECT_TRUE(memory().Write(address + 8 * i + 4, iovecs[i].second));
    }
    return address;
  }
  template <typename T>
  T Get(Pointer address) {
    return memory().Read<T>(address).value();
  }
  std::string GetText(Pointer address, Size length) {
    return std::string(bytes_.begin() + address, bytes_.begin() + address + length);
  }
  uint8_t* bytes() { return bytes_.data(); }

  struct Opened {
    Errno error;
    Fd fd;
  };
  // With all rights.
  Opened Open(std::string_view path, Flags open_flags = 0, Flags fd_flags = 0,
              Flags lookup_flags = kLookupSymlinkFollow, Rights base = kAllRights,
              Fd directory = kPreopen) {
    Text text = Put(path);
    Errno error = PathOpen(call(), directory, lookup_flags, text.address, text.length, open_flags,
                           base, kAllRights, fd_flags, kResult);
    return {error, error == Errno::kSuccess ? Get<Fd>(kResult) : ~0u};
  }
  Opened OpenToRead(std::string_view path, Flags lookup_flags = kLookupSymlinkFollow) {
    return Open(path, 0, 0, lookup_flags, kRightFdRead | kRightFdReaddir | kRightFdSeek);
  }

  Errno Write(Fd fd, std::string_view text) {
    Text placed = Put(text);
    return FdWrite(call(), fd, PutIovecs({{placed.address, placed.length}}), 1, kResult);
  }
  // What one fd_read gives, or "error: name".
  std::string Read(Fd fd, Size size = 4096) {
    Errno error = FdRead(call(), fd, PutIovecs({{kBuffer, size}}), 1, kResult);
    if (error != Errno::kSuccess) return "error: " + std::string(Name(error));
    return GetText(kBuffer, Get<Size>(kResult));
  }

 private:
  static constexpr Pointer kFirstText = 0x10000;
  static constexpr Pointer kIovecs = 0x1000;

  TemporaryDirectory directory_;
  std::vector<uint8_t> bytes_;
  std::shared_ptr<Context> context_;
  std::unique_ptr<Call> call_;
  Pointer next_ = kFirstText;
};

// The path functions with a string for a path.
class PathCalls {
 public:
  explicit PathCalls(Guest& guest) : guest_(guest) {}
  Errno CreateDirectory(std::string_view path) { return With(path, PathCreateDirectory); }
  Errno RemoveDirectory(std::string_view path) { return With(path, PathRemoveDirectory); }
  Errno Unlink(std::string_view path) { return With(path, PathUnlinkFile); }
  Errno Stat(std::string_view path, Flags lookup_flags = kLookupSymlinkFollow) {
    Guest::Text text = guest_.Put(path);
    return PathFilestatGet(guest_.call(), Guest::kPreopen, lookup_flags, text.address, text.length,
                           Guest::kResult);
  }
  FileType StatType() { return static_cast<FileType>(guest_.Get<uint8_t>(Guest::kResult + 16)); }
  FileSize StatSize() { return guest_.Get<FileSize>(Guest::kResult + 32); }
  Errno Rename(std::string_view from, std::string_view to) {
    Guest::Text old_text = guest_.Put(from);
    Guest::Text new_text = guest_.Put(to);
    return PathRename(guest_.call(), Guest::kPreopen, old_text.address, old_text.length,
                      Guest::kPreopen, new_text.address, new_text.length);
  }
  Errno Link(std::string_view from, std::string_view to, Flags lookup_flags = 0) {
    Guest::Text old_text = guest_.Put(from);
    Guest::Text new_text = guest_.Put(to);
    return PathLink(guest_.call(), Guest::kPreopen, lookup_flags, old_text.address, old_text.length,
                    Guest::kPreopen, new_text.address, new_text.length);
  }
  Errno Symlink(std::string_view target, std::string_view path) {
    Guest::Text target_text = guest_.Put(target);
    Guest::Text text = guest_.Put(path);
    return PathSymlink(guest_.call(), target_text.address, target_text.length, Guest::kPreopen,
                       text.address, text.length);
  }
  // The link's text, or "error: name".
  std::string Readlink(std::string_view path, Size buffer_size = 4096) {
    Guest::Text text = guest_.Put(path);
    Errno error = PathReadlink(guest_.call(), Guest::kPreopen, text.address, text.length,
                               Guest::kBuffer, buffer_size, Guest::kResult);
    if (error != Errno::kSuccess) return "error: " + std::string(Name(error));
    return guest_.GetText(Guest::kBuffer, guest_.Get<Size>(Guest::kResult));
  }
  Errno SetTimes(std::string_view path, Timestamp access, Timestamp modification, Flags times_flags,
                 Flags lookup_flags = kLookupSymlinkFollow) {
    Guest::Text text = guest_.Put(path);
    return PathFilestatSetTimes(guest_.call(), Guest::kPreopen, lookup_flags, text.address,
                                text.length, access, modification, times_flags);
  }

 private:
  Errno With(std::string_view path, Errno (*function)(Call&, Fd, Pointer, Size)) {
    Guest::Text text = guest_.Put(path);
    return function(guest_.call(), Guest::kPreopen, text.address, text.length);
  }
  Guest& guest_;
};

}  // namespace wasmtier::wasi::preview1

#endif  // WASMTIER_TEST_UNIT_WASI_GUEST_H_
