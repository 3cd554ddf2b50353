// Config::profile_in and profile_out: what a run counted, the next one starts with.
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "test/unit/engine/api_fixture.h"

namespace wasmtier::test {
namespace {

using nlohmann::json;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

// `loop` calls $double nine times of ten, else $triple; `cold` is hardly called.
constexpr char kProgram[] = R"((module $program
  (type $unary (func (param i32) (result i32)))
  (table funcref (elem $double $triple))
  (func $double (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))
  (func $triple (param i32) (result i32) (i32.mul (local.get 0) (i32.const 3)))
  (func $cold (export "cold") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
  (func $warm (export "warm") (param i32) (result i32) (i32.sub (local.get 0) (i32.const 1)))
  (func $step (param $i i32) (result i32)
    (call_indirect (type $unary) (local.get $i)
      (i32.eqz (i32.rem_u (local.get $i) (i32.const 10)))))
  (func $loop (export "loop") (param $n i32) (result i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (call $step (local.get $n))))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $next (local.get $n)))
    (local.get $sum))
))";

// An engine that has loaded kProgram.
struct Guest {
  explicit Guest(const Config& config) : engine(Engine::Create(config).value()) {}

  const Engine engine;
  Store store = Store::Create(engine).value();
  const Module module = Module::FromVector(engine, CompileWat(kProgram)).value();
  const Instance instance = Linker().Instantiate(store, module).value();
};

class ProfileTest : public testing::Test {
 protected:
  ProfileTest() : path_(absl::StrCat(testing::TempDir(), "/profile-", getpid())) {}
  ~ProfileTest() override {
    for (const char* ending : {"", ".out", ".trace"}) unlink((path_ + ending).c_str());
  }

