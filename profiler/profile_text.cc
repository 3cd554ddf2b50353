// Profiles as text: for people, and as folded stacks for flamegraph.pl and its like.
#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "profiler/frame_label.h"
#include "profiler/profile.h"

namespace wasmtier::profiler {
namespace {

double Percent(uint64_t part, uint64_t whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

double Milliseconds(uint64_t nanoseconds) { return static_cast<double>(nanoseconds) / 1e6; }

// Names of templates can be longer than any line.
std::string Shortened(const std::string& name) {
  constexpr size_t kMaxBytes = 100;
  if (name.size() <= kMaxBytes) return name;
  size_t end = kMaxBytes;
  while ((static_cast<unsigned char>(name[end]) & 0xc0) == 0x80) --end;  // UTF-8
  return name.substr(0, end) + "...";
}

// "optimizing 97 %, interpreter 3 %": where a function's own time was spent.
std::string Places(const FunctionTime& time) {
  std::array<int, kFrameKinds> kinds{};
  for (int i = 0; i < kFrameKinds; ++i) kinds[static_cast<size_t>(i)] = i;
  std::sort(kinds.begin(), kinds.end(), [&](int a, int b) {
    return std::pair(time.self_of[a], b) > std::pair(time.self_of[b], a);
  });
  std::string text;
  for (const int kind : kinds) {
    if (time.self_of[kind] == 0) continue;
    absl::StrAppend(&text, text.empty() ? "" : ", ", NameOf(static_cast<FrameKind>(kind)));
    if (time.self_of[kind] != time.self) {
      absl::StrAppendFormat(&text, " %.0f %%", Percent(time.self_of[kind], time.self));
    }
  }
  if (time.inlined != 0) {
    absl::StrAppendFormat(&text, " (inlined %.0f %%)", Percent(time.inlined, time.self));
  }
  return text;
}

std::string Summary(const Profile& profile, const std::string& title,
                    const std::vector<FunctionTime>& times) {
  const uint64_t total = profile.TotalCpu();
  std::string text = absl::StrFormat(
      "%s: %.0f ms of CPU time in %d %s, %.0f ms elapsed, %d samples", title, Milliseconds(total),
      profile.threads.size(), profile.threads.size() == 1 ? "thread" : "threads",
      Milliseconds(profile.duration), profile.SampleCount());
  if (const uint64_t lost = profile.LostSamples()) absl::StrAppend(&text, ", ", lost, " lost");
  absl::StrAppend(&text, "\n\n");
  for (int kind = 0; kind < kFrameKinds; ++kind) {
    uint64_t self = 0;
    for (const FunctionTime& time : times) self += time.self_of[kind];
    if (self == 0) continue;
    absl::StrAppendFormat(&text, "%6.1f %% %10.1f ms  %s\n", Percent(self, total),
                          Milliseconds(self), NameOf(static_cast<FrameKind>(kind)));
  }
  return text;
}

}  // namespace

std::string ToText(const Profile& profile, const std::string& title, size_t rows) {
  const std::vector<FunctionTime> times = FunctionTimes(profile);
  const uint64_t total = profile.TotalCpu();
  std::string text = Summary(profile, title, times);
  absl::StrAppendFormat(&text, "\n%20s %22s  %s\n", "self", "with callees", "function: where");
  for (size_t i = 0; i < std::min(rows, times.size()); ++i) {
    const FunctionTime& time = times[i];
    const std::string places = Places(time);
    absl::StrAppendFormat(
        &text, "%6.1f %% %8.1f ms  %7.1f %% %9.1f ms  %s%s%s\n", Percent(time.self, total),
        Milliseconds(time.self), Percent(time.total, total), Milliseconds(time.total),
        Shortened(profile.functions[time.function].name), places.empty() ? "" : ": ", places);
  }
  if (times.size() > rows) {
    absl::StrAppendFormat(&text, "  ... and %d more functions\n", times.size() - rows);
  }
  return text;
}

std::string ToFolded(const Profile& profile) {
  // By the line's text, so that equal profiles are equal files.
  std::map<std::string, uint64_t> stacks;
  std::map<uint32_t, std::string> lines;
  for (const Profile::Thread& thread : profile.threads) {
    for (const Profile::Sample& sample : thread.samples) {
      const auto [line, is_new] = lines.try_emplace(sample.node);
      if (is_new) {
        for (const uint32_t frame : profile.Stack(sample.node)) {
          // What separates frames and lines cannot be part of a name.
          absl::StrAppend(&line->second, line->second.empty() ? "" : ";",
                          absl::StrReplaceAll(LabelOf(profile, frame), {{";", ":"}}));
        }
      }
      stacks[line->second] += sample.cpu;
    }
  }
  std::string text;
  for (const auto& [stack, nanoseconds] : stacks) {
    if (const uint64_t microseconds = (nanoseconds + 500) / 1000; microseconds != 0) {
      absl::StrAppend(&text, stack, " ", microseconds, "\n");
    }
  }
  return text;
}

}  // namespace wasmtier::profiler
