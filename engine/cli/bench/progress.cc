#include "engine/cli/bench/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/cli/output.h"

namespace wasmtier::cli {
namespace {

constexpr size_t kBarWidth = 24;

size_t TerminalWidth() {
  winsize size;
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

}  // namespace

Progress::Style Progress::StyleFor(bool quiet) {
  if (quiet) return Style::kQuiet;
  return isatty(STDERR_FILENO) != 0 ? Style::kBar : Style::kLines;
}

void Progress::Stage(const std::string& name) {
  stage_ = name;
  if (style_ == Style::kLines) PrintError(absl::StrCat("bench: ", name));
  if (style_ == Style::kBar) Draw(name);
}

void Progress::Step(const std::string& name) {
  if (style_ == Style::kBar) Draw(absl::StrCat(stage_, ", ", name));
  ++done_;
}

void Progress::Skip(uint64_t steps) { done_ = std::min(done_ + steps, steps_); }

void Progress::Clear() {
  if (!is_shown_) return;
  std::fputs("\r\x1b[K", stderr);
  is_shown_ = false;
}

std::string Progress::Bar(uint64_t done, uint64_t steps, const std::string& text, size_t width) {
  const double part =
      steps == 0 ? 1 : static_cast<double>(std::min(done, steps)) / static_cast<double>(steps);
  const auto filled = static_cast<size_t>(part * kBarWidth);
  std::string line =
      absl::StrFormat("[%s%s] %3d %%  %s", std::string(filled, '#'),
                      std::string(kBarWidth - filled, '.'), static_cast<int>(part * 100), text);
  if (line.size() > width) line.resize(width);
  return line;
}

void Progress::Draw(const std::string& text) {
  // The last column stays free: some terminals begin a new line after it.
  const std::string line = Bar(done_, steps_, Printable(text), TerminalWidth() - 1);
  std::fputs(absl::StrCat("\r", line, "\x1b[K").c_str(), stderr);
  is_shown_ = true;
}

}  // namespace wasmtier::cli
