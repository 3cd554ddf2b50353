#include "profiler/jit_dump.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "test/unit/profiler/module_without_tiers.h"

namespace wasmtier::profiler {
namespace {

using runtime::Tier;

template <typename T>
T Read(const std::string& bytes, size_t offset) {
  T value{};
  if (offset + sizeof(T) <= bytes.size()) std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return value;
}

// What a load record says; its numbers as the specification places them.
struct Load {
  uint32_t process;
  uint64_t address;
  uint64_t index;
  std::string name;
  std::string code;
};

class JitDumpTest : public testing::Test {
 protected:
  JitDumpTest() : path_(absl::StrCat(testing::TempDir(), "/jit_dump_test-", getpid())) {}
  ~JitDumpTest() override { unlink(path_.c_str()); }

  std::string Contents() {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

  std::vector<Load> Loads() {
    const std::string bytes = Contents();
    std::vector<Load> loads;
    uint64_t before = Read<uint64_t>(bytes, 24);
    for (size_t at = 40; at < bytes.size(); at += Read<uint32_t>(bytes, at + 4)) {
      EXPECT_EQ(Read<uint32_t>(bytes, at), 0u);
      if (Read<uint32_t>(bytes, at + 4) < 56) return loads;  // would never end
      EXPECT_GE(Read<uint64_t>(bytes, at + 8), before);
      before = Read<uint64_t>(bytes, at + 8);
      EXPECT_EQ(Read<uint64_t>(bytes, at + 24), Read<uint64_t>(bytes, at + 32));
      const std::string name = bytes.c_str() + at + 56;
      loads.push_back({Read<uint32_t>(bytes, at + 16), Read<uint64_t>(bytes, at + 32),
                       Read<uint64_t>(bytes, at + 48), name,
                       bytes.substr(at + 56 + name.size() + 1, Read<uint64_t>(bytes, at + 40))});
    }
    return loads;
  }

  std::string path_;
  ModuleWithoutTiers module_;
};

TEST_F(JitDumpTest, Header) {
  (void)JitDump::OpenAt(path_).value();
  const std::string bytes = Contents();
  ASSERT_EQ(bytes.size(), 40u);
  EXPECT_EQ(Read<uint32_t>(bytes, 0), 0x4a695444u);
  EXPECT_EQ(Read<uint32_t>(bytes, 4), 1u);
  EXPECT_EQ(Read<uint32_t>(bytes, 8), 40u);
  EXPECT_EQ(Read<uint32_t>(bytes, 12), 62u);
  EXPECT_EQ(Read<uint32_t>(bytes, 20), static_cast<uint32_t>(getpid()));
}

TEST_F(JitDumpTest, HasNameAndBytesOfEachPieceOfMachineCode) {
  const char code[] = "\xc3\x00\x90";
  const auto address = reinterpret_cast<uintptr_t>(code);
  const auto dump = JitDump::OpenAt(path_).value();
  dump->OnCode({module_.code.get(), 0, Tier::kInterpreter, code, 3, 0});
  dump->OnCode({module_.code.get(), 0, Tier::kBaseline, code, 3, 0});
  dump->OnCode({module_.code.get(), 2, Tier::kOptimizing, code + 1, 2, 0});
  dump->OnStub({code, 1, "enter"});
  const std::vector<Load> loads = Loads();
  ASSERT_EQ(loads.size(), 3u);
  EXPECT_EQ(loads[0].name, "wasm!run [baseline]");
  EXPECT_EQ(loads[0].address, address);
  EXPECT_EQ(loads[0].process, static_cast<uint32_t>(getpid()));
  EXPECT_EQ(loads[0].code, std::string(code, 3));
  EXPECT_EQ(loads[1].name, "wasm!function-2 [optimizing]");
  EXPECT_EQ(loads[1].address, address + 1);
  EXPECT_EQ(loads[1].code, std::string(code + 1, 2));
  EXPECT_EQ(loads[2].name, "wasm-tier stub enter");
  EXPECT_LT(loads[0].index, loads[1].index);
  EXPECT_LT(loads[1].index, loads[2].index);
}

TEST_F(JitDumpTest, EnginesShareAFile) {
  const std::string path = absl::StrCat("jit-", getpid(), ".dump");
  {
    const auto first = JitDump::Open().value();
    const auto second = JitDump::Open().value();
    first->OnStub({"x", 1, "a"});
    second->OnStub({"y", 1, "b"});
  }
  path_ = path;
  const std::vector<Load> loads = Loads();
  ASSERT_EQ(loads.size(), 2u);
  EXPECT_EQ(loads[0].name, "wasm-tier stub a");
  EXPECT_EQ(loads[1].name, "wasm-tier stub b");
}

TEST_F(JitDumpTest, FollowsNoLink) {
  ASSERT_EQ(symlink("/dev/null", path_.c_str()), 0);
  EXPECT_FALSE(JitDump::OpenAt(path_).ok());
  const auto status = JitDump::OpenAt("/nowhere/dump").status();
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr("/nowhere/dump"));
}

}  // namespace
}  // namespace wasmtier::profiler
