#include "profiler/profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace wasmtier::profiler {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr uint32_t kNoCaller = Profile::Node::kNoCaller;
constexpr char kEvil[] = "evil</script>; <b>\"";

// main calls fib, which calls itself and was once inlined into itself, and a host function; another
// thread compiles.
Profile Example() {
  Profile profile;
  profile.duration = 9'000'000;
  profile.interval = 1'000'000;
  profile.process = 77;
  profile.functions = {{"main", "app", 4, true},
                       {"fib", "app", 5, true},
                       {"env.print", "", 0, false},
                       {kEvil, "", 0, false}};
  profile.frames = {{0, FrameKind::kInterpreter, false},
                    {1, FrameKind::kOptimizing, false},
                    {1, FrameKind::kOptimizing, true},
                    {2, FrameKind::kHost, false},
                    {3, FrameKind::kCompile, false}};
  profile.nodes = {{kNoCaller, 0}, {0, 1}, {1, 2}, {0, 3}, {kNoCaller, 4}};
  profile.threads = {{.name = "app",
                      .id = 77,
                      .is_main = true,
                      .samples = {{1'000'000, 1'000'000, 0},
                                  {2'000'000, 3'000'000, 2},
                                  {5'000'000, 2'000'000, 1},
                                  {7'000'000, 2'000'000, 3}},
                      .lost = 1},
                     {.name = "compiler", .id = 78, .samples = {{3'000'000, 2'000'000, 4}}}};
  return profile;
}

TEST(Profile, CountsTimeOfRecursionOnce) {
  const Profile profile = Example();
  EXPECT_EQ(profile.TotalCpu(), 10'000'000u);
  EXPECT_EQ(profile.SampleCount(), 5u);
  EXPECT_EQ(profile.LostSamples(), 1u);
  std::map<std::string, FunctionTime> times;
  for (const FunctionTime& time : FunctionTimes(profile)) {
    times[profile.functions[time.function].name] = time;
  }
  EXPECT_EQ(times["main"].self, 1'000'000u);
  EXPECT_EQ(times["main"].total, 8'000'000u);
  EXPECT_EQ(times["fib"].self, 5'000'000u);
  EXPECT_EQ(times["fib"].total, 5'000'000u);
  EXPECT_EQ(times["fib"].inlined, 3'000'000u);
  EXPECT_EQ(times["fib"].self_of[static_cast<int>(FrameKind::kOptimizing)], 5'000'000u);
  EXPECT_EQ(profile.functions[FunctionTimes(profile)[0].function].name, "fib");
}

TEST(Profile, AsText) {
  const std::string text = ToText(Example(), "app.wasm", 2);
  EXPECT_THAT(text, HasSubstr("app.wasm: 10 ms of CPU time in 2 threads, 9 ms elapsed, 5 samples, "
                              "1 lost"));
  EXPECT_THAT(text, HasSubstr("  50.0 %        5.0 ms  optimizing\n"));
  EXPECT_THAT(text, HasSubstr("  20.0 %        2.0 ms  host\n"));
  EXPECT_THAT(text, HasSubstr("  50.0 %      5.0 ms     50.0 %       5.0 ms  fib: optimizing "
                              "(inlined 60 %)\n"));
  EXPECT_THAT(text, HasSubstr("... and 2 more functions\n"));
  EXPECT_THAT(text, Not(HasSubstr("evil")));
}

TEST(Profile, AsFoldedStacks) {
  EXPECT_EQ(ToFolded(Example()),
            "evil</script>: <b>\" 2000\n"
            "main [interpreter] 1000\n"
            "main [interpreter];env.print 2000\n"
            "main [interpreter];fib [optimizing] 2000\n"
            "main [interpreter];fib [optimizing];fib [optimizing, inlined] 3000\n");
}

TEST(Profile, ForSpeedscope) {
  const json file = json::parse(ToSpeedscope(Example(), "app.wasm"));
  EXPECT_EQ(file["$schema"], "https://www.speedscope.app/file-format-schema.json");
  EXPECT_EQ(file["name"], "app.wasm");
  ASSERT_EQ(file["shared"]["frames"].size(), 5u);
  EXPECT_EQ(file["shared"]["frames"][2]["name"], "fib [optimizing, inlined]");
  EXPECT_EQ(file["shared"]["frames"][2]["file"], "app");
  ASSERT_EQ(file["profiles"].size(), 2u);
  const json& main = file["profiles"][0];
  EXPECT_EQ(main["type"], "sampled");
  EXPECT_EQ(main["name"], "app (77)");
  EXPECT_EQ(main["unit"], "nanoseconds");
  EXPECT_EQ(main["startValue"], 0);
  EXPECT_EQ(main["endValue"], 8'000'000);
  EXPECT_EQ(main["samples"], json::parse("[[0],[0,1,2],[0,1],[0,3]]"));
  EXPECT_EQ(main["weights"], json::parse("[1000000,3000000,2000000,2000000]"));
}

