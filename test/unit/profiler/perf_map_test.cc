#include "profiler/perf_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "profiler/code_listeners.h"
#include "test/unit/profiler/module_without_tiers.h"

namespace wasmtier::profiler {
namespace {

using runtime::CodeEvent;
using runtime::Tier;

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

class PerfMapTest : public testing::Test {
 protected:
  PerfMapTest() : path_(absl::StrCat(testing::TempDir(), "/perf_map_test-", getpid())) {}
  ~PerfMapTest() override { unlink(path_.c_str()); }

  CodeEvent Event(uint32_t function, Tier tier, uintptr_t begin, size_t size) {
    return {module_.code.get(), function, tier, reinterpret_cast<const void*>(begin), size, 0};
  }

  std::string path_;
  ModuleWithoutTiers module_;
};

TEST_F(PerfMapTest, HasALineForEachPieceOfMachineCode) {
  const auto map = PerfMap::OpenAt(path_).value();
  map->OnCode(Event(0, Tier::kBaseline, 0x7f0000001000, 0x1a0));
  map->OnCode(Event(0, Tier::kInterpreter, 0x5000, 10));
  map->OnCode(Event(0, Tier::kOptimizing, 0x7f0000002000, 16));
  map->OnCode(Event(2, Tier::kBaseline, 0x7f0000003000, 1));
  map->OnStub({reinterpret_cast<const void*>(0x7f0000004000), 64, "enter (i32) -> i64"});
  EXPECT_EQ(ReadFile(path_),
            "7f0000001000 1a0 wasm!run [baseline]\n"
            "7f0000002000 10 wasm!run [optimizing]\n"
            "7f0000003000 1 wasm!function-2 [baseline]\n"
            "7f0000004000 40 wasm-tier stub enter (i32) -> i64\n");
}

TEST_F(PerfMapTest, NamesCannotBeginALine) {
  const auto map = PerfMap::OpenAt(path_).value();
  map->OnCode(Event(1, Tier::kBaseline, 0x1000, 1));
  EXPECT_EQ(ReadFile(path_), "1000 1 wasm!evil_00 1000 name_[31m [baseline]\n");
}

TEST_F(PerfMapTest, LinesOfThreadsStayWhole) {
  const auto first = PerfMap::OpenAt(path_).value();
  const auto second = PerfMap::OpenAt(path_).value();
  std::vector<std::thread> threads;
  for (PerfMap* map : {first.get(), second.get(), first.get()}) {
    threads.emplace_back([this, map] {
      for (int i = 0; i < 100; ++i) map->OnCode(Event(0, Tier::kBaseline, 0x1000, 1));
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::istringstream lines(ReadFile(path_));
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    EXPECT_EQ(line, "1000 1 wasm!run [baseline]");
  }
  EXPECT_EQ(count, 300);
}

TEST_F(PerfMapTest, IsWherePerfLooksAndDropsWhatWasThere) {
  const std::string path = absl::StrCat("/tmp/perf-", getpid(), ".map");
  std::ofstream(path) << "of an earlier process\n";
  {
    const auto map = PerfMap::Open().value();
    const auto of_another_engine = PerfMap::Open().value();
    map->OnStub({nullptr, 1, "a"});
    of_another_engine->OnStub({nullptr, 1, "b"});
  }
  EXPECT_EQ(ReadFile(path), "0 1 wasm-tier stub a\n0 1 wasm-tier stub b\n");
  unlink(path.c_str());
}

TEST_F(PerfMapTest, FollowsNoLink) {
  ASSERT_EQ(symlink("/dev/null", path_.c_str()), 0);
  EXPECT_FALSE(PerfMap::OpenAt(path_).ok());
  const auto status = PerfMap::OpenAt("/nowhere/map").status();
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr("/nowhere/map"));
}

class Recorder : public runtime::CodeListener {
 public:
  void OnCode(const CodeEvent& event) override { functions.push_back(event.function); }
  void OnStub(const runtime::StubEvent& event) override { stubs.emplace_back(event.name); }
  std::vector<uint32_t> functions;
  std::vector<std::string> stubs;
};

TEST_F(PerfMapTest, ListenersAllHear) {
  Recorder recorders[2];
  CodeListeners listeners;
  for (Recorder& recorder : recorders) listeners.Add(&recorder);
  listeners.OnCode(Event(2, Tier::kBaseline, 0, 1));
  listeners.OnStub({nullptr, 1, "enter"});
  for (const Recorder& recorder : recorders) {
    EXPECT_EQ(recorder.functions, std::vector<uint32_t>{2});
    EXPECT_EQ(recorder.stubs, std::vector<std::string>{"enter"});
  }
}

}  // namespace
}  // namespace wasmtier::profiler
