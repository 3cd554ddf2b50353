#include "profiler/tier_trace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "profiler/code_listeners.h"
#include "test/unit/profiler/module_without_tiers.h"

namespace wasmtier::profiler {
namespace {

using nlohmann::json;
using runtime::CompileEvent;
using runtime::Tier;

class TierTraceTest : public testing::Test {
 protected:
  TierTraceTest() : path_(absl::StrCat(testing::TempDir(), "/tier_trace_test-", getpid())) {}
  ~TierTraceTest() override { unlink(path_.c_str()); }

  // All events but those that name threads and the process.
  std::vector<json> Events() {
    std::vector<json> events;
    for (const json& event : json::parse(std::ifstream(path_))) {
      if (event["ph"] != "M") events.push_back(event);
    }
    return events;
  }

  CompileEvent Compile(CompileEvent::Step step) {
    return {.step = step,
            .code = module_.code.get(),
            .function = 0,
            .osr_loop = 2,
            .nanoseconds = 5000,
            .is_quick = true,
            .reason = "no \"shape\""};
  }

  std::string path_;
  ModuleWithoutTiers module_;
};

TEST_F(TierTraceTest, CodeIsASpan) {
  TierTrace::Open(path_).value()->OnCode(
      {module_.code.get(), 0, Tier::kOptimizing, nullptr, 64, 2'000'000, std::nullopt, true});
  const std::vector<json> events = Events();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0]["name"], "run");
  EXPECT_EQ(events[0]["cat"], "optimizing");
  EXPECT_EQ(events[0]["ph"], "X");
  EXPECT_EQ(events[0]["dur"], 2000.0);
  EXPECT_EQ(events[0]["pid"], getpid());
  EXPECT_EQ(events[0]["args"], json::parse(R"({"module": "", "function": 0, "name": "run",
      "wasm_bytes": 2, "bytes": 64, "pipeline": "quick"})"));
}

TEST_F(TierTraceTest, StepsOfACompile) {
  {
    const auto trace = TierTrace::Open(path_).value();
    for (const auto step :
         {CompileEvent::Step::kQueued, CompileEvent::Step::kStarted, CompileEvent::Step::kPublished,
          CompileEvent::Step::kQueued, CompileEvent::Step::kDropped, CompileEvent::Step::kFailed}) {
      trace->OnCompile(Compile(step));
    }
  }
  std::vector<std::string> lines;
  for (const json& event : Events()) {
    lines.push_back(
        absl::StrCat(event["ph"].get<std::string>(), " ", event["name"].get<std::string>()));
    EXPECT_EQ(event["args"]["loop"], 2);
    EXPECT_EQ(event["args"]["pipeline"], "quick");
  }
  EXPECT_THAT(lines, testing::ElementsAre("b wait run", "e wait run", "i publish run", "b wait run",
                                          "e wait run", "i drop run", "X fail run"));
  EXPECT_EQ(Events()[0]["id"], Events()[1]["id"]);
  EXPECT_EQ(Events()[6]["args"]["reason"], "no \"shape\"");
  EXPECT_EQ(Events()[6]["dur"], 5.0);
}

TEST_F(TierTraceTest, LoopEntriesAreBounded) {
  {
    const auto trace = TierTrace::Open(path_).value();
    for (uint64_t i = 0; i < TierTrace::kMaxLoopEntries + 3; ++i) {
      trace->OnLoopEntry({module_.code.get(), 1, 7, Tier::kBaseline, nullptr});
    }
  }
  EXPECT_EQ(Events().size(), TierTrace::kMaxLoopEntries);
  EXPECT_EQ(Events()[0]["args"]["loop"], 7);
  const json last = json::parse(std::ifstream(path_)).back();
  EXPECT_EQ(last["args"]["omitted_loop_entries"], 3);
}

TEST_F(TierTraceTest, GrowthIsAMoment) {
  {
    const auto trace = TierTrace::Open(path_).value();
    CodeListeners listeners;
    listeners.Add(trace.get());
    using What = runtime::GrowthEvent::What;
    listeners.OnGrowth({What::kMemory, module_.code.get(), 1, 2, 30, false});
    listeners.OnGrowth({What::kTable, module_.code.get(), 0, 4, 500, true});
  }
  const std::vector<json> events = Events();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0]["name"], "grow memory 1");
  EXPECT_EQ(events[0]["cat"], "memory");
  EXPECT_EQ(events[0]["ph"], "i");
  EXPECT_EQ(events[0]["args"], json::parse(R"({"module": "", "pages": 2, "added": 30})"));
  EXPECT_EQ(events[1]["name"], "refuse to grow table 0");
  EXPECT_EQ(events[1]["args"], json::parse(R"({"module": "", "elements": 4, "added": 500})"));
}

TEST_F(TierTraceTest, GrowthsAreBounded) {
  {
    const auto trace = TierTrace::Open(path_).value();
    for (uint64_t i = 0; i < TierTrace::kMaxGrowths + 2; ++i) {
      trace->OnGrowth({runtime::GrowthEvent::What::kMemory, module_.code.get(), 0, i, 1, false});
    }
  }
  EXPECT_EQ(Events().size(), TierTrace::kMaxGrowths);
  const json last = json::parse(std::ifstream(path_)).back();
  EXPECT_EQ(last["args"]["growths"], TierTrace::kMaxGrowths + 2);
  EXPECT_EQ(last["args"]["omitted_growths"], 2);
}

TEST_F(TierTraceTest, NamesAreQuotedAndStayUtf8) {
  // A cut in the middle of a character would be no JSON.
  ModuleWithoutTiers module(absl::StrCat("\"\\\n", std::string(396, 'x'), "\xc3\xa4"));
  TierTrace::Open(path_).value()->OnCode({module.code.get(), 0, Tier::kBaseline, nullptr, 1, 0});
  EXPECT_EQ(Events()[0]["name"], absl::StrCat("\"\\_", std::string(396, 'x')));
}

TEST_F(TierTraceTest, ThreadsHaveNames) {
  {
    const auto trace = TierTrace::Open(path_).value();
    CodeListeners listeners;
    listeners.Add(trace.get());
    listeners.OnStub({nullptr, 8, "enter"});
    std::thread([&] {
      pthread_setname_np(pthread_self(), "worker");
      for (int i = 0; i < 2; ++i)
        listeners.OnLoopEntry({module_.code.get(), 0, 0, Tier::kBaseline, nullptr});
    }).join();
  }
  std::vector<std::string> names;
  for (const json& event : json::parse(std::ifstream(path_))) {
    if (event["name"] == "thread_name") names.push_back(event["args"]["name"]);
  }
  EXPECT_THAT(names, testing::ElementsAre("main", "worker"));
}

TEST_F(TierTraceTest, CanBeReadWhenTheProcessHasDied) {
  const auto trace = TierTrace::Open(path_).value();
  trace->OnStub({nullptr, 8, "enter"});
  std::ifstream file(path_);
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  // The format allows the closing bracket to be missing.
  text.replace(text.rfind(','), 1, "]");
  EXPECT_EQ(json::parse(text).size(), 2u);
}

TEST_F(TierTraceTest, WrongPath) {
  const auto status = TierTrace::Open("/nowhere/trace").status();
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr("/nowhere/trace"));
}

}  // namespace
}  // namespace wasmtier::profiler