// All columns of a table have its length.
void CheckTable(const json& table) {
  ASSERT_TRUE(table.contains("length"));
  for (const auto& [name, column] : table.items()) {
    if (column.is_array()) EXPECT_EQ(column.size(), table["length"].get<size_t>()) << name;
  }
}

TEST(Profile, ForFirefox) {
  const json file = json::parse(ToFirefox(Example(), "app.wasm"));
  EXPECT_EQ(file["meta"]["preprocessedProfileVersion"], 48);
  EXPECT_EQ(file["meta"]["product"], "app.wasm");
  EXPECT_EQ(file["meta"]["interval"], 1.0);
  ASSERT_EQ(file["threads"].size(), 2u);
  const json& thread = file["threads"][0];
  for (const char* const table : {"samples", "markers", "stackTable", "frameTable", "funcTable",
                                  "resourceTable", "nativeSymbols"}) {
    SCOPED_TRACE(table);
    CheckTable(thread[table]);
  }
  EXPECT_EQ(thread["pid"], "77");
  EXPECT_EQ(thread["isMainThread"], true);
  EXPECT_EQ(thread["samples"]["time"], json::parse("[1.0,2.0,5.0,7.0]"));
  EXPECT_EQ(thread["samples"]["weight"], json::parse("[1.0,3.0,2.0,2.0]"));
  EXPECT_EQ(thread["samples"]["threadCPUDelta"], json::parse("[1000000,3000000,2000000,2000000]"));
  // The stack of the second sample, by name and category.
  std::vector<std::string> names;
  std::vector<std::string> categories;
  for (json stack = thread["samples"]["stack"][1]; !stack.is_null();
       stack = thread["stackTable"]["prefix"][stack.get<size_t>()]) {
    const size_t frame = thread["stackTable"]["frame"][stack.get<size_t>()];
    const size_t function = thread["frameTable"]["func"][frame];
    names.push_back(thread["stringArray"][thread["funcTable"]["name"][function].get<size_t>()]);
    categories.push_back(
        file["meta"]["categories"][thread["frameTable"]["category"][frame].get<size_t>()]["name"]);
  }
  EXPECT_THAT(names, ElementsAre("fib", "fib", "main"));
  EXPECT_THAT(categories, ElementsAre("optimizing", "optimizing", "interpreter"));
  EXPECT_EQ(thread["frameTable"]["inlineDepth"], json::parse("[0,0,1,0,0]"));
  // Callers come first, and a grey category exists.
  for (size_t i = 0; i < thread["stackTable"]["length"]; ++i) {
    const json& prefix = thread["stackTable"]["prefix"][i];
    if (!prefix.is_null()) EXPECT_LT(prefix.get<size_t>(), i);
  }
  bool has_grey = false;
  for (const json& category : file["meta"]["categories"]) has_grey |= category["color"] == "grey";
  EXPECT_TRUE(has_grey);
}

TEST(Profile, AsAPageThatNoNameBreaks) {
  const std::string page = ToHtml(Example(), "app.wasm");
  EXPECT_THAT(page, Not(HasSubstr("evil</script>")));
  EXPECT_THAT(page, Not(HasSubstr("@PROFILE@")));
  EXPECT_THAT(page, Not(HasSubstr("http://")));
  EXPECT_THAT(page, Not(HasSubstr("https://")));
  const std::string before = "const profile = ";
  const size_t begin = page.find(before) + before.size();
  const json data = json::parse(page.substr(begin, page.find(";\n", begin) - begin));
  EXPECT_EQ(data["title"], "app.wasm");
  EXPECT_EQ(data["functions"][3]["name"], kEvil);
  EXPECT_EQ(data["nodes"], json::parse("[[-1,0],[0,1],[1,2],[0,3],[-1,4]]"));
  EXPECT_EQ(data["threads"][0]["self"],
            json::parse("[[0,1000000],[1,2000000],[2,3000000],[3,2000000]]"));
  EXPECT_EQ(data["kinds"][data["frames"][1]["kind"].get<size_t>()], "optimizing");
}

TEST(Profile, OfNothing) {
  const Profile profile;
  EXPECT_THAT(ToText(profile, "x", 10), HasSubstr("x: 0 ms of CPU time in 0 threads"));
  EXPECT_EQ(ToFolded(profile), "");
  EXPECT_EQ(json::parse(ToSpeedscope(profile, "x"))["profiles"].size(), 0u);
  EXPECT_EQ(json::parse(ToFirefox(profile, "x"))["threads"].size(), 0u);
  EXPECT_THAT(ToHtml(profile, "x"), HasSubstr("\"nodes\":[]"));
}

}  // namespace
}  // namespace wasmtier::profiler
