// Owners of a module's bytes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "test/unit/engine/load_binary.h"

namespace wasmtier::test {
namespace {

using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

std::string WriteFile(std::string_view name, const Bytes& bytes) {
  const std::string path =
      ::testing::TempDir() + std::to_string(getpid()) + "-" + std::string(name);
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
  return path;
}

TEST(MapFile, KeepsTheBytesAfterRelease) {
  const Bytes bytes = Binary().Section(kCustom, Name("n") + Bytes(10000, 7)).bytes();
  const std::string path = WriteFile("mapped.wasm", bytes);
  const auto file = engine::MapFile(path);
  unlink(path.c_str());
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_THAT((*file)->bytes(), ElementsAreArray(bytes));
  (*file)->Release();
  EXPECT_THAT((*file)->bytes(), ElementsAreArray(bytes));
}

TEST(MapFile, EmptyFile) {
  const std::string path = WriteFile("empty.wasm", {});
  const auto file = engine::MapFile(path);
  unlink(path.c_str());
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ((*file)->bytes().size(), 0u);
}

TEST(MapFile, ReadsPipes) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  ASSERT_EQ(write(ends[1], "\0asm\1\0\0\0", 8), 8);
  close(ends[1]);
  const auto file = engine::MapFile("/dev/fd/" + std::to_string(ends[0]));
  close(ends[0]);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ((*file)->bytes().size(), 8u);
}

TEST(MapFile, ErrorsNameThePath) {
  EXPECT_THAT(std::string(engine::MapFile("/nonexistent/x.wasm").status().message()),
              HasSubstr("/nonexistent/x.wasm"));
  EXPECT_THAT(std::string(engine::MapFile("/tmp").status().message()), HasSubstr("/tmp"));
}

}  // namespace
}  // namespace wasmtier::test
