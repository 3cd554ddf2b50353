#include "engine/cli/bench/tier_events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace wasmtier::cli {
namespace {

using ::testing::DoubleNear;

// An event as the timeline has it.
std::string Line(const std::string& name, const std::string& tier, const std::string& phase,
                 const std::string& arguments) {
  return absl::StrCat(R"({"name":")", name, R"(","cat":")", tier, R"(","ph":")", phase,
                      R"(","ts":1500.000,"dur":500.000,"pid":1,"tid":1,"args":{)", arguments,
                      "}},\n");
}

constexpr char kSort[] = R"("module":"m","function":7,"name":"sort","wasm_bytes":9)";

std::string Optimizing(const std::string& what, const std::string& phase) {
  return Line(absl::StrCat(what, "sort"), "optimizing", phase,
              absl::StrCat(kSort, R"(,"loop":2,"pipeline":"full")"));
}

TEST(TierEventsTest, CodeIsReadWithItsTimesAndSize) {
  const TierEvents events =
      ParseTierEvents(
          absl::StrCat("[\n", Line("sort", "baseline", "X", absl::StrCat(kSort, R"(,"bytes":64)"))))
          .value();
  ASSERT_EQ(events.all.size(), 1u);
  const TierEvent& event = events.all[0];
  EXPECT_EQ(event.kind, TierEvent::Kind::kCode);
  EXPECT_EQ(event.tier, "baseline");
  EXPECT_EQ(event.name, "sort");
  EXPECT_EQ(event.function, 7u);
  EXPECT_EQ(event.loop, std::nullopt);
  EXPECT_EQ(event.bytes, 64u);
  EXPECT_THAT(event.begin, DoubleNear(0.0015, 1e-12));
  EXPECT_THAT(event.end, DoubleNear(0.002, 1e-12));
}

TEST(TierEventsTest, KindsAreToldByTheEventsName) {
  const std::string trace =
      absl::StrCat("[\n", Optimizing("publish ", "i"), Optimizing("drop ", "i"),
                   Optimizing("fail ", "X"), Optimizing("enter loop of ", "i"));
  const TierEvents events = ParseTierEvents(trace).value();
  ASSERT_EQ(events.all.size(), 4u);
  EXPECT_STREQ(ToString(events.all[0].kind), "published");
  EXPECT_STREQ(ToString(events.all[1].kind), "dropped");
  EXPECT_STREQ(ToString(events.all[2].kind), "failed");
  EXPECT_STREQ(ToString(events.all[3].kind), "loop entry");
  EXPECT_EQ(events.all[0].loop, 2u);
  EXPECT_EQ(events.all[0].pipeline, "full");
}

TEST(TierEventsTest, AFunctionMayBeCalledLikeAnEvent) {
  const TierEvents events =
      ParseTierEvents(Line("publish x", "baseline", "X", R"("function":1,"name":"publish x")"))
          .value();
  ASSERT_EQ(events.all.size(), 1u);
  EXPECT_EQ(events.all[0].kind, TierEvent::Kind::kCode);
}

TEST(TierEventsTest, WhatIsNotOfAFunctionIsLeftOut) {
  const std::string trace = absl::StrCat(
      "[\n", Line("stub (i32)", "stub", "i", R"("bytes":12)"),
      R"({"name":"thread_name","ph":"M","pid":1,"tid":1,"args":{"name":"main"}},)", "\n]\n");
  EXPECT_TRUE(ParseTierEvents(trace).value().all.empty());
  EXPECT_TRUE(ParseTierEvents("").value().all.empty());
}

TEST(TierEventsTest, CompilesAreUnfinishedUntilTheyEnd) {
  const auto unfinished = [](const std::string& trace) {
    return ParseTierEvents(trace).value().unfinished;
  };
  const std::string two = absl::StrCat(Optimizing("wait ", "b"), Optimizing("wait ", "b"));
  EXPECT_EQ(unfinished(two), 2u);
  EXPECT_EQ(unfinished(absl::StrCat(two, Optimizing("wait ", "e"))), 2u);
  EXPECT_EQ(unfinished(absl::StrCat(two, Optimizing("publish ", "i"))), 1u);
  EXPECT_EQ(unfinished(absl::StrCat(two, Optimizing("drop ", "i"), Optimizing("fail ", "X"))), 0u);
  // The compile in the thread that runs the program does not wait.
  EXPECT_EQ(unfinished(Optimizing("publish ", "i")), 0u);
}

TEST(TierEventsTest, AnythingElseIsAnError) {
  EXPECT_EQ(ParseTierEvents("[\n{\"name\":").status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ParseTierEvents("hello").status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace wasmtier::cli
