#include "engine/cli/bench/tier_events.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace wasmtier::cli {
namespace {

using Json = nlohmann::json;

struct KindName {
  TierEvent::Kind kind;
  const char* name;    // ours
  const char* prefix;  // of the event's name in the trace, before the function's
};
constexpr KindName kKinds[] = {{TierEvent::Kind::kCode, "code", ""},
                               {TierEvent::Kind::kPublished, "published", "publish "},
                               {TierEvent::Kind::kDropped, "dropped", "drop "},
                               {TierEvent::Kind::kFailed, "failed", "fail "},
                               {TierEvent::Kind::kLoopEntry, "loop entry", "enter loop of "}};

// Nothing for what is not an event of a function.
std::optional<TierEvent> ParseEvent(const Json& object) {
  const Json arguments = object.value("args", Json::object());
  const std::string phase = object.value("ph", "");
  if ((phase != "X" && phase != "i") || !arguments.contains("function")) return std::nullopt;
  TierEvent event;
  event.name = arguments.value("name", "");
  const std::string name = object.value("name", "");
  bool is_known = false;
  for (const KindName& kind : kKinds) {
    if (name != kind.prefix + event.name) continue;
    event.kind = kind.kind;
    is_known = true;
  }
  if (!is_known) return std::nullopt;
  event.tier = object.value("cat", "");
  event.function = arguments.value("function", 0u);
  if (arguments.contains("loop")) event.loop = arguments.value("loop", 0u);
  event.pipeline = arguments.value("pipeline", "");
  event.bytes = arguments.value("bytes", uint64_t{0});
  event.begin = object.value("ts", 0.0) * 1e-6;
  event.end = event.begin + object.value("dur", 0.0) * 1e-6;
  return event;
}

// A compile in the background is told of when it begins to wait, and ends in one of three ways.
void CountUnfinished(const Json& object, const std::optional<TierEvent>& event, int64_t* count) {
  if (object.value("ph", "") == "b") ++*count;
  if (!event || event->tier != "optimizing") return;
  const bool has_ended = event->kind == TierEvent::Kind::kPublished ||
                         event->kind == TierEvent::Kind::kDropped ||
                         event->kind == TierEvent::Kind::kFailed;
  if (has_ended) --*count;
}

}  // namespace

const char* ToString(TierEvent::Kind kind) { return kKinds[static_cast<size_t>(kind)].name; }

absl::StatusOr<TierEvents> ParseTierEvents(std::string_view trace) {
  TierEvents events;
  int64_t unfinished = 0;
  for (absl::string_view line :
       absl::StrSplit(absl::string_view(trace.data(), trace.size()), '\n')) {
    absl::ConsumeSuffix(&line, ",");
    if (line.empty() || line == "[" || line == "]") continue;
    const Json object = Json::parse(line.begin(), line.end(), nullptr, /*allow_exceptions=*/false);
    if (!object.is_object()) {
      return absl::DataLossError(absl::StrCat("not an event of a timeline: ", line));
    }
    std::optional<TierEvent> event = ParseEvent(object);
    CountUnfinished(object, event, &unfinished);
    if (event) events.all.push_back(*std::move(event));
  }
  events.unfinished = unfinished > 0 ? static_cast<uint64_t>(unfinished) : 0;
  return events;
}

}  // namespace wasmtier::cli
