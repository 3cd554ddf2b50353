// Progress: how far a long command is, on standard error.
#ifndef WASMTIER_ENGINE_CLI_BENCH_PROGRESS_H_
#define WASMTIER_ENGINE_CLI_BENCH_PROGRESS_H_

#include <cstdint>
#include <string>

namespace wasmtier::cli {

// A bar on a terminal; elsewhere a line for each stage.
class Progress {
 public:
  enum class Style : uint8_t { kQuiet, kLines, kBar };
  // Unless `quiet`: what standard error can show.
  static Style StyleFor(bool quiet);

  // `steps`: how many calls of Step there will be.
  Progress(Style style, uint64_t steps) : style_(style), steps_(steps) {}
  ~Progress() { Clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Stage(const std::string& name);
  // Something of this stage begins now: a bar shows its name.
  void Step(const std::string& name);
  // Steps that will not be made, since something failed.
  void Skip(uint64_t steps);
  // Takes the bar away, so that something else can be printed.
  void Clear();

  // `[#####.....]  50 %  huffman.wasm: round 3 of 10, auto`, at most `width` columns.
  static std::string Bar(uint64_t done, uint64_t steps, const std::string& text, size_t width);

 private:
  void Draw(const std::string& text);

  const Style style_;
  const uint64_t steps_;
  uint64_t done_ = 0;
  std::string stage_;
  bool is_shown_ = false;
};

}  // namespace wasmtier::cli

#endif  // WASMTIER_ENGINE_CLI_BENCH_PROGRESS_H_