  static std::string Contents(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  // What is hot is compiled at once, by the thread that runs it.
  Config MakeConfig() const {
    Config config;
    config.hotness_threshold = 2;
    config.optimizing_threshold = 100;
    config.compile_threads = 0;
    return config;
  }
  // Names of functions, by the order in which they became optimized code.
  static std::vector<std::string> Optimized(const std::string& trace) {
    std::vector<std::string> names;
    for (const json& event : json::parse(std::ifstream(trace))) {
      if (event["ph"] == "X" && event["cat"] == "optimizing" && !event["args"].contains("reason")) {
        names.push_back(event["name"]);
      }
    }
    return names;
  }

  static int32_t Call(const Instance& instance, const char* name, int32_t argument) {
    return instance.GetTypedFunc<int32_t(int32_t)>(name).value()(argument).value();
  }
  // A run that leaves a profile in path_.
  void Train() {
    Config config = MakeConfig();
    config.profile_out = path_;
    const Guest guest(config);
    Call(guest.instance, "loop", 50'000);
    for (int i = 0; i < 400; ++i) Call(guest.instance, "warm", i);
    for (int i = 0; i < 3; ++i) Call(guest.instance, "cold", i);
    ASSERT_THAT(guest.engine.WriteProfile(), IsOk());
  }
  json Function(const std::string& name) {
    const json profile = json::parse(std::ifstream(path_));
    for (const json& function : profile["modules"][0]["functions"]) {
      if (function["name"] == name) return function;
    }
    ADD_FAILURE() << "no function " << name;
    return {};
  }

  const std::string path_;
};

TEST_F(ProfileTest, SaysWhatFunctionsDid) {
  Train();
  // The last ones ran in optimized code, which does not count.
  EXPECT_GE(Function("warm")["calls"], 50);
  EXPECT_LE(Function("cold")["calls"], 3);
  const json step = Function("step");
  ASSERT_EQ(step["call_sites"].size(), 1u);
  const json targets = step["call_sites"][0]["targets"];
  ASSERT_EQ(targets.size(), 2u);
  EXPECT_EQ(targets[0]["function"], 0) << "$double";
  EXPECT_GT(targets[0]["calls"], 5 * targets[1]["calls"].get<int>());
  EXPECT_EQ(Function("loop")["loops"].size(), 1u);
  // It counted until it was optimized, or until the end.
  const json module = json::parse(std::ifstream(path_))["modules"][0];
  EXPECT_GT(Function("warm")["counted_nanoseconds"], 0);
  EXPECT_LE(Function("warm")["counted_nanoseconds"], module["nanoseconds"]);
  if (OptimizerModule().ok()) {
    EXPECT_LT(Function("step")["counted_nanoseconds"], module["nanoseconds"]);
  }
  if (OptimizerModule().ok()) {
    EXPECT_EQ(Function("step")["tier"], "optimizing");
    EXPECT_THAT(Function("loop")["optimized_loops"], ElementsAre(0));
  }
}

TEST_F(ProfileTest, WhatWasHotIsCompiledBeforeAnythingRuns) {
  if (!OptimizerModule().ok()) GTEST_SKIP() << "the optimizing tier is not installed";
  Train();
  Config config = MakeConfig();
  config.profile_in = path_;
  config.trace_tiers = path_ + ".trace";
  {
    const Guest guest(config);
    EXPECT_EQ(guest.engine.hot_events(), 0u);
    const uint64_t optimized = guest.engine.statistics(Tier::kOptimizing).functions;
    EXPECT_GE(optimized, 3u) << "step, warm, and loop's loop";
    EXPECT_EQ(guest.engine.statistics(Tier::kInterpreter).functions, 0u);
    // It is the code that runs, and gives the same.
    EXPECT_EQ(Call(guest.instance, "warm", 5), 4);
    EXPECT_EQ(Call(guest.instance, "loop", 100), 2 * 5050 + 550);
  }
  const std::vector<std::string> order = Optimized(path_ + ".trace");
  EXPECT_THAT(order, Contains("step"));
  EXPECT_THAT(order, Contains("warm"));
  EXPECT_THAT(order, testing::Not(Contains("cold")));
  // The hotter one first.
  EXPECT_LT(std::find(order.begin(), order.end(), "loop"),
            std::find(order.begin(), order.end(), "warm"));
}

// What is hottest is optimized first, and then counts no more: it has the lowest counts of all.
TEST_F(ProfileTest, TheOrderIsThatOfCountsInTheSameTime) {
  if (!OptimizerModule().ok()) GTEST_SKIP() << "the optimizing tier is not installed";
  Train();
  json profile = json::parse(std::ifstream(path_));
  json& module = profile["modules"][0];
  module["nanoseconds"] = 1'000'000'000;
  for (json& function : module["functions"]) {
    if (function["name"] != "warm" && function["name"] != "step") continue;
    const bool is_warm = function["name"] == "warm";
    function["calls"] = is_warm ? 4000 : 40'000;
    function["counted_nanoseconds"] = is_warm ? 1'000'000 : 1'000'000'000;
  }
  std::ofstream(path_) << profile.dump();
  Config config = MakeConfig();
  config.profile_in = path_;
  config.trace_tiers = path_ + ".trace";
  {
    const Guest guest(config);
  }
  const std::vector<std::string> order = Optimized(path_ + ".trace");
  EXPECT_THAT(order, Contains("step"));
  EXPECT_LT(std::find(order.begin(), order.end(), "warm"),
            std::find(order.begin(), order.end(), "step"));
}

TEST_F(ProfileTest, InTheBackground) {
  if (!OptimizerModule().ok()) GTEST_SKIP() << "the optimizing tier is not installed";
  Train();
  Config config = MakeConfig();
  config.profile_in = path_;
  config.compile_threads = 1;
  const Guest guest(config);
  guest.engine.FinishCompiles();
  EXPECT_EQ(guest.engine.hot_events(), 0u);
  EXPECT_GE(guest.engine.statistics(Tier::kOptimizing).functions, 3u);
  EXPECT_EQ(Call(guest.instance, "loop", 100), 2 * 5050 + 550);
}

TEST_F(ProfileTest, WithoutARunItStaysTheSame) {
  Train();
  for (const uint32_t threads : {0u, 1u}) {
    Config config = MakeConfig();
    config.compile_threads = threads;
    config.profile_in = path_;
    config.profile_out = path_ + ".out";
    {
      const Guest guest(config);
      guest.engine.FinishCompiles();
    }  // writes it
    EXPECT_EQ(Contents(path_ + ".out"), Contents(path_)) << threads;
  }
}

TEST_F(ProfileTest, RunsAddUp) {
  Train();
  const int before = Function("cold")["calls"];
  Config config = MakeConfig();
  config.profile_in = config.profile_out = path_;
  {
    const Guest guest(config);
    for (int i = 0; i < 20; ++i) Call(guest.instance, "cold", i);
  }
  EXPECT_GE(Function("cold")["calls"], before + 10);
  EXPECT_EQ(Function("warm")["tier"], OptimizerModule().ok() ? "optimizing" : "baseline");
}

TEST_F(ProfileTest, OfAnotherModuleItIsRefused) {
  Train();
  Config config = MakeConfig();
  config.profile_in = path_;
  const Engine engine = Engine::Create(config).value();
  EXPECT_THAT(Module::FromVector(engine, CompileWat("(module)")),
              Fails(absl::StatusCode::kFailedPrecondition,
                    HasSubstr(path_ + " is not a profile of this module, or of another version")));
}

TEST_F(ProfileTest, DamagedItIsRefused) {
  Train();
  const std::string text = Contents(path_);
  Config config = MakeConfig();
  config.profile_in = path_;
  std::ofstream(path_) << text.substr(0, text.size() / 2);
  EXPECT_THAT(Engine::Create(config), Fails(absl::StatusCode::kInvalidArgument,
                                            HasSubstr(path_ + ": not a profile, or only a part")));
  std::ofstream(path_) << absl::StrReplaceAll(text, {{"\"calls\":", "\"calls\":-"}});
  EXPECT_THAT(Engine::Create(config),
              Fails(absl::StatusCode::kDataLoss, HasSubstr(path_ + ": a damaged profile: ")));
  // It looks well, but the module has no such function.
  std::ofstream(path_) << absl::StrReplaceAll(text, {{"\"function\":0", "\"function\":70"}});
  const Engine engine = Engine::Create(config).value();
  EXPECT_THAT(Module::FromVector(engine, CompileWat(kProgram)),
              Fails(absl::StatusCode::kDataLoss, HasSubstr("defines no function 70")));
  config.profile_in = "/nowhere/x";
  EXPECT_THAT(Engine::Create(config), Fails(absl::StatusCode::kNotFound, HasSubstr("/nowhere/x")));
}

// Counts that belong to other loops and branches, say: the run is as good as without them.
TEST_F(ProfileTest, NumbersThatDoNotFitAreLeftOut) {
  Train();
  std::string text = Contents(path_);
  text = absl::StrReplaceAll(text, {{"\"branches\":[", "\"branches\":[1,2,3,4,5,"}});
  text = absl::StrReplaceAll(text, {{"4,5,]", "4,5]"}});
  std::ofstream(path_) << text;
  Config config = MakeConfig();
  config.profile_in = path_;
  const Guest guest(config);
  EXPECT_EQ(Call(guest.instance, "loop", 100), 2 * 5050 + 550);
}

TEST_F(ProfileTest, NeedsTheTierAuto) {
  for (const TierMode tier : {TierMode::kInterpreter, TierMode::kBaseline}) {
    Config config;
    config.tier = tier;
    config.profile_in = path_;
    EXPECT_THAT(Engine::Create(config), Fails(absl::StatusCode::kInvalidArgument,
                                              HasSubstr("profile_in needs the tier auto")));
    config.profile_in = "";
    config.profile_out = path_;
    EXPECT_THAT(Engine::Create(config), Fails(absl::StatusCode::kInvalidArgument,
                                              HasSubstr("profile_out needs the tier auto")));
  }
  const Engine engine = Engine::Create().value();
  EXPECT_THAT(engine.WriteProfile(),
              Fails(absl::StatusCode::kFailedPrecondition, HasSubstr("no profile is recorded")));
}

TEST_F(ProfileTest, KeepsWhatModulesDidThatHaveGone) {
  Config config = MakeConfig();
  config.profile_out = path_;
  const Engine engine = Engine::Create(config).value();
  {
    Store store = Store::Create(engine).value();
    const Module module = Module::FromVector(engine, CompileWat(kProgram)).value();
    const Instance instance = Linker().Instantiate(store, module).value();
    for (int i = 0; i < 20; ++i) Call(instance, "cold", i);
  }
  ASSERT_THAT(engine.WriteProfile(), IsOk());
  EXPECT_GE(Function("cold")["calls"], 10);
}

TEST_F(ProfileTest, KeepsWhatWasThereIfItCannotBeWritten) {
  Config config = MakeConfig();
  config.profile_out = "/nowhere/x";
  const Engine engine = Engine::Create(config).value();
  EXPECT_THAT(engine.WriteProfile(),
              Fails(absl::StatusCode::kNotFound, HasSubstr("cannot write the profile /nowhere/x")));
}

}  // namespace
}  // namespace wasmtier::test
