#include <algorithm>
#include <cmath>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "engine/cli/bench/svg.h"
#include "engine/cli/bench/tables.h"

namespace wasmtier::cli {
namespace {

constexpr double kWidth = 1120;
constexpr double kLeft = 150;
constexpr double kRight = 20;
constexpr double kTop = 10;
constexpr double kHeight = 260;  // of the curves
constexpr double kStrip = 20;    // of a row of events
constexpr size_t kNamesShown = 6;

// 1, 2 or 5 times a power of ten, so that there are four to ten steps to `end`.
double Tick(double end) {
  const double power = std::pow(10, std::floor(std::log10(end / 4)));
  const double ratio = end / 4 / power;
  return power * (ratio >= 5 ? 5 : ratio >= 2 ? 2 : 1);
}

// A row of marks below the curves.
struct Strip {
  const char* label;
  std::string colour;
  bool (*takes)(const TierEvent&);
};

bool IsCodeOf(const TierEvent& event, const char* tier) {
  return event.kind == TierEvent::Kind::kCode && event.tier == tier;
}

const Strip kStrips[] = {
    {"translated", "interpreter", [](const TierEvent& e) { return IsCodeOf(e, "interpreter"); }},
    {"baseline code", "baseline", [](const TierEvent& e) { return IsCodeOf(e, "baseline"); }},
    {"LLVM compiles", "optimizing", [](const TierEvent& e) { return IsCodeOf(e, "optimizing"); }},
    {"published", "auto",
     [](const TierEvent& e) {
       return e.kind == TierEvent::Kind::kPublished && e.tier == "optimizing";
     }},
    {"loop entered", "other0",
     [](const TierEvent& e) { return e.kind == TierEvent::Kind::kLoopEntry; }},
    {"dropped, failed", "other1",
     [](const TierEvent& e) {
       return e.kind == TierEvent::Kind::kDropped || e.kind == TierEvent::Kind::kFailed;
     }},
};

class Chart {
 public:
  Chart(const std::vector<InProcessSeries>& tiers, double native_seconds)
      : tiers_(tiers),
        marked_(&MarkedTier(tiers)),
        native_work_(native_seconds > 0 ? WarmUpCurve::kWindow / native_seconds : 0) {
    for (const InProcessSeries& tier : tiers) {
      seconds_ = std::max(seconds_, tier.curve.end());
      work_ = std::max(work_, Largest(tier.curve.WorkPerWindow()));
    }
    // Slow tiers take long to say nothing new.
    seconds_ = std::clamp(1.2 * marked_->curve.end(), 2 * WarmUpCurve::kWindow, seconds_ + 1e-3);
    work_ = std::max(work_, native_work_) * 1.05;
    if (work_ <= 0) work_ = 1;
  }

  std::string Draw() {
    std::string body;
    AppendAxes(body);
    AppendPublishedLines(body);
    if (native_work_ > 0) {
      absl::StrAppendFormat(
          &body,
          "<path class=\"line native\" stroke-dasharray=\"6 4\" d=\"M%g %.2fH%g\">"
          "<title>native twin, whole process</title></path>\n",
          kLeft, Y(native_work_), kWidth - kRight);
    }
    for (const InProcessSeries& tier : tiers_) AppendCurve(tier, body);
    double top = kTop + kHeight + 34;
    for (const Strip& strip : kStrips) top += AppendStrip(strip, top, body);
    return absl::StrFormat(
        "<svg viewBox=\"0 0 %g %g\" role=\"img\" aria-label=\"warm-up curve\">\n"
        "%s</svg>\n",
        kWidth, top + 4, body);
  }

 private:
  static double Largest(const std::vector<double>& values) {
    return values.empty() ? 0 : *std::ranges::max_element(values);
  }
  double X(double seconds) const {
    return kLeft + std::min(seconds, seconds_) / seconds_ * (kWidth - kLeft - kRight);
  }
  double Y(double work) const { return kTop + kHeight * (1 - work / work_); }

  void AppendAxes(std::string& svg) const {
    const double step = Tick(work_);
    for (int i = 0; i * step <= work_; ++i) {
      absl::StrAppendFormat(&svg,
                            "<path class=\"grid\" d=\"M%g %.2fH%g\"/>"
                            "<text class=\"label\" x=\"%g\" y=\"%.2f\">%g</text>\n",
                            kLeft, Y(i * step), kWidth - kRight, kLeft - 6, Y(i * step) + 4,
                            i * step);
    }
    const double time = Tick(seconds_);
    for (int i = 0; i * time <= seconds_; ++i) {
      absl::StrAppendFormat(&svg, "<text class=\"tick\" x=\"%.2f\" y=\"%g\">%g ms</text>\n",
                            X(i * time), kTop + kHeight + 18, i * time * 1e3);
    }
    absl::StrAppendFormat(&svg,
                          "<text class=\"label\" transform=\"translate(%g %g) rotate(-90)\" "
                          "style=\"text-anchor:middle\">runs per 10 ms</text>\n",
                          kLeft - 76, kTop + kHeight / 2);
  }

