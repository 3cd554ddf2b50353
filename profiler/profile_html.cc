// A page with a flame graph (flame_graph.html) that holds the profile as JSON.
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_replace.h"
#include "profiler/flame_graph_page.h"
#include "profiler/profile.h"

namespace wasmtier::profiler {
namespace {

using Json = nlohmann::ordered_json;

// Stands in the page where the profile goes.
constexpr char kPlace[] = "\"@PROFILE@\"";

Json FunctionsJson(const Profile& profile) {
  Json functions = Json::array();
  for (const Profile::Function& function : profile.functions) {
    functions.push_back({{"name", function.name}, {"wasm", function.is_wasm}});
  }
  return functions;
}

Json FramesJson(const Profile& profile) {
  Json frames = Json::array();
  for (const Profile::Frame& frame : profile.frames) {
    frames.push_back({{"function", frame.function},
                      {"kind", static_cast<int>(frame.kind)},
                      {"inlined", frame.is_inlined}});
  }
  return frames;
}

// [caller or -1, frame] each.
Json NodesJson(const Profile& profile) {
  Json nodes = Json::array();
  for (const Profile::Node& node : profile.nodes) {
    const int64_t caller = node.caller == Profile::Node::kNoCaller ? -1 : int64_t{node.caller};
    nodes.push_back(Json::array({caller, node.frame}));
  }
  return nodes;
}

// With [node, nanoseconds] for each node that samples are of.
Json ThreadsJson(const Profile& profile) {
  Json threads = Json::array();
  for (const Profile::Thread& thread : profile.threads) {
    std::map<uint32_t, uint64_t> self;
    for (const Profile::Sample& sample : thread.samples) self[sample.node] += sample.cpu;
    Json times = Json::array();
    for (const auto& [node, nanoseconds] : self) times.push_back(Json::array({node, nanoseconds}));
    threads.push_back({{"name", thread.name}, {"id", thread.id}, {"self", std::move(times)}});
  }
  return threads;
}

Json KindsJson() {
  Json kinds = Json::array();
  for (int kind = 0; kind < kFrameKinds; ++kind) {
    kinds.push_back(NameOf(static_cast<FrameKind>(kind)));
  }
  return kinds;
}

}  // namespace

std::string ToHtml(const Profile& profile, const std::string& title) {
  const Json data = {{"title", title},
                     {"cpu", profile.TotalCpu()},
                     {"duration", profile.duration},
                     {"samples", profile.SampleCount()},
                     {"lost", profile.LostSamples()},
                     {"kinds", KindsJson()},
                     {"functions", FunctionsJson(profile)},
                     {"frames", FramesJson(profile)},
                     {"nodes", NodesJson(profile)},
                     {"threads", ThreadsJson(profile)}};
  // Within a script no name may end it: </script>, <!--.
  const std::string json = absl::StrReplaceAll(
      data.dump(-1, ' ', false, Json::error_handler_t::replace), {{"<", "\\u003c"}});
  return absl::StrReplaceAll(kFlameGraphPage, {{kPlace, json}});
}

}  // namespace wasmtier::profiler
