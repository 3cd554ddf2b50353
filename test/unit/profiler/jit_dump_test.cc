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
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "runtime/code_space.h"
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

struct Line {
  uint64_t address;
  uint32_t line;
  std::string file;
};

// What a load record says, and those before it; its numbers as the specification places them.
struct Load {
  uint32_t process;
  uint64_t address;
  uint64_t index;
  std::string name;
  std::string code;
  std::vector<Line> lines;
  std::string unwind_table;
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
    std::vector<Line> lines;
    std::string unwind_table;
    for (size_t at = 40; at < bytes.size(); at += Read<uint32_t>(bytes, at + 4)) {
      const auto kind = Read<uint32_t>(bytes, at);
      if (Read<uint32_t>(bytes, at + 4) < 32) return loads;  // would never end
      if (kind == 2) {
        lines = ReadLines(bytes, at);
        continue;
      }
      if (kind == 4) {
        unwind_table = bytes.substr(at + 40, Read<uint64_t>(bytes, at + 16));
        continue;
      }
      EXPECT_EQ(kind, 0u);
      EXPECT_GE(Read<uint64_t>(bytes, at + 8), before);
      before = Read<uint64_t>(bytes, at + 8);
      EXPECT_EQ(Read<uint64_t>(bytes, at + 24), Read<uint64_t>(bytes, at + 32));
      const std::string name = bytes.c_str() + at + 56;
      loads.push_back({Read<uint32_t>(bytes, at + 16), Read<uint64_t>(bytes, at + 32),
                       Read<uint64_t>(bytes, at + 48), name,
                       bytes.substr(at + 56 + name.size() + 1, Read<uint64_t>(bytes, at + 40)),
                       std::exchange(lines, {}), std::exchange(unwind_table, {})});
    }
    return loads;
  }

  static std::vector<Line> ReadLines(const std::string& bytes, size_t record) {
    std::vector<Line> lines;
    size_t at = record + 32;
    for (uint64_t i = 0; i < Read<uint64_t>(bytes, record + 24); ++i) {
      lines.push_back(
          {Read<uint64_t>(bytes, at), Read<uint32_t>(bytes, at + 8), bytes.c_str() + at + 16});
      at += 16 + lines.back().file.size() + 1;
    }
    EXPECT_EQ(at, record + Read<uint32_t>(bytes, record + 4));
    return lines;
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

// Two sequences of a line table, written out by hand.
constexpr uint8_t kDwarf[] = {52, 0, 0, 0, 4, 0, 30, 0, 0, 0, 1, 1, 1, 0xfb, 14, 13, 0, 1, 1, 1, 1,
                              0, 0, 0, 1, 0, 0, 1,
                              0,                                            // no folders
                              's', 'o', 'r', 't', '.', 'c', 0, 0, 0, 0, 0,  // one file
                              // address 2, line 10; address 5, line 12; to address 9
                              0, 5, 2, 2, 0, 0, 0, 3, 9, 1, 62, 2, 4, 0, 1, 1};

TEST_F(JitDumpTest, HasLinesAndUnwindTable) {
  // A module whose code section begins at 0.
  auto module = std::make_shared<runtime::Module>();
  module->types.emplace_back();
  module->function_types = {0};
  module->bodies = {{2, 7}};
  module->bytes = kDwarf;
  module->sections = {{10, {0, 16}}};
  module->custom_sections = {{".debug_line", {0, sizeof(kDwarf)}}};
  NoTiers hooks;
  const auto owner =
      std::make_shared<runtime::ModuleCode>(module, runtime::MemoryStrategy::kReserved, hooks);
  // push rbp; mov rbp, rsp; ... leave; ret
  const uint8_t code[] = {0x55, 0x48, 0x89, 0xe5, 0x90, 0x90, 0x90, 0x90, 0xc9, 0xc3};
  runtime::CompiledCode compiled;
  compiled.kind = runtime::CompiledCode::Kind::kFunction;
  compiled.begin = code;
  compiled.size = sizeof(code);
  compiled.prologue_size = 4;
  compiled.code = owner.get();
  const runtime::CodePositionEntry positions[] = {{4, 3}, {5, 4}, {6, 6}, {7, 14}};
  compiled.positions = runtime::EncodePositions(positions);
  const auto dump = JitDump::OpenAt(path_).value();
  dump->OnCode({.code = owner.get(),
                .function = 0,
                .tier = Tier::kBaseline,
                .begin = code,
                .size = sizeof(code),
                .nanoseconds = 0,
                .compiled = &compiled});
  const std::vector<Load> loads = Loads();
  ASSERT_EQ(loads.size(), 1u);
  const auto address = reinterpret_cast<uintptr_t>(code);
  ASSERT_EQ(loads[0].lines.size(), 3u);
  EXPECT_EQ(loads[0].lines[0].address, address) << "from the beginning";
  EXPECT_EQ(loads[0].lines[0].line, 10u);
  EXPECT_EQ(loads[0].lines[0].file, "sort.c");
  EXPECT_EQ(loads[0].lines[1].address, address + 6);
  EXPECT_EQ(loads[0].lines[1].line, 12u);
  EXPECT_EQ(loads[0].lines[2].address, address + sizeof(code)) << "where it ends";
  EXPECT_EQ(loads[0].lines[2].line, 12u);
  EXPECT_FALSE(loads[0].unwind_table.empty());
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