  void AppendPublishedLines(std::string& svg) const {
    for (const TierEvent& event : marked_->curve.events.all) {
      if (event.kind != TierEvent::Kind::kPublished || event.begin > seconds_) continue;
      absl::StrAppendFormat(&svg, "<path class=\"event\" d=\"M%.2f %gV%g\"/>\n", X(event.begin),
                            kTop, kTop + kHeight);
    }
  }

  void AppendCurve(const InProcessSeries& tier, std::string& svg) const {
    const std::vector<double> work = tier.curve.WorkPerWindow();
    std::string path = absl::StrFormat("M%g %g", kLeft, Y(0));
    for (size_t i = 0; i < work.size(); ++i) {
      const double begin = static_cast<double>(i) * WarmUpCurve::kWindow;
      if (begin >= seconds_) break;
      absl::StrAppendFormat(&path, "V%.2fH%.2f", Y(work[i]), X(begin + WarmUpCurve::kWindow));
    }
    absl::StrAppendFormat(&svg, "<path class=\"line %s\" d=\"%s\"><title>%s</title></path>\n",
                          Escaped(tier.name), path, Escaped(tier.name));
    const std::optional<double> peak = tier.TimeToPeak();
    if (!peak || *peak > seconds_) return;
    const auto window = static_cast<size_t>(*peak / WarmUpCurve::kWindow);
    const double height = window < work.size() ? work[window] : 0;
    absl::StrAppendFormat(&svg,
                          "<circle class=\"fill %s\" cx=\"%.2f\" cy=\"%.2f\" r=\"5\"><title>%s: at "
                          "its peak after %s ms</title></circle>\n",
                          Escaped(tier.name), X(*peak), Y(height), Escaped(tier.name),
                          Milliseconds(*peak));
  }

  // Returns its height: 0 if it would be empty. Events that are too close to be told apart share a
  // mark.
  double AppendStrip(const Strip& strip, double top, std::string& svg) const {
    std::map<int, std::vector<const TierEvent*>> marks;  // by column
    for (const TierEvent& event : marked_->curve.events.all) {
      if (strip.takes(event) && event.begin <= seconds_) {
        marks[static_cast<int>(X(event.begin))].push_back(&event);
      }
    }
    if (marks.empty()) return 0;
    absl::StrAppendFormat(&svg,
                          "<text class=\"label\" x=\"%g\" y=\"%g\">%s</text>"
                          "<path class=\"grid\" d=\"M%g %gH%g\"/>\n",
                          kLeft - 6, top + kStrip - 6, strip.label, kLeft, top + kStrip,
                          kWidth - kRight);
    for (const auto& [column, events] : marks) {
      double end = 0;
      std::vector<std::string> names;
      for (const TierEvent* event : events) {
        end = std::max(end, event->end);
        if (names.size() < kNamesShown) names.push_back(NameOf(*event));
      }
      if (events.size() > names.size()) {
        names.push_back(absl::StrCat(events.size() - names.size(), " more"));
      }
      absl::StrAppendFormat(&svg,
                            "<rect class=\"fill %s\" x=\"%d\" y=\"%g\" width=\"%.2f\" "
                            "height=\"%g\"><title>%s ms, %s: "
                            "%s</title></rect>\n",
                            strip.colour, column, top + 4, std::max(X(end) - column, 1.5),
                            kStrip - 6, Milliseconds(events[0]->begin), strip.label,
                            Escaped(absl::StrJoin(names, ", ")));
    }
    return kStrip;
  }

  static std::string NameOf(const TierEvent& event) {
    std::string name = event.name;
    if (event.loop) absl::StrAppend(&name, " from loop ", *event.loop);
    if (!event.pipeline.empty()) absl::StrAppend(&name, " (", event.pipeline, ")");
    if (event.end > event.begin) {
      absl::StrAppend(&name, " ", Milliseconds(event.end - event.begin), " ms");
    }
    return name;
  }

  const std::vector<InProcessSeries>& tiers_;
  const InProcessSeries* const marked_;  // whose events are shown
  const double native_work_;
  double seconds_ = 0;
  double work_ = 0;
};

}  // namespace

const InProcessSeries& MarkedTier(const std::vector<InProcessSeries>& tiers) {
  const auto found = std::ranges::find(tiers, "auto", &InProcessSeries::name);
  return found == tiers.end() ? tiers.front() : *found;
}

std::string CurveChart(const std::vector<InProcessSeries>& tiers, double native_seconds) {
  return Chart(tiers, native_seconds).Draw();
}

}  // namespace wasmtier::cli
