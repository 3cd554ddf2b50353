// Preopened directories and reading directories.
#include <map>
#include <set>

#include "test/unit/wasi/guest.h"

namespace wasmtier::wasi::preview1 {
namespace {

constexpr Size kDirentSize = 24;

struct Entry {
  std::string name;
  FileType type;
  uint64_t inode;
};

// As wasi-libc's readdir does: takes whole entries of a buffer, continues after the last one, and
// takes a buffer that is not full for the end. Grows the buffer where no entry fits.
std::vector<Entry> ReadAll(Guest& guest, Fd fd, Size buffer_size) {
  std::vector<Entry> entries;
  DirectoryCookie cookie = 0;
  for (int calls = 0; calls < 100'000; ++calls) {
    Errno error = FdReaddir(guest.call(), fd, Guest::kBuffer, buffer_size, cookie, Guest::kResult);
    if (error != Errno::kSuccess) {
      ADD_FAILURE() << Name(error);
      return entries;
    }
    Size used = guest.Get<Size>(Guest::kResult);
    EXPECT_LE(used, buffer_size);
    Size offset = 0;
    while (used - offset >= kDirentSize) {
      Pointer entry = Guest::kBuffer + offset;
      Size name_length = guest.Get<Size>(entry + 16);
      if (used - offset < kDirentSize + name_length) break;
      entries.push_back({guest.GetText(entry + kDirentSize, name_length),
                         static_cast<FileType>(guest.Get<uint8_t>(entry + 20)),
                         guest.Get<uint64_t>(entry + 8)});
      cookie = guest.Get<DirectoryCookie>(entry);
      offset += kDirentSize + name_length;
    }
    if (used < buffer_size) return entries;
    if (offset == 0) buffer_size *= 2;
  }
  ADD_FAILURE() << "no end";
  return entries;
}

TEST(FdReaddir, NamesTypesAndInodes) {
  Guest guest;
  WriteFile(guest.root() / "file", "x");
  std::filesystem::create_directory(guest.root() / "directory");
  std::filesystem::create_symlink("file", guest.root() / "link");
  ASSERT_EQ(mkfifo((guest.root() / "pipe").c_str(), 0600), 0);
  std::map<std::string, Entry> entries;
  for (Entry& entry : ReadAll(guest, Guest::kPreopen, 4096)) entries[entry.name] = entry;
  ASSERT_EQ(entries.size(), 6u);
  EXPECT_EQ(entries["file"].type, FileType::kRegularFile);
  EXPECT_EQ(entries["directory"].type, FileType::kDirectory);
  EXPECT_EQ(entries["link"].type, FileType::kSymbolicLink);
  EXPECT_EQ(entries["pipe"].type, FileType::kUnknown);
  struct stat host;
  ASSERT_EQ(stat((guest.root() / "file").c_str(), &host), 0);
  EXPECT_EQ(entries["file"].inode, host.st_ino);
  // What is above the preopen is not told.
  ASSERT_EQ(stat(guest.root().c_str(), &host), 0);
  EXPECT_EQ(entries["."].inode, host.st_ino);
  EXPECT_EQ(entries[".."].inode, host.st_ino);
}

TEST(FdReaddir, ManyEntriesThroughSmallBuffers) {
  Guest guest;
  std::filesystem::path folder = guest.root() / "many";
  std::filesystem::create_directory(folder);
  std::set<std::string> expected = {".", ".."};
  for (int i = 0; i < 1000; ++i) {
    std::string name = "entry_" + std::to_string(i) + std::string(i % 60, 'x');
    WriteFile(folder / name, "");
    expected.insert(name);
  }
  WriteFile(folder / std::string(255, 'n'), "");
  expected.insert(std::string(255, 'n'));
  Fd fd = guest.Open("many", kOpenDirectory).fd;
  for (Size buffer_size : {1u, 23u, 25u, 64u, 100u, 280u, 1024u, 4096u, 65536u}) {
    std::set<std::string> found;
    size_t count = 0;
    for (const Entry& entry : ReadAll(guest, fd, buffer_size)) {
      found.insert(entry.name);
      ++count;
    }
    EXPECT_EQ(found, expected) << buffer_size;
    EXPECT_EQ(count, expected.size()) << buffer_size;
  }
}

// wasi-libc removes trees so.
TEST(FdReaddir, EntriesMayBeRemovedMeanwhile) {
  Guest guest;
  for (int i = 0; i < 300; ++i) WriteFile(guest.root() / std::to_string(i), "");
  PathCalls path(guest);
  for (const Entry& entry : ReadAll(guest, Guest::kPreopen, 4096)) {
    if (entry.name != "." && entry.name != "..") {
      EXPECT_EQ(path.Unlink(entry.name), Errno::kSuccess);
    }
  }
  EXPECT_EQ(ReadAll(guest, Guest::kPreopen, 4096).size(), 2u);
}

TEST(FdReaddir, HostileArguments) {
  Guest guest;
  WriteFile(guest.root() / "file", "x");
  Fd file = guest.Open("file").fd;
  Call& call = guest.call();
  EXPECT_EQ(FdReaddir(call, 77, Guest::kBuffer, 100, 0, 16), Errno::kBadf);
  EXPECT_EQ(FdReaddir(call, file, Guest::kBuffer, 100, 0, 16), Errno::kNotdir);
  EXPECT_EQ(FdReaddir(call, 3, Guest::kOutOfBounds, 100, 0, 16), Errno::kFault);
  EXPECT_EQ(FdReaddir(call, 3, Guest::kBuffer, 0xffffffff, 0, 16), Errno::kFault);
  EXPECT_EQ(FdReaddir(call, 3, Guest::kBuffer, 100, 0, Guest::kOutOfBounds), Errno::kFault);
  EXPECT_EQ(FdReaddir(call, 3, Guest::kBuffer, 0, 0, 16), Errno::kSuccess);
  EXPECT_EQ(guest.Get<Size>(16), 0u);
  for (DirectoryCookie cookie : {1ull, 12345678ull, 1ull << 62, 1ull << 63, ~0ull}) {
    (void)FdReaddir(call, 3, Guest::kBuffer, 100, cookie, 16);
  }
  EXPECT_EQ(ReadAll(guest, 3, 4096).size(), 3u);
}

TEST(FdPrestat, NamesOfPreopens) {
  TemporaryDirectory other;
  Guest guest(Resolver::kAuto, Config{.preopens = {{other.path().string(), "data", false}}});
  Call& call = guest.call();
  ASSERT_EQ(FdPrestatGet(call, 3, 16), Errno::kSuccess);
  EXPECT_EQ(guest.Get<uint32_t>(16), 0u);
  EXPECT_EQ(guest.Get<Size>(20), 4u);
  ASSERT_EQ(FdPrestatDirName(call, 3, 100, 4), Errno::kSuccess);
  EXPECT_EQ(guest.GetText(100, 5), std::string("data\0", 5));
  ASSERT_EQ(FdPrestatDirName(call, 4, 100, 10), Errno::kSuccess);
  EXPECT_EQ(guest.GetText(100, 4), "/ata");
  EXPECT_EQ(FdPrestatDirName(call, 3, 100, 3), Errno::kNametoolong);
  EXPECT_EQ(FdPrestatDirName(call, 3, Guest::kMemorySize - 3, 4), Errno::kFault);
  EXPECT_EQ(FdPrestatGet(call, 3, Guest::kMemorySize - 7), Errno::kFault);
  // wasi-libc looks for preopens until this.
  EXPECT_EQ(FdPrestatGet(call, 5, 16), Errno::kBadf);
  EXPECT_EQ(FdPrestatGet(call, 0, 16), Errno::kBadf);
  EXPECT_EQ(FdPrestatDirName(call, 0, 16, 1), Errno::kBadf);
}

}  // namespace
}  // namespace wasmtier::wasi::preview1
