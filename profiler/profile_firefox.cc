// The Firefox profiler's "processed profile" format, version 48: tables of columns, per thread.
// https://github.com/firefox-devtools/profiler/blob/main/docs-developer/processed-profile-format.md
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "profiler/profile.h"

namespace wasmtier::profiler {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kProcessedVersion = 48;
constexpr int kGeckoVersion = 30;
constexpr int kLibraryResource = 1;

double Milliseconds(uint64_t nanoseconds) { return static_cast<double>(nanoseconds) / 1e6; }

// The tiers are what the front end calls categories; it knows these colors. There must be a grey
// one.
const char* ColorOf(FrameKind kind) {
  switch (kind) {
    case FrameKind::kInterpreter:
      return "red";
    case FrameKind::kBaseline:
      return "yellow";
    case FrameKind::kOptimizing:
      return "green";
    case FrameKind::kHost:
      return "blue";
    case FrameKind::kRuntime:
      return "purple";
    case FrameKind::kCompile:
      return "orange";
    case FrameKind::kOther:
      return "grey";
  }
  return "grey";
}

Json Categories() {
  Json categories = Json::array();
  for (int kind = 0; kind < kFrameKinds; ++kind) {
    categories.push_back({{"name", NameOf(static_cast<FrameKind>(kind))},
                          {"color", ColorOf(static_cast<FrameKind>(kind))},
                          {"subcategories", {"Other"}}});
  }
  return categories;
}

// The tables of one thread. All threads get all frames: the numbers of functions, frames and nodes
// are those of the profile.
class ThreadTables {
 public:
  ThreadTables(const Profile& profile, const std::string& title)
      : profile_(profile), title_(title) {}

  Json Make(const Profile::Thread& thread) {
    Json json = {{"processType", "default"},
                 {"processName", title_},
                 {"processStartupTime", 0},
                 {"processShutdownTime", nullptr},
                 {"registerTime", 0},
                 {"unregisterTime", nullptr},
                 {"pausedRanges", Json::array()},
                 {"name", thread.name},
                 {"isMainThread", thread.is_main},
                 {"pid", absl::StrCat(profile_.process)},
                 {"tid", thread.id},
                 {"samples", Samples(thread)},
                 {"markers", Table({"data", "name", "startTime", "endTime", "phase", "category"})},
                 {"stackTable", Stacks()},
                 {"frameTable", Frames()},
                 {"funcTable", Functions()}};
    json["resourceTable"] = Resources();  // which the functions have made
    json["nativeSymbols"] = Table({"libIndex", "address", "name", "functionSize"});
    json["stringArray"] = strings_;
    return json;
  }

 private:
  // Empty.
  static Json Table(const std::vector<std::string>& columns) {
    Json table;
    for (const std::string& column : columns) table[column] = Json::array();
    table["length"] = 0;
    return table;
  }

  uint32_t String(const std::string& text) {
    const auto [found, is_new] =
        string_numbers_.try_emplace(text, static_cast<uint32_t>(strings_.size()));
    if (is_new) strings_.push_back(text);
    return found->second;
  }

  static Json Samples(const Profile::Thread& thread) {
    Json table = Table({"stack", "time", "weight", "threadCPUDelta"});
    for (const Profile::Sample& sample : thread.samples) {
      table["stack"].push_back(sample.node);
      table["time"].push_back(Milliseconds(sample.time));
      table["weight"].push_back(Milliseconds(sample.cpu));
      // In the unit of meta.sampleUnits.
      table["threadCPUDelta"].push_back(sample.cpu);
    }
    table["weightType"] = "tracing-ms";
    table["length"] = thread.samples.size();
    return table;
  }

  Json Stacks() const {
    Json table = Table({"frame", "category", "subcategory", "prefix"});
    for (const Profile::Node& node : profile_.nodes) {
      table["frame"].push_back(node.frame);
      table["category"].push_back(static_cast<int>(profile_.frames[node.frame].kind));
      table["subcategory"].push_back(0);
      table["prefix"].push_back(node.caller == Profile::Node::kNoCaller ? Json(nullptr)
                                                                        : Json(node.caller));
    }
    table["length"] = profile_.nodes.size();
    return table;
  }

  Json Frames() const {
    Json table = Table({"address", "inlineDepth", "category", "subcategory", "func", "nativeSymbol",
                        "innerWindowID", "implementation", "line", "column"});
    for (const Profile::Frame& frame : profile_.frames) {
      table["address"].push_back(-1);
      table["inlineDepth"].push_back(frame.is_inlined ? 1 : 0);
      table["category"].push_back(static_cast<int>(frame.kind));
      table["subcategory"].push_back(0);
      table["func"].push_back(frame.function);
      for (const char* const column :
           {"nativeSymbol", "innerWindowID", "implementation", "line", "column"}) {
        table[column].push_back(nullptr);
      }
    }
    table["length"] = profile_.frames.size();
    return table;
  }

  Json Functions() {
    Json table = Table(
        {"name", "isJS", "relevantForJS", "resource", "fileName", "lineNumber", "columnNumber"});
    for (const Profile::Function& function : profile_.functions) {
      table["name"].push_back(String(function.name));
      table["isJS"].push_back(false);
      table["relevantForJS"].push_back(false);
      table["resource"].push_back(function.is_wasm ? Resource(function.module) : -1);
      for (const char* const column : {"fileName", "lineNumber", "columnNumber"}) {
        table[column].push_back(nullptr);
      }
    }
    table["length"] = profile_.functions.size();
    return table;
  }

  // Modules of wasm are shown like libraries.
  int Resource(const std::string& module) {
    const auto [found, is_new] =
        resource_numbers_.try_emplace(module, static_cast<int>(resources_.size()));
    if (is_new) resources_.push_back(module.empty() ? "wasm" : module);
    return found->second;
  }
  Json Resources() {
    Json table = Table({"lib", "name", "host", "type"});
    for (const std::string& name : resources_) {
      table["lib"].push_back(nullptr);
      table["name"].push_back(String(name));
      table["host"].push_back(nullptr);
      table["type"].push_back(kLibraryResource);
    }
    table["length"] = resources_.size();
    return table;
  }

  const Profile& profile_;
  const std::string& title_;
  std::vector<std::string> strings_;
  std::map<std::string, uint32_t> string_numbers_;
  std::vector<std::string> resources_;
  std::map<std::string, int> resource_numbers_;
};

}  // namespace

std::string ToFirefox(const Profile& profile, const std::string& title) {
  Json threads = Json::array();
  for (const Profile::Thread& thread : profile.threads) {
    threads.push_back(ThreadTables(profile, title).Make(thread));
  }
  const Json file = {
      {"meta",
       {{"interval", Milliseconds(profile.interval)},
        {"startTime", profile.start_time},
        {"processType", 0},
        {"product", title},
        {"importedFrom", "wasm-tier"},
        {"stackwalk", 1},
        {"debug", false},
        {"version", kGeckoVersion},
        {"preprocessedProfileVersion", kProcessedVersion},
        {"symbolicated", true},
        {"usesOnlyOneStackType", true},
        {"doesNotUseFrameImplementation", true},
        {"sourceCodeIsNotOnSearchfox", true},
        {"categories", Categories()},
        {"markerSchema", Json::array()},
        {"sampleUnits", {{"time", "ms"}, {"eventDelay", "ms"}, {"threadCPUDelta", "ns"}}}}},
      {"libs", Json::array()},
      {"pages", Json::array()},
      {"threads", std::move(threads)}};
  return file.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace wasmtier::profiler
