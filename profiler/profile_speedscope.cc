// Speedscope's own format: https://www.speedscope.app/file-format-schema.json
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "profiler/frame_label.h"
#include "profiler/profile.h"

namespace wasmtier::profiler {
namespace {

using Json = nlohmann::ordered_json;

Json FramesJson(const Profile& profile) {
  Json frames = Json::array();
  for (uint32_t i = 0; i < profile.frames.size(); ++i) {
    Json frame = {{"name", LabelOf(profile, i)}};
    const std::string& module = profile.functions[profile.frames[i].function].module;
    if (!module.empty()) frame["file"] = module;
    frames.push_back(std::move(frame));
  }
  return frames;
}

// In the order of the samples, each as long as its CPU time.
Json ThreadJson(const Profile& profile, const Profile::Thread& thread) {
  Json samples = Json::array();
  Json weights = Json::array();
  uint64_t end = 0;
  for (const Profile::Sample& sample : thread.samples) {
    samples.push_back(profile.Stack(sample.node));
    weights.push_back(sample.cpu);
    end += sample.cpu;
  }
  return {{"type", "sampled"},
          {"name", absl::StrCat(thread.name, " (", thread.id, ")")},
          {"unit", "nanoseconds"},
          {"startValue", 0},
          {"endValue", end},
          {"samples", std::move(samples)},
          {"weights", std::move(weights)}};
}

}  // namespace

std::string ToSpeedscope(const Profile& profile, const std::string& title) {
  Json profiles = Json::array();
  for (const Profile::Thread& thread : profile.threads) {
    profiles.push_back(ThreadJson(profile, thread));
  }
  const Json file = {{"$schema", "https://www.speedscope.app/file-format-schema.json"},
                     {"name", title},
                     {"exporter", "wasm-tier"},
                     {"activeProfileIndex", 0},
                     {"shared", {{"frames", FramesJson(profile)}}},
                     {"profiles", std::move(profiles)}};
  return file.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace wasmtier::profiler
