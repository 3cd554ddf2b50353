#include "engine/cli/bench/svg.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "engine/cli/output.h"

namespace wasmtier::cli {
namespace {

// How many colours the style sheet has for other engines.
constexpr size_t kOtherColours = 3;

}  // namespace

std::string Escaped(std::string_view text) {
  return absl::StrReplaceAll(
      Printable(text),
      {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}});
}

std::string ColourClass(ProcessKind kind, const std::string& name, size_t other) {
  if (kind == ProcessKind::kNative) return "native";
  if (kind == ProcessKind::kTier) return name;
  return absl::StrCat("other", other % kOtherColours);
}

std::string BarChart(const std::vector<Bar>& bars, const std::string& title) {
  constexpr double kWidth = 560;
  constexpr double kLabels = 84;  // left of the bars
  constexpr double kTexts = 172;  // right of them
  constexpr double kStep = 26;
  double largest = 0;
  for (const Bar& bar : bars) largest = std::max(largest, bar.value.max);
  const double scale = largest > 0 ? (kWidth - kLabels - kTexts) / largest : 0;
  std::string svg =
      absl::StrFormat("<svg viewBox=\"0 0 %g %g\" role=\"img\" aria-label=\"%s\">\n", kWidth,
                      kStep * static_cast<double>(bars.size()) + 4, Escaped(title));
  double top = 2;
  for (const Bar& bar : bars) {
    const double middle = top + kStep / 2;
    const double end = kLabels + bar.value.median * scale;
    absl::StrAppendFormat(
        &svg,
        "<g><title>%s: %s</title>"
        "<text class=\"label\" x=\"%g\" y=\"%g\">%s</text>"
        "<rect class=\"fill %s\" x=\"%g\" y=\"%g\" width=\"%.2f\" height=\"%g\" rx=\"2\"/>",
        Escaped(bar.label), Escaped(bar.text), kLabels - 8, middle + 4, Escaped(bar.label),
        Escaped(bar.colour), kLabels, top + 4, std::max(bar.value.median * scale, 1.0), kStep - 8);
    absl::StrAppendFormat(&svg,
                          "<path class=\"whisker\" d=\"M%.2f %gH%.2fM%.2f %gV%gM%.2f %gV%g\"/>"
                          "<text x=\"%.2f\" y=\"%g\">%s</text></g>\n",
                          kLabels + bar.value.min * scale, middle, kLabels + bar.value.max * scale,
                          kLabels + bar.value.min * scale, middle - 4, middle + 4,
                          kLabels + bar.value.max * scale, middle - 4, middle + 4,
                          std::max(end, kLabels + bar.value.max * scale) + 8, middle + 4,
                          Escaped(bar.text));
    top += kStep;
  }
  return svg + "</svg>\n";
}

}  // namespace wasmtier::cli
